"""A real `dispatch serve` that is started, watched, killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from core.auditor import audit
from core.clock import SystemClock
from core.runner import Unit
from tests.bot.warming import ROOT, Forked, warm
from tests.fire.caller import Caller, LostError
from tests.fire.ground import Place
from tests.fire.record import reading

DEADLINE = 60.0
ERRORS = '"level": "error"'  # among them what the auditor of the service finds
PLUGINS = """
[channels.console]
plugin = "channels.console"

[policies.default]
timeout = "30m"

[policies.quick]
timeout = "1s"
min_window = "0.2s"

[policies.broadcast]
timeout = "30m"
width = 0
"""


class Process(Protocol):
    """A process that runs or ran, started from a shell or forked."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...
    def wait(self) -> int: ...
    def kill(self) -> None: ...
    def send_signal(self, number: signal.Signals, /) -> None: ...


class Service:
    """One process at a time on one database; its output is kept over all of its lives.

    The first of every `cold_every` starts is one from a shell; the others run the same `main()` in
    a forked process that has its imports done, which is most of a start. With 0 all of them are.
    """

    def __init__(self, place: Place, name: str = "serve", *, cold_every: int = 1) -> None:
        self.place = place
        self.port = 0
        self.process: Process | None = None
        self.cold = True  # whether it was started from a shell the last time
        self._cold_every = cold_every
        self._starts = 0
        self._out = place.folder / f"{name}.out"
        self._err = place.folder / f"{name}.err"
        self._plugins = place.folder / "plugins.toml"
        self._plugins.write_text(PLUGINS, encoding="utf-8")
        self._began = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.kill()

    def start(self, *prefix: str) -> None:
        """Start the process, by another command if need be; `ready` tells when it can be used."""
        self.cold = bool(self._cold_every) and self._starts % self._cold_every == 0
        self._starts += 1
        self._out.write_bytes(b"")
        self._began = time.monotonic()
        if not self.cold:
            self.process = self.command("serve", out=self._out, err=self._err)
            return
        with self._out.open("ab") as out, self._err.open("ab") as err:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "bot", "serve"],
                cwd=self.place.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def command(self, *words: str, out: Path, err: Path, **settings: str) -> Forked:
        """Start a command of `dispatch` in the place of this service, its imports done."""
        return warm().start(words, self.place.folder, self.environment(**settings), out, err)

    def environment(self, **settings: str) -> dict[str, str]:
        """Return what the service finds in its environment, and nothing of ours besides."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.place.url,
            "PLUGINS_FILE": str(self._plugins),
            "PORT": "0",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "WARNING",
            **settings,
        }

    async def ready(self) -> float:
        """Wait until the service says that it is ready; return the seconds since its start."""
        await until(lambda: self._listens() or self._is_over())
        assert not self._is_over(), f"the service ended by itself: {self.errors()[-2000:]}"
        await until(self._says_ready)
        return time.monotonic() - self._began

    async def up(self) -> float:
        """Start, and wait until ready."""
        self.start()
        return await self.ready()

    def kill(self) -> None:
        """End the process as a power cut would: no handler of ours runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def end(self) -> tuple[int, float]:
        """Ask it to stop by SIGTERM; return its exit code and how long that took."""
        process = self.running
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await until(lambda: process.poll() is not None)
        return process.wait(), time.monotonic() - began

    @property
    def running(self) -> Process:
        """The process that was started last."""
        assert self.process is not None
        return self.process

    def errors(self) -> str:
        """Return all that its lives wrote to the log."""
        return self._err.read_text(errors="replace") if self._err.exists() else ""

    def faults(self, *more_marks: str) -> list[str]:
        """Return the log's lines about faults of our own: tracebacks, and those so marked."""
        marks = ("Traceback", '"level": "critical"', *more_marks)
        lines = self.errors().splitlines()
        return [
            f"log: {line[:300]}…{line[-900:]}"
            for line in lines
            if any(mark in line for mark in marks)
        ][:5]

    def _listens(self) -> bool:
        words = self._out.read_text(errors="replace").split("\n", 1)
        if len(words) == 1 or not words[0].startswith("Web"):
            return False
        self.port = int(words[0].rstrip("/").rsplit(":", 1)[1])
        return True

    def _is_over(self) -> bool:
        return self.running.poll() is not None

    async def _says_ready(self) -> bool:
        async with Caller(self.port) as caller:
            try:
                return (await caller.get("/ready")).status == 200
            except LostError:
                assert not self._is_over(), self.errors()[-2000:]
                return False


async def until(happened: Callable[[], bool | Awaitable[bool]], seconds: float = DEADLINE) -> None:
    """Look again and again until it happened; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while True:
            told = happened()
            if told if isinstance(told, bool) else await told:
                return
            await asyncio.sleep(0.02)


async def audited(place: Place, seconds: float = 8.0) -> list[str]:
    """Return what the auditor still finds after the service had time to settle what is due."""
    end = time.monotonic() + seconds
    async with reading(place.url) as runner:
        while found := await audit(runner, SystemClock().now()):
            if time.monotonic() > end:
                break
            await asyncio.sleep(0.1)
    return [f"auditor: {sentence}" for sentence in found]


async def unsent(place: Place, seconds: float = 90.0) -> list[str]:
    """Return a finding when promised messages are still neither sent, failed nor dropped."""
    end = time.monotonic() + seconds
    async with reading(place.url) as runner:
        while waiting := await runner.read(_waiting):
            if time.monotonic() > end:
                return [f"{len(waiting)} messages never left, the first is {waiting[0]}"]
            await asyncio.sleep(0.5)
    return []


async def _waiting(unit: Unit) -> list[dict[str, object]]:
    return await unit.rows("SELECT id, kind, job_id FROM outbox WHERE state = 'queued'")
