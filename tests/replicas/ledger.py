"""A channel for real processes that writes each message into a file they share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PLUGINS = """
[channels.console]
plugin = "ledger"

[policies.default]
min_window = "3m"

[policies.quick]
timeout = "1s"
min_window = "1s"

[policies.everybody]
width = 0
"""

PLUGIN = """
import asyncio
import os

from core.channel import Receipt, SendOnly
from core.hookspecs import hookimpl


def write(done, message):
    words = (done, os.getpid(), message.token, message.kind, message.handle, message.repeat)
    line = " ".join(map(str, words)) + "\\n"
    file = os.open("ledger.txt", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)


class Ledger(SendOnly):
    name = "console"

    async def send(self, message):
        if os.path.exists("hold"):
            write("held", message)
            while os.path.exists("hold"):
                await asyncio.sleep(0.01)
        write("sent", message)
        return Receipt({"token": message.token})


@hookimpl
def register_channels(options, context):
    return [Ledger()]
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One message in the hand of a process. `done`: held or sent."""

    done: str
    pid: int
    token: str
    kind: str
    handle: str
    repeat: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """What all processes that run in `folder` wrote."""

    folder: Path

    def prepare(self) -> None:
        """Put the plugin and its plugins.toml there."""
        (self.folder / "ledger.py").write_text(PLUGIN, encoding="utf-8")
        (self.folder / "plugins.toml").write_text(PLUGINS, encoding="utf-8")
        (self.folder / "ledger.txt").touch()

    def hold(self) -> None:
        """Have every process stop in the middle of sending."""
        (self.folder / "hold").touch()

    def release(self) -> None:
        """Let them go on."""
        (self.folder / "hold").unlink()

    def lines(self, done: str) -> list[Line]:
        """Return what was held or sent so far."""
        words = (line.split() for line in (self.folder / "ledger.txt").read_text().splitlines())
        return [
            Line(w[0], int(w[1]), w[2], w[3], w[4], w[5] == "True") for w in words if w[0] == done
        ]
