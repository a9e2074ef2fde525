"""Open this for what becomes of a mail at the door: stored and then acknowledged, or refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from channels.email.receiving.body import SMALL
from channels.email.receiving.doors import Doors
from channels.email.receiving.frame import LINE_END, Arrival, frame_line
from channels.email.receiving.headers import Header, external_id, read_header
from core.channel import Inbox
from core.hookspecs import DatabaseBusy, StorageFault

log = logging.getLogger(__name__)

TAKEN = "250 2.0.0 taken"
TAKEN_BEFORE = "250 2.0.0 taken before"
LATER = "451 4.3.0 not stored, please try again"
NOT_FROM_YOU = "550 5.7.1 this address takes jobs from known senders only"
LARGE_HEADER = "552 5.3.4 the header is too large"


@dataclass(frozen=True, slots=True)
class Whole:
    """A mail as it will be stored."""

    stored: bytes
    header: Header
    external_id: str


async def take(arrival: Arrival, chunks: Sequence[bytes], doors: Doors, inbox: Inbox) -> str:
    """Return what to answer; 250 only once the mail is durable, or was before."""
    if sum(map(len, chunks)) > SMALL:
        whole = await asyncio.to_thread(put_together, arrival, chunks)
    else:
        whole = put_together(arrival, chunks)
    if whole is None:
        return LARGE_HEADER
    sender = whole.header.sender
    brings_jobs = arrival.sender and doors.purpose_of_all(arrival.recipients) == "intake"
    if brings_jobs and (sender is None or not doors.may_bring_jobs(sender[1])):
        return NOT_FROM_YOU
    try:
        handle = None if sender is None else sender[1]
        is_new = await inbox.store(whole.external_id, whole.stored, handle=handle)
    except (DatabaseBusy, StorageFault) as fault:
        log.warning("email.not_stored reason=%s", fault)
        return LATER
    return TAKEN if is_new else TAKEN_BEFORE


def put_together(arrival: Arrival, chunks: Sequence[bytes]) -> Whole | None:
    """Return the mail with its dots as they were; None when its header is too large."""
    line = frame_line(arrival)
    stored = b"".join((line, *chunks))  # the first chunk begins with a line end
    if b"\r\n." in stored:
        stored = stored.replace(b"\r\n.", LINE_END)
    mail = memoryview(stored)[len(line) + len(LINE_END) :]
    header = read_header(mail)
    if header is None:
        return None
    return Whole(stored, header, external_id(mail, header))
