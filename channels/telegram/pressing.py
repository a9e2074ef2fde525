"""Open this for what a button carries: an act and the ids it is about, in at most 64 bytes. Pure.

Whoever presses may send any data they like: ids only name things, and whether the presser may
touch them is for the service to know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What pressing a button does."""

    YES = "y"
    NO = "n"
    REASON = "r"
    DROP = "d"
    DELIVERED = "f"
    APPROVE = "a"
    APPROVE_AND_OFFER = "o"
    ASK_REASON = "x"  # shows how to reject, decides nothing
    REJECT = "j"
    BACK = "b"  # shows the first buttons again
    ACKNOWLEDGE = "k"
    ASK_AGAIN = "g"
    CHOOSE_DRIVER = "c"
    ASSIGN = "s"
    CANCEL = "z"


NAMES_OF_IDS: Mapping[Act, tuple[str, ...]] = {
    **dict.fromkeys((Act.YES, Act.NO, Act.DROP, Act.DELIVERED), ("offer",)),
    Act.REASON: ("offer", "reason"),
    **dict.fromkeys((Act.APPROVE, Act.APPROVE_AND_OFFER, Act.REJECT), ("job", "version")),
    **dict.fromkeys((Act.ASK_REASON, Act.BACK), ("job", "version")),
    Act.ACKNOWLEDGE: ("alert",),
    **dict.fromkeys((Act.ASK_AGAIN, Act.CHOOSE_DRIVER, Act.CANCEL), ("alert", "job")),
    Act.ASSIGN: ("alert", "job", "agent"),
}
_DATA = re.compile(r"([a-z])((?::(?:0|[1-9][0-9]{0,17})){1,3})")
_PROMPT = re.compile(r"✍️ #([1-9][0-9]{0,17})\.([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Press:
    """One pressed button."""

    act: Act
    ids: tuple[int, ...]


def data_of(act: Act, *ids: int) -> str:
    """Return what the button carries."""
    return ":".join((act.value, *map(str, ids)))


def read_data(data: str) -> Press | None:
    """Return what a button carried; None for what no button of ours does."""
    found = _DATA.fullmatch(data)
    if found is None or found[1] not in set(Act):
        return None
    act, ids = Act(found[1]), tuple(map(int, found[2][1:].split(":")))
    return Press(act, ids) if len(ids) == len(NAMES_OF_IDS[act]) else None


def prompt_text(job_id: int, version: int, question: str) -> str:
    """Return a question whose answer names the job, although nothing remembers the asking."""
    return f"✍️ #{job_id}.{version}\n{question}"


def prompted_job(text: str) -> tuple[int, int] | None:
    """Return job and version of such a question; None for any other message."""
    found = _PROMPT.fullmatch(text.partition("\n")[0])
    return (int(found[1]), int(found[2])) if found else None
