"""kill -9 between any two steps of receiving a press: the YES counts exactly once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.chat_server import Call, Moment
from tests.bot.chat.waiting import eventually
from tests.stories_chat.service import Serving, open_service

AT_ONCE = 8  # services that run side by side; each waits for what the dead one held

Strikes = Callable[[Moment, Call], bool]


async def test_a_yes_counts_once_at_whatever_step_the_service_dies(tmp_path: Path) -> None:
    """Each step is a service of its own: dead, started again, judged."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, strikes: Strikes, after: float) -> None:
        folder = tmp_path / name
        folder.mkdir()
        async with room, open_service(folder) as service:
            await _dies_and_comes_back(service, strikes, after)

    async with asyncio.TaskGroup() as group:
        for name, strikes, after in STEPS:
            group.create_task(one(name, strikes, after), name=name)


def brings_the_press(call: Call) -> bool:
    """Tell whether this answer to getUpdates brings a press."""
    found = call.answer if isinstance(call.answer, list) else []
    return call.method == "getupdates" and any("callback_query" in update for update in found)


async def _dies_and_comes_back(service: Serving, strikes: Strikes, after: float) -> None:
    (dan, eve) = await service.crew("Dan", "Eve")
    job_id = await service.offers("VC8Y-3")
    await eventually(lambda: dan.told)
    loop, struck = asyncio.get_running_loop(), asyncio.Event()

    def watch(moment: Moment, call: Call) -> None:
        if not struck.is_set() and strikes(moment, call):
            struck.set()
            loop.call_later(after, service.kill) if after else service.kill()

    service.chat.journal.watchers.append(watch)
    dan.presses_on("YES")
    await asyncio.wait_for(struck.wait(), 30)
    await service.ended()
    await service.up()
    await eventually(lambda: any("Can't make it" in message.labels for message in dan.told))
    job = await service.get(f"/jobs/{job_id}")
    assert (job["status"], [o["status"] for o in job["offers"]]) == ("assigned", ["accepted"])
    events = (await service.get(f"/jobs/{job_id}/events"))["events"]
    assert [event["kind"] for event in events].count("assigned") == 1
    assert not eve.told


def _takes_the_press(moment: Moment) -> Strikes:
    return lambda now, call: now == moment and brings_the_press(call)


def _confirms_it(moment: Moment) -> Strikes:
    """The request after the one that brought the press: its offset confirms it."""
    brought: list[int] = []

    def strikes(now: Moment, call: Call) -> bool:
        if now == Moment.DONE and brings_the_press(call):
            updates = call.answer if isinstance(call.answer, list) else []
            brought.append(max(int(update["update_id"]) for update in updates))
            return False
        is_next = call.method == "getupdates" and call.parameters.integer("offset") > max(
            brought, default=sys.maxsize
        )
        return is_next and now == moment

    return strikes


def _answers_it(moment: Moment) -> Strikes:
    return lambda now, call: now == moment and call.method == "answercallbackquery"


STEPS: Sequence[tuple[str, Strikes, float]] = (
    ("before it is sent to us", _takes_the_press(Moment.DONE), 0),
    ("as it arrives", _takes_the_press(Moment.ANSWERED), 0),
    ("5 ms after it arrived", _takes_the_press(Moment.ANSWERED), 0.005),
    ("20 ms after it arrived", _takes_the_press(Moment.ANSWERED), 0.02),
    ("before it is confirmed", _confirms_it(Moment.ASKED), 0),
    ("10 ms after it was confirmed", _confirms_it(Moment.ASKED), 0.01),
    ("before the pop-up", _answers_it(Moment.ASKED), 0),
    ("after the pop-up", _answers_it(Moment.DONE), 0),
)
