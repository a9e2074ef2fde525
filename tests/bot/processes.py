"""Real `dispatch` processes in a folder of their own, and waiting for what they say."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from tests.bot.warming import DEADLINE, ROOT, warm


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder with nothing in it, and an environment with nothing of ours in it."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return warm().run(words, self.folder, self._environment(settings))

    def ok(self, *words: str, **settings: str) -> str:
        """Run one command that must succeed; return what it printed."""
        ended = self.run(*words, **settings)
        assert ended.returncode == 0, f"{words}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    @contextlib.contextmanager
    def serving(self, *flags: str, **settings: str) -> Iterator[Served]:
        """Run `serve` on a free port until the block ends; it listens when the block begins."""
        served = Served(
            subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", *flags],
                cwd=self.folder,
                env=self._environment({"PORT": "0"} | settings),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                text=True,
            )
        )
        try:
            yield served
        finally:
            served.kill()

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        return {**kept, "PYTHONPATH": str(ROOT), **self.settings, **settings}


class Served:
    """A `serve` that runs: its output so far, its address, its end."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.output: list[str] = []
        self.errors: list[str] = []
        self._said = threading.Condition()
        self._readers = [
            self._reader(process.stdout, self.output),
            self._reader(process.stderr, self.errors),
        ]
        self.url = self.wait_for_line("Web ").split()[1].rstrip("/")

    def wait_for_line(self, words: str) -> str:
        """Return the first line of its output that holds these words."""
        with self._said:
            found = self._said.wait_for(lambda: self._find(words) or self._is_over(), DEADLINE)
            line = self._find(words)
        assert line, f"never said {words!r}: {found} {self.output} {self.errors}"
        return line

    def get(self, path: str) -> httpx.Response:
        """Ask it something."""
        return httpx.get(f"{self.url}{path}", timeout=DEADLINE)

    def wait_until_ready(self) -> None:
        """Ask again and again until all is well."""
        end = time.monotonic() + DEADLINE
        while (answer := self.get("/ready")).status_code != 200:
            assert time.monotonic() < end, answer.text
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Have it stop; return its exit code and how long that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(DEADLINE)
        took = time.monotonic() - began
        self._join()
        return code, took

    def kill(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE)
        self._join()

    def _join(self) -> None:
        for reader in self._readers:
            reader.join(DEADLINE)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def _reader(self, stream: IO[str] | None, lines: list[str]) -> threading.Thread:
        assert stream is not None

        def read() -> None:
            for line in stream:
                with self._said:
                    lines.append(line.rstrip("\n"))
                    self._said.notify_all()
            with self._said:
                self._said.notify_all()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        return reader

    def _find(self, words: str) -> str | None:
        return next((line for line in self.output if words in line), None)

    def _is_over(self) -> bool:
        return self.process.poll() is not None and not any(r.is_alive() for r in self._readers)
