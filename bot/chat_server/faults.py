"""Open this for what goes wrong on purpose: floods, 5xx, silence, cut connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.chat_server.parameters import Parameters


class Kind(StrEnum):
    FLOOD = "flood"  # 429 with retry_after
    BROKEN = "broken"  # a 5xx, nothing was done
    HANG = "hang"  # no answer at all, nothing was done
    CUT_BEFORE = "cut_before"  # the connection ends, nothing was done
    CUT_AFTER = "cut_after"  # the connection ends, but it was done


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong for the next `times` requests that it is about."""

    kind: Kind
    method: str | None = None
    chat_id: int | None = None
    times: int = 1
    retry_after: int = 1
    status: int = 502

    def is_about(self, method: str, parameters: Parameters) -> bool:
        """Tell whether this request is meant."""
        return (
            self.times != 0
            and self.method in (None, method)
            and self.chat_id in (None, parameters.integer("chat_id"))
        )


@dataclass(slots=True)
class Faults:
    """What is yet to go wrong."""

    scripted: list[Fault] = field(default_factory=list)

    def script(self, fault: Fault) -> Fault:
        """Let something go wrong from now on; `times=-1`: until `clear`."""
        self.scripted.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.scripted.clear()

    def strike(self, method: str, parameters: Parameters) -> Fault | None:
        """Return what goes wrong with this request, and count it."""
        for fault in self.scripted:
            if fault.is_about(method, parameters):
                fault.times -= 1
                return fault
        return None
