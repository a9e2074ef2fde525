"""Open this to put a channel under contract: subclass `ChannelContract` in a test module.

    class TestMyChannel(ChannelContract):
        async def make_channel(self) -> Channel:
            return MyChannel(make_context())

`make_channel` is called once per test. The knobs make the other side fail, or say something;
each one that is left as it is skips the tests which need it, with a reason.
"""
# ruff: noqa: S101, PT017 this is a test suite

from __future__ import annotations

import asyncio
import json
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from itertools import product
from typing import Any, TypeVar, get_args

import pytest

from core.channel import (
    Capabilities,
    Channel,
    Ignored,
    Incoming,
    Outgoing,
    Receipt,
    Reply,
    WebhookAnswer,
    WebhookRequest,
)
from core.errors import PermanentSendError, SendError, TemporarySendError
from core.testing.fakes import make_outgoing

Returned = TypeVar("Returned")
Sending = asyncio.Task[Receipt | SendError]

PATIENCE = 5.0  # seconds for anything that must not hang
ODD_TEXTS = {
    "scripts and emoji": "Łódź → Zürich, 東京, مرحبا, 👩‍🔧🏴 é e\u0301",
    "markup": "<b>&amp;</b> *bold* _it_ `code` [link](http://x.test) {{7*7}} %s {0} \\",
    "control characters": "a\x00b\x1b[2J\x1b]0;title\x07\r\nc\u202ed\u2028e\ufeff",
    "lines": "\n\n  indented\n\n\ttabbed\n.\n-- \n",
    "length": "Leeds to York, van. " * 1_000,
    "nothing": "",
}
ODD_ENTRIES = (
    *(b"", b"\x00", b"\xff\xfe\x00\xd8", b"null", b"[]", b"{}", b"0", b'"YES"', b"{", b"[" * 5_000),
    *(b'{"handle": 1, "text": []}', b"1" * 5_000, b"a=b&c=%ff", b"<a/>", b"\r\n\r\n"),
    *(b"From: a@example.com\r\nSubject: =?x?q?=ff?=\r\n\r\nYES", bytes(range(256)) * 8),
)


class ChannelContract(ABC):
    """The tests that every channel passes, ours and other people's."""

    pytestmark = pytest.mark.asyncio  # for projects whose asyncio_mode is not auto

    handle = "+447700900001"  # one that the channel can serve

    @abstractmethod
    async def make_channel(self) -> Channel:
        """Return a new channel, not yet started."""

    async def fail_for_now(self, channel: Channel) -> None:
        """Knob: make the other side refuse messages to `handle` for a while."""
        pytest.skip("no knob makes this channel fail for now")

    async def fail_for_good(self, channel: Channel) -> None:
        """Knob: make `handle` one that the other side will never serve again."""
        pytest.skip("no knob makes this channel fail for good")

    async def hang(self, channel: Channel) -> None:
        """Knob: make the other side never answer sends to `handle`."""
        pytest.skip("no knob makes this channel hang")

    async def raw_reply(self, channel: Channel, text: str) -> bytes:
        """Knob: return what the channel stores in the inbox when `handle` answers `text`."""
        pytest.skip("no knob brings a reply to this channel")

    def message(self, **values: Any) -> Outgoing:
        """Return an offer to `handle`; override it when the channel needs certain facts."""
        return make_outgoing(**{"handle": self.handle, **values})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Channel]:
        """Start a new channel, and stop it whatever happens, neither one hanging."""
        channel = await self.make_channel()
        try:
            await _soon(channel.start())
            yield channel
        finally:
            await _soon(channel.stop())

    async def test_its_name_and_capabilities_are_well_formed(self) -> None:
        channel = await self.make_channel()
        assert isinstance(channel, Channel)
        assert re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", channel.name)
        assert isinstance(channel.capabilities, Capabilities)

    async def test_start_and_stop_may_be_repeated_and_come_in_any_order(self) -> None:
        channel = await self.make_channel()
        try:
            for step in (channel.stop, channel.start, channel.start, channel.stop, channel.stop):
                await _soon(step())
            await _soon(channel.start())
            _check_receipt(await _soon(channel.send(self.message())))
        finally:
            await _soon(channel.stop())

    async def test_send_returns_a_receipt_that_json_can_keep(self) -> None:
        async with self.running() as channel:
            _check_receipt(await _soon(channel.send(self.message())))

    async def test_a_message_may_be_sent_again_with_the_same_token(self) -> None:
        async with self.running() as channel:
            await _soon(channel.send(self.message()))
            _check_receipt(await _soon(channel.send(self.message(repeat=True))))

    async def test_many_messages_may_be_sent_at_once(self) -> None:
        messages = [self.message(token=f"message-{number}") for number in range(50)]
        async with self.running() as channel:
            receipts = await _soon(asyncio.gather(*map(channel.send, messages)))
            for receipt in receipts:
                _check_receipt(receipt)

    @pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=list(ODD_TEXTS))
    async def test_any_text_is_sent_or_refused_as_a_send_error(self, text: str) -> None:
        message = self.message(text=text, subject=text[:200], name=text[:200])
        async with self.running() as channel:
            try:
                _check_receipt(await _soon(channel.send(message)))
            except (PermanentSendError, TemporarySendError) as refusal:
                assert refusal.reason, "a refusal says why"

    async def test_an_edit_works_from_a_stored_receipt_and_may_be_repeated(self) -> None:
        async with self.running() as channel:
            receipt = await _soon(channel.send(self.message()))
            kept = Receipt(json.loads(json.dumps(dict(receipt.reference))), receipt.delivered)
            for _ in range(2):
                await _soon(channel.edit(kept, self.message(text="This offer is closed.")))

    async def test_read_makes_something_of_any_bytes(self) -> None:
        async with self.running() as channel:
            for raw in ODD_ENTRIES:
                meant = await _read_twice(channel, raw)
                receives = channel.capabilities.receives
                assert receives or all(isinstance(what, Ignored) for what in meant), raw

    async def test_a_reply_is_read_the_same_each_time(self) -> None:
        async with self.running() as channel:
            meant = await _read_twice(channel, await self.raw_reply(channel, "34 YES"))
            replies = [(what.handle, what.text) for what in meant if isinstance(what, Reply)]
            assert replies == [(self.handle, "34 YES")]

    async def test_a_reply_is_read_by_a_channel_that_never_saw_it_come(self) -> None:
        async with self.running() as channel:
            raw = await self.raw_reply(channel, "YES")
            meant = await _soon(channel.read(raw))
        async with self.running() as after_a_crash:
            assert await _soon(after_a_crash.read(raw)) == meant

    async def test_a_senseless_webhook_is_answered_with_a_client_error(self) -> None:
        async with self.running() as channel:
            for method, body in product(("GET", "POST", "DELETE", "ODD"), ODD_ENTRIES):
                request = WebhookRequest(method, "/channels/x/webhook", {}, {}, body, "203.0.113.9")
                answer = await _soon(channel.webhook(request))
                assert isinstance(answer, WebhookAnswer)
                assert 400 <= answer.status < 500, f"{method} {body!r:.60} got {answer.status}"

    async def test_what_may_work_later_is_a_temporary_error(self) -> None:
        async with self.running() as channel:
            await self.fail_for_now(channel)
            with pytest.raises(TemporarySendError) as caught:
                await _soon(channel.send(self.message()))
            assert caught.value.reason
            assert caught.value.retry_after is None or caught.value.retry_after >= 0

    async def test_a_dead_handle_is_a_permanent_error(self) -> None:
        async with self.running() as channel:
            await self.fail_for_good(channel)
            with pytest.raises(PermanentSendError) as caught:
                await _soon(channel.send(self.message()))
            assert caught.value.reason

    async def test_stop_does_not_wait_for_a_send_that_hangs(self) -> None:
        async with self.running() as channel:
            await self.hang(channel)
            async with _sending(channel, self.message()):
                await _soon(channel.stop())

    async def test_a_send_that_hangs_may_be_given_up(self) -> None:
        async with self.running() as channel:
            await self.hang(channel)
            async with _sending(channel, self.message()) as sending:
                sending.cancel()
                await asyncio.wait({sending}, timeout=PATIENCE)
                assert sending.cancelled(), "a cancelled send must end, as cancelled"

    async def test_stop_amid_sends_leaves_each_one_sent_or_failed(self) -> None:
        async with self.running() as channel, _sending(channel, self.message()) as sending:
            await _soon(channel.stop())
            await asyncio.wait({sending}, timeout=PATIENCE)
            assert sending.done()


async def _read_twice(channel: Channel, raw: bytes) -> Sequence[Incoming]:
    first = await _soon(channel.read(raw))
    assert first, "read says something about every entry: at least Ignored, with a reason"
    assert all(isinstance(meant, get_args(Incoming)) for meant in first)
    again = await _soon(channel.read(raw))
    assert first == again, "read has no side effects: the same bytes mean the same"
    return first


@asynccontextmanager
async def _sending(
    channel: Channel, message: Outgoing
) -> AsyncIterator[asyncio.Task[Receipt | SendError]]:
    """Have a send under way, and leave none behind."""
    sending = asyncio.create_task(_send(channel, message))
    try:
        await asyncio.sleep(0)
        yield sending
    finally:
        sending.cancel()
        await asyncio.wait({sending}, timeout=PATIENCE)


async def _send(channel: Channel, message: Outgoing) -> Receipt | SendError:
    try:
        return await channel.send(message)
    except SendError as failure:
        return failure


def _check_receipt(receipt: Receipt) -> None:
    assert isinstance(receipt, Receipt)
    reference = dict(receipt.reference)
    assert json.loads(json.dumps(reference, allow_nan=False)) == reference


async def _soon(awaitable: Awaitable[Returned]) -> Returned:
    """Return what is awaited, or fail when it hangs."""
    async with asyncio.timeout(PATIENCE):
        return await awaitable
