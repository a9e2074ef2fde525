"""Answers are typed at a terminal, or come from a file, and hold up no shutdown."""

from __future__ import annotations

import asyncio
import io
import os
import pty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from channels.console import Console, Transcript
from core.channel import ChannelContext, Reply
from core.domain import MessageKind
from core.errors import ConfigurationError
from core.plugins import PluginEntry, load_plugins
from core.testing import MemoryInbox, make_context, make_outgoing

ONE = "+447700900001"
TWO = "+447700900002"


class SignalledInbox(MemoryInbox):
    """An inbox that a test can wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = asyncio.Event()

    async def store(self, *args: Any, **values: Any) -> bool:
        stored = await super().store(*args, **values)
        self.arrived.set()
        return stored

    async def next_entry(self) -> bytes:
        async with asyncio.timeout(5):
            await self.arrived.wait()
        self.arrived.clear()
        return self.entries[-1].raw


@pytest.fixture
def terminal() -> Iterator[tuple[int, Callable[[], io.TextIOWrapper]]]:
    """Yield the keyboard's end of a terminal, and a way to open the program's end."""
    ours, theirs = pty.openpty()
    opened: list[io.TextIOWrapper] = []

    def open_it() -> io.TextIOWrapper:
        opened.append(os.fdopen(os.dup(theirs), encoding="utf-8"))
        return opened[-1]

    yield ours, open_it
    for stream in opened:
        stream.close()
    os.close(ours)
    os.close(theirs)


@asynccontextmanager
async def listening(
    inbox: SignalledInbox, answers: io.TextIOWrapper, screen: io.StringIO
) -> AsyncIterator[Console]:
    console = Console(make_context(inbox=inbox), Transcript(screen), answers)
    await console.start()
    try:
        yield console
    finally:
        await console.stop()


async def test_lines_typed_at_a_terminal_reach_the_inbox(
    terminal: tuple[int, Callable[[], io.TextIOWrapper]], screen: io.StringIO
) -> None:
    keys, open_terminal = terminal
    inbox = SignalledInbox()
    async with listening(inbox, open_terminal(), screen) as console:
        await console.send(make_outgoing(ONE))
        assert "--- type Driver One: 34 YES\n" in screen.getvalue()
        for line, text in (("Driver One: 34 YES\n", "34 YES"), ("Driver One: NO\n", "NO")):
            os.write(keys, line.encode())
            assert await console.read(await inbox.next_entry()) == (Reply(ONE, text),)


async def test_only_an_offer_says_how_to_answer_it(
    terminal: tuple[int, Callable[[], io.TextIOWrapper]], screen: io.StringIO
) -> None:
    async with listening(SignalledInbox(), terminal[1](), screen) as console:
        await console.send(make_outgoing(kind=MessageKind.BOOKED))
    assert "type" not in screen.getvalue()


async def test_a_console_that_was_stopped_listens_again_after_the_next_start(
    terminal: tuple[int, Callable[[], io.TextIOWrapper]], screen: io.StringIO
) -> None:
    keys, open_terminal = terminal
    inbox = SignalledInbox()
    async with listening(inbox, open_terminal(), screen) as console:
        await console.stop()
        await console.start()
        await console.start()
        os.write(keys, f"{ONE}: YES\n".encode())
        assert await console.read(await inbox.next_entry()) == (Reply(ONE, "YES"),)
    assert len(inbox.entries) == 1


async def test_answers_may_come_from_a_file_whose_last_line_is_open(
    tmp_path: Path, screen: io.StringIO
) -> None:
    (tmp_path / "answers").write_text(f"{TWO}: NO\n{ONE}: YES", encoding="utf-8")
    inbox = SignalledInbox()
    with (tmp_path / "answers").open(encoding="utf-8") as answers:
        async with listening(inbox, answers, screen):
            await inbox.next_entry()
            if len(inbox.entries) == 1:
                await inbox.next_entry()
    assert [entry.handle for entry in inbox.entries] == [TWO, ONE]


async def test_an_input_that_is_no_file_is_done_without(
    context: ChannelContext, screen: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    console = Console(context, Transcript(screen), io.StringIO("Driver One: YES\n"))
    await console.start()
    await console.stop()
    assert "console.no_answers" in caplog.text


@pytest.mark.parametrize("answers", [True, False, "auto"])
async def test_it_loads_with_each_kind_of_answers(
    answers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    entry = PluginEntry("console", "channels.console", {"answers": answers})
    plugins = load_plugins([entry], lambda _: make_context())
    await plugins.start()
    await plugins.stop()
    assert (list(plugins.channels), plugins.broken) == (["console"], {})


def test_it_refuses_another_kind_of_answers() -> None:
    entry = PluginEntry("console", "channels.console", {"answers": "yes"})
    with pytest.raises(ConfigurationError, match="answers: must be true or false or 'auto'"):
        load_plugins([entry], lambda _: make_context())
