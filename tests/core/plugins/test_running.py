"""Channels start and stop, and one that raises or hangs harms nobody else."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import pytest

from core.plugins import Plugins
from core.testing import FakeChannel


class Faulty(FakeChannel):
    """A channel whose start or stop does what a test wants."""

    def __init__(
        self,
        name: str,
        start: Callable[[], Any] | None = None,
        stop: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__(name)
        self._start, self._stop = start, stop

    async def start(self) -> None:
        if self._start:
            await self._start()
        await super().start()

    async def stop(self) -> None:
        if self._stop:
            await self._stop()
        await super().stop()


async def raises() -> None:
    raise OSError("port 2525\nis taken")


async def exits() -> None:
    sys.exit("enough")


async def hangs() -> None:
    await asyncio.Event().wait()


async def cancels_itself() -> None:
    raise asyncio.CancelledError


async def ignores_its_cancellation() -> None:
    release = asyncio.Event()
    try:
        await release.wait()
    except asyncio.CancelledError:
        asyncio.get_running_loop().call_later(1.0, release.set)
        await release.wait()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (raises, "start: OSError: port 2525 is taken"),
        (exits, "start: SystemExit: enough"),
        (hangs, "start: did not return within 0.05 s"),
        (cancels_itself, "start: cancelled itself"),
        (ignores_its_cancellation, "start: did not return within 0.05 s"),
    ],
)
async def test_a_channel_that_fails_to_start_leaves_and_the_others_go_on(
    fault: Callable[[], Any], reason: str
) -> None:
    good, bad = FakeChannel("good"), Faulty("bad", start=fault)
    plugins = Plugins({"bad": bad, "good": good}, {})
    channels = plugins.channels
    await plugins.start(seconds=0.05)
    assert plugins.broken == {"bad": reason}
    assert list(channels) == ["good"], "whoever holds the mapping sees it"
    assert good.running
    await plugins.stop()
    assert not good.running


async def test_a_channel_that_failed_to_start_is_stopped_all_the_same() -> None:
    stopped: list[str] = []

    async def stop() -> None:
        stopped.append("bad")

    plugins = Plugins({"bad": Faulty("bad", start=raises, stop=stop)}, {})
    await plugins.start()
    await plugins.stop()
    assert stopped == ["bad"]


async def test_a_channel_that_hangs_at_its_stop_holds_nobody_up() -> None:
    good = FakeChannel("good")
    plugins = Plugins({"bad": Faulty("bad", stop=hangs), "good": good}, {})
    await plugins.start()
    await plugins.stop(seconds=0.05)
    assert not good.running
    assert plugins.broken == {"bad": "stop: did not return within 0.05 s"}
