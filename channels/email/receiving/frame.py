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
    start = start_of_mail(stored)
    arrival = _arrival(stored[: start or 0])
    return None if start is None or arrival is None else (arrival, stored[start:])


def start_of_mail(stored: bytes) -> int | None:
    """Return where the mail begins; None when there is none."""
    end = stored.find(LINE_END, 0, LONGEST_LINE)
    return end + len(LINE_END) if stored[:1] == b"{" and end > 0 else None


def _arrival(line: bytes) -> Arrival | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match told:
        case {
            "mail": 1,
            "way": "smtp" | "imap" as way,
            "peer": str(peer),
            "sender": str(sender),
            "recipients": [*recipients],
            "at": str(at),
            "cut": bool(cut),
        }:
            to, moment = tuple(map(str, recipients)), datetime.fromisoformat(at)
            return Arrival(way, peer, sender, to, moment, cut)
        case _:
            return None
