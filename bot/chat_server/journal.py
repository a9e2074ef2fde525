"""Open this for what was asked of the server and when, for tests that count or strike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat_server.parameters import Parameters


class Moment(StrEnum):
    """Where one request stands."""

    ASKED = "asked"  # read, nothing was done yet
    DONE = "done"  # done, the answer is not sent yet
    ANSWERED = "answered"  # the answer went to the socket


@dataclass(slots=True)
class Call:
    """One request to a method. `code` is None until it was answered."""

    at: float
    method: str
    parameters: Parameters
    code: int | None = None
    answer: object = None

    @property
    def chat_id(self) -> int:
        return self.parameters.integer("chat_id")


Watcher = Callable[[Moment, Call], None]


@dataclass(slots=True)
class Journal:
    """All requests in their order, and who watches them."""

    calls: list[Call] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)

    def note(self, moment: Moment, call: Call) -> None:
        """Tell the watchers."""
        for watcher in tuple(self.watchers):
            watcher(moment, call)

    def of(self, *methods: str) -> list[Call]:
        """Return the requests to these methods."""
        return [call for call in self.calls if call.method in methods]
