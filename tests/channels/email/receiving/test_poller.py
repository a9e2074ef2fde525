"""A mailbox is the second way in: each mail is stored, then marked, by one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from channels.email.receiving.frame import Arrival, unframed
from channels.email.receiving.headers import external_id, read_header
from channels.email.receiving.poller import Poller
from core.channel import ChannelContext, NewJobs
from core.errors import DatabaseBusy
from core.testing import MemoryInbox, MemoryLeases, make_context
from tests.channels.email.receiving.mailbox import FakeMailbox, open_mailbox
from tests.channels.email.receiving.office import INTAKE, JO, REPLY, TABLE, mail, open_office, until

MX = "mx.dispatch.example"
PASS = f"Authentication-Results: {MX}; dmarc=pass header.from=example.com"
ONE = mail("Return-Path: <jo@example.com>", f"To: Jobs <{INTAKE}>, x@y.example", f"Cc: {REPLY}")
TWO = mail(message_id="<two@example.com>")


@asynccontextmanager
async def polling(box: FakeMailbox, context: ChannelContext, **more: Any) -> AsyncIterator[Poller]:
    poller = Poller(box.url, more.get("max_bytes", 1_000_000), context, seconds=0.01)
    await poller.start()
    try:
        yield poller
    finally:
        async with asyncio.timeout(5):
            await poller.stop()


def arrival_of(raw: bytes) -> Arrival:
    opened = unframed(raw)
    assert opened is not None
    return opened[0]


async def test_every_unseen_mail_is_stored_and_then_marked_as_seen() -> None:
    inbox = MemoryInbox()
    async with open_mailbox(one=ONE, two=TWO) as box, polling(box, make_context(inbox=inbox)):
        await until(lambda: box.seen == {1, 2})
    first, second = inbox.entries
    arrival = arrival_of(first.raw)
    assert (arrival.way, arrival.sender, first.handle) == ("imap", JO, JO)
    assert arrival.recipients == (INTAKE, "x@y.example", REPLY)
    assert first.raw.endswith(ONE)
    assert second.raw.endswith(TWO)
    assert not any("BODY[" in command for command in box.asked), "looking marks nothing"


async def test_a_mail_that_came_by_smtp_too_is_stored_once() -> None:
    header = read_header(ONE)
    assert header is not None
    inbox = MemoryInbox()
    await inbox.store(external_id(ONE, header), b"once")
    async with open_mailbox(one=ONE) as box, polling(box, make_context(inbox=inbox)):
        await until(lambda: box.seen == {1})
    assert len(inbox.entries) == 1


async def test_what_cannot_be_stored_stays_unseen_and_comes_again() -> None:
    inbox = MemoryInbox(fault=DatabaseBusy("busy"))
    async with open_mailbox(one=ONE) as box, polling(box, make_context(inbox=inbox)):
        await until(lambda: box.log_ins > 1)
        assert box.seen == set()
        inbox.fault = None
        await until(lambda: box.seen == {1})
    assert len(inbox.entries) == 1


@pytest.mark.parametrize("command", ["LOGIN", "SEARCH", "RFC822.SIZE", "BODY.PEEK[]", "STORE"])
async def test_a_connection_that_breaks_off_anywhere_loses_no_mail(command: str) -> None:
    inbox = MemoryInbox()
    async with open_mailbox(one=ONE) as box:
        box.cut_off_at = command
        async with polling(box, make_context(inbox=inbox)):
            await until(lambda: sum(command in asked for asked in box.asked) > 1)
            box.cut_off_at = ""
            await until(lambda: box.seen == {1})
    assert len(inbox.entries) == 1


async def test_who_does_not_hold_the_lease_does_not_look() -> None:
    leases = MemoryLeases()
    leases.elsewhere.add("imap")
    async with open_mailbox(one=ONE) as box, polling(box, make_context(leases=leases)):
        await asyncio.sleep(0.1)
        assert box.log_ins == 0
        leases.elsewhere.clear()
        await until(lambda: box.seen == {1})
    assert leases.held == set(), "another may take over at once"


async def test_of_a_mail_too_large_only_the_header_is_fetched() -> None:
    inbox = MemoryInbox()
    large = mail(body="x" * 50_000)
    context = make_context(inbox=inbox)
    async with open_mailbox(one=large) as box, polling(box, context, max_bytes=10_000):
        await until(lambda: box.seen == {1})
    (entry,) = inbox.entries
    assert arrival_of(entry.raw).cut
    assert len(entry.raw) < 1_000


async def test_a_mailbox_that_cannot_be_reached_is_tried_again() -> None:
    async with open_mailbox() as box:
        gone = box.url
    inbox = MemoryInbox()
    poller = Poller(gone, 10_000, make_context(inbox=inbox), seconds=0.01)
    await poller.start()
    await asyncio.sleep(0.1)
    await poller.stop()
    assert inbox.entries == []


async def test_a_mailed_job_is_read_when_the_mail_server_vouches_for_its_sender() -> None:
    inbox = MemoryInbox()
    believed = mail(PASS, f"Delivered-To: {INTAKE}", "Return-Path: <jo@example.com>")
    async with open_mailbox(one=believed) as box:
        changes = {"imap_url": box.url, "authserv_id": MX, "listen": "127.0.0.1:0"}
        async with open_office(make_context(inbox=inbox), **{**TABLE, **changes}) as office:
            await until(lambda: box.seen == {1})
            (meant,) = await office.channel.read(inbox.entries[0].raw)
    assert isinstance(meant, NewJobs)
