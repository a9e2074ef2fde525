"""The caller's side of `warm`: commands and services that start with their imports done."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0


class Warm:
    """A process that forks one for each command, its imports done: see `tests.bot.warm`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bot.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)

    def run(
        self, words: Sequence[str], folder: Path, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        with tempfile.TemporaryDirectory() as kept:
            out, err = Path(kept, "out"), Path(kept, "err")
            code = self.start(words, folder, env, out, err).wait()
            return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())

    def start(
        self, words: Sequence[str], folder: Path, env: Mapping[str, str], out: Path, err: Path
    ) -> Forked:
        """Start one command; what it says is added to the files."""
        told = {"words": words, "folder": str(folder), "env": dict(env)}
        pid = self._ask({"start": {**told, "out": str(out), "err": str(err)}})
        assert pid is not None
        return Forked(self, pid)

    def end_of(self, pid: int, *, wait: bool) -> int | None:
        """Return the exit code of a command, None while it runs."""
        return self._ask({"end_of": pid, "wait": wait})

    def _ask(self, order: Mapping[str, object]) -> int | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        hangs = threading.Timer(DEADLINE, self._process.kill)
        hangs.start()
        try:
            answer = self._process.stdout.readline()
        finally:
            hangs.cancel()
        assert answer, f"the command did not end: {order}"
        told: int | None = json.loads(answer)
        return told

    def _end(self) -> None:
        """Let it end what it started, then itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()


class Forked:
    """A command that runs, with as much of `subprocess.Popen` as is asked of it."""

    def __init__(self, warm: Warm, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._warm = warm

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        if self.returncode is None:
            self.returncode = self._warm.end_of(self.pid, wait=False)
        return self.returncode

    def wait(self) -> int:
        """Wait until it ended; return its exit code."""
        if self.returncode is None:
            self.returncode = self._warm.end_of(self.pid, wait=True)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


_of_thread = threading.local()


def warm() -> Warm:
    """Return this thread's own, so that two threads run two commands at once."""
    if not hasattr(_of_thread, "warm"):
        _of_thread.warm = Warm()
    own: Warm = _of_thread.warm
    return own
