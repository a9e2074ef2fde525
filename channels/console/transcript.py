"""Open this for how the console looks: blocks of a chat, whole ones, one after another."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

NARROWEST = 40
WIDEST = 100
ZERO_WIDTH_JOINERS = "\u200c\u200d"  # of emoji and of many scripts


class Transcript:
    """Prints to a stream, standard output unless told otherwise; plain where it is no terminal.

    A thread of its own writes, so that a terminal held by Ctrl-S, or a full pipe, delays only
    who awaits `show`. It writes to the descriptor: a thread inside `sys.stdout` holds a lock
    that exiting needs.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._chosen = stream
        self._waiting: SimpleQueue[tuple[str, Future[None]]] = SimpleQueue()
        self._thread: Thread | None = None

    async def show(self, title: str, body: str, footer: str = "") -> None:
        """Print one message as a block; OSError or ValueError when that fails."""
        width = _width_of(self._stream)
        if width is None:
            await self._print(plain_block(title, body, footer))
        else:
            await self._print(drawn_block(title, body, footer, width))

    async def say(self, line: str) -> None:
        """Print one line, such as an answer, between the blocks."""
        await self._print(f"> {one_line(line)}\n\n")

    @property
    def _stream(self) -> TextIO | None:
        return self._chosen or sys.stdout

    async def _print(self, text: str) -> None:
        written: Future[None] = Future()
        self._waiting.put((text, written))
        if self._thread is None:
            self._thread = Thread(target=self._run, name="console transcript", daemon=True)
            self._thread.start()
        await asyncio.wrap_future(written)

    def _run(self) -> None:
        while True:
            text, written = self._waiting.get()
            if not written.set_running_or_notify_cancel():
                continue  # whoever wanted it printed has given up
            try:
                _write(self._stream, text)
            except Exception as fault:  # noqa: BLE001 whoever awaits it is told
                written.set_exception(fault)
            else:
                written.set_result(None)


def plain_block(title: str, body: str, footer: str) -> str:
    """Return a block for files and pipes: ASCII frame, lines as long as they are."""
    lines = [f"--- {one_line(title)}", *(f"| {line}" for line in _lines(body))]
    return _joined([*lines, f"--- {one_line(footer)}"])


def drawn_block(title: str, body: str, footer: str, width: int) -> str:
    """Return a block for a terminal: drawn frame, lines wrapped at words."""
    wrapped = [part for line in _lines(body) for part in _wrap(line, width - 2)]
    lines = [f"╭─ {one_line(title)}", *(f"│ {line}" for line in wrapped)]
    return _joined([*lines, f"╰─ {one_line(footer)}"])


def one_line(text: str) -> str:
    """Return the text without line breaks, and without what could steer a terminal."""
    return " ".join(_harmless(" ".join(text.split())).split())


def _joined(lines: Sequence[str]) -> str:
    return "\n".join([*(line.rstrip() for line in lines), "", ""])


def _lines(text: str) -> Sequence[str]:
    return [_harmless(line) for line in text.strip().splitlines()]


def _harmless(line: str) -> str:
    """Show control characters, marks of direction and lone surrogates as one sign each."""
    return "".join("�" if _steers(char) else char for char in line.expandtabs(4))


def _steers(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in ZERO_WIDTH_JOINERS


def _wrap(line: str, width: int) -> Sequence[str]:
    return textwrap.wrap(
        line,
        width,
        break_long_words=False,  # a link stays whole
        break_on_hyphens=False,
    ) or [""]


def _width_of(stream: TextIO | None) -> int | None:
    """Return the width of a terminal, None for anything else."""
    try:
        if stream is None or not stream.isatty():
            return None
        columns = os.get_terminal_size(stream.fileno()).columns or WIDEST
    except (OSError, ValueError):  # closed, or no real file
        return None
    return min(max(columns, NARROWEST), WIDEST)


def _write(stream: TextIO | None, text: str) -> None:
    """Write all of the text, with `?` for what the stream's encoding lacks."""
    if stream is None:
        raise OSError("there is no standard output")
    encoding = stream.encoding or "utf-8"
    raw = text.encode(encoding, "replace")
    try:
        fd = stream.fileno()
    except OSError:  # a stream in memory has none
        stream.write(raw.decode(encoding))
        return
    while raw:
        raw = raw[os.write(fd, raw) :]
