"""Open this for how many may be connected: the longest idle one makes room for who comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

AT_ONCE = 100
OF_ONE_PEER = 20


class Guest(Protocol):
    """One connection."""

    peer: str
    heard_at: float  # on the loop's clock

    @property
    def is_idle(self) -> bool:
        """Whether no mail is under way."""
        ...

    def dismiss(self, answer: str) -> None:
        """Answer and hang up."""
        ...


class Crowd:
    """Those who are connected; the mail servers of the house may come in any number up to all."""

    def __init__(self, is_relay: Callable[[str], bool]) -> None:
        self._is_relay = is_relay
        self._guests: dict[Guest, None] = {}  # in the order of their coming

    def __len__(self) -> int:
        return len(self._guests)

    def admit(self, guest: Guest) -> bool:
        """Let one more in; False when everybody else who counts is amid a mail."""
        rivals = [one for one in self._guests if one.peer == guest.peer]
        if self._is_relay(guest.peer) or len(rivals) < OF_ONE_PEER:
            rivals = list(self._guests) if len(self._guests) >= AT_ONCE else []
        idle = [one for one in rivals if one.is_idle]
        if rivals and not idle:
            return False
        if idle:
            longest = min(idle, key=lambda one: one.heard_at)
            self.leave(longest)
            longest.dismiss("421 4.3.2 others are waiting, come again")
        self._guests[guest] = None
        return True

    def leave(self, guest: Guest) -> None:
        """Forget one who is gone."""
        self._guests.pop(guest, None)

    def everybody(self) -> tuple[Guest, ...]:
        """Return those who are connected."""
        return tuple(self._guests)
