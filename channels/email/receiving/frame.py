"""Open this for how a mail lies in the inbox: one line of JSON on how it came, then its bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LONGEST_LINE = 100_000
LINE_END = b"\r\n"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a mail came in: what stands beside its bytes, not in them."""

    way: Literal["smtp", "imap"]
    peer: str  # the address that handed it over; empty for a mailbox
    sender: str  # of the envelope; empty for the null sender
    recipients: tuple[str, ...]
    at: datetime
    cut: bool = False  # only the header was fetched: the whole is too large


def frame_line(arrival: Arrival) -> bytes:
    """Return the line before the mail, without its end."""
    return json.dumps(
        {
            "mail": 1,
            "way": arrival.way,
            "peer": arrival.peer,
            "sender": arrival.sender,
            "recipients": arrival.recipients,
            "at": arrival.at.isoformat(),
            "cut": arrival.cut,
        }
    ).encode()


def framed(arrival: Arrival, chunks: Sequence[bytes]) -> bytes:
    """Return what is stored."""
    return b"".join((frame_line(arrival), LINE_END, *chunks))


def unframed(stored: bytes) -> tuple[Arrival, bytes] | None:
    """Return how the mail came, and the mail; None for anything that was not stored by us."""
    end = stored.find(LINE_END, 0, LONGEST_LINE)
    try:
        line = json.loads(stored[: max(end, 0)])
    except (ValueError, RecursionError):
        return None
    match line:
        case {
            "mail": 1,
            "way": "smtp" | "imap" as way,
            "peer": str(peer),
            "sender": str(sender),
            "recipients": [*recipients],
            "at": str(at),
            "cut": bool(cut),
        }:
            arrival = Arrival(
                way, peer, sender, tuple(map(str, recipients)), datetime.fromisoformat(at), cut
            )
            return arrival, stored[end + len(LINE_END) :]
        case _:
            return None
