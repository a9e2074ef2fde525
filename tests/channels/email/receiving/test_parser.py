"""A mail is parsed by a process that may be lost at any time, and the service goes on."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import psutil
import pytest

from channels.email.receiving import parser, reading
from channels.email.receiving.frame import Arrival, framed
from channels.email.receiving.parser import UNSAFE, MailParser
from channels.email.receiving.plain import from_plain
from channels.email.receiving.rules import rules_of, rules_to
from channels.email.receiving.worker import parsed
from core.channel import Ignored, NeedsPerson, Reply
from core.testing import make_context
from tests.channels.email.receiving.office import INTAKE, JO, REPLY, mail, options, until

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
ANSWER = framed(Arrival("smtp", "127.0.0.1", JO, (REPLY,), NOON), (mail(body="YES"),))
COSTLY = (
    "--b\r\nContent-Disposition: attachment" + ";" * 1_000_000 + "\r\n\r\nx\r\n--b--\r\n",
    "Content-Type: multipart/mixed; boundary=b",
)
BOMB = framed(Arrival("smtp", "127.0.0.1", JO, (INTAKE,), NOON), (mail(COSTLY[1], body=COSTLY[0]),))
RULES = rules_of(options(), make_context())


def _children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@dataclass(slots=True)
class Bench:
    parser: MailParser
    before: set[int] = field(default_factory=_children)

    @property
    def process(self) -> psutil.Process:
        """The one process that the parser has started and not ended."""
        (pid,) = _children() - self.before
        return psutil.Process(pid)


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    opened = Bench(MailParser(rules_to(RULES)))
    try:
        yield opened
    finally:
        await opened.parser.stop()
        assert _children() == opened.before, "no process is left behind"


def is_yes(meaning: object) -> bool:
    return isinstance(meaning, tuple) and [type(one) for one in meaning] == [Reply]


async def test_one_process_reads_mail_after_mail() -> None:
    async with bench() as b:
        assert is_yes(await b.parser.read(ANSWER))
        first = b.process.pid
        assert is_yes(await b.parser.read(ANSWER))
        assert b.process.pid == first


async def test_mails_read_at_once_are_not_mixed_up() -> None:
    async with bench() as b:
        stored = [ANSWER, b"not a mail of ours"] * 10
        meanings = await asyncio.gather(*map(b.parser.read, stored))
    assert all(is_yes(meaning) for meaning in meanings[::2])
    assert all(isinstance(meaning[0], Ignored) for meaning in meanings[1::2])


async def test_a_mail_that_takes_too_long_ends_the_process_and_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parser, "PARSE_SECONDS", 60.0)  # on a busy machine 2 s of work take longer
    async with bench() as b:
        assert await b.parser.read(BOMB) == (NeedsPerson(UNSAFE),)
        assert is_yes(await b.parser.read(ANSWER))


async def test_on_a_machine_too_busy_the_mail_may_be_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with bench() as b:
        assert is_yes(await b.parser.read(ANSWER))
        monkeypatch.setattr(parser, "PARSE_SECONDS", 0.01)
        with pytest.raises(TimeoutError):
            await b.parser.read(BOMB)
        monkeypatch.undo()
        assert is_yes(await b.parser.read(ANSWER))


async def test_a_process_that_was_killed_is_replaced() -> None:
    async with bench() as b:
        assert is_yes(await b.parser.read(ANSWER))
        gone = b.process
        gone.send_signal(signal.SIGKILL)
        gone.wait(10)
        await until(lambda: b.parser._process is None or b.parser._process.returncode is not None)
        assert is_yes(await b.parser.read(ANSWER))


async def test_who_gives_up_waiting_leaves_nothing_that_the_next_would_read() -> None:
    async with bench() as b:
        assert is_yes(await b.parser.read(ANSWER))
        given_up = asyncio.create_task(b.parser.read(BOMB))
        await asyncio.sleep(0.1)
        given_up.cancel()
        await asyncio.wait({given_up})
        assert is_yes(await b.parser.read(ANSWER))


async def test_giving_up_during_the_start_does_not_start_over() -> None:
    async with bench() as b:
        given_up = asyncio.create_task(b.parser.read(ANSWER))
        await until(lambda: bool(_children() - b.before))
        first = b.process.pid
        given_up.cancel()
        await asyncio.wait({given_up})
        assert is_yes(await b.parser.read(ANSWER))
        assert b.process.pid == first


async def test_it_may_be_stopped_at_any_time() -> None:
    async with bench() as b:
        for pause in (0.0, 0.01, 0.1, 1.5):
            reading_one = asyncio.create_task(b.parser.read(BOMB))
            await asyncio.sleep(pause)
            await b.parser.stop()
            await asyncio.wait({reading_one}, timeout=10)
            assert reading_one.cancelled() or reading_one.exception() is not None


async def test_the_process_knows_no_secret_writes_no_file_and_has_no_hurry() -> None:
    async with bench() as b:
        assert is_yes(await b.parser.read(ANSWER))
        assert set(b.process.environ()) <= {"LC_CTYPE"}
        assert b.process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert b.process.nice() > psutil.Process().nice()


@pytest.mark.parametrize("fault", [RecursionError, MemoryError, LookupError("charset"), IndexError])
def test_whatever_breaks_over_a_mail_makes_it_wait_for_a_person(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise fault

    monkeypatch.setattr(reading, "unframed", break_down)
    (meant,) = from_plain(parsed(ANSWER, RULES))
    assert isinstance(meant, NeedsPerson)
    assert meant.reason.startswith("the mail cannot be parsed (")
