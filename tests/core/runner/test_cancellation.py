"""A caller that goes away: its unit still ends, whole, and nothing hangs."""

import asyncio
import gc
import random

from core.runner import Runner, Unit, open_runner
from tests.core.runner.boxes import Box, names, put
from tests.core.runner.conftest import MODELS


async def test_a_cancelled_callers_unit_is_committed_all_the_same(runner: Runner) -> None:
    committed = asyncio.Event()

    async def work(unit: Unit) -> None:
        unit.after_commit(committed.set)
        await put(unit, "a")

    task = asyncio.create_task(runner.run(work))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait_for(committed.wait(), 10)
    assert task.cancelled()
    assert await runner.read(names) == ["a"]


async def test_a_fault_that_nobody_waits_for_any_more_is_no_unhandled_error(
    runner: Runner,
) -> None:
    unhandled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))

    began = asyncio.Event()

    async def fail(unit: Unit) -> None:
        await put(unit, "a")
        began.set()
        raise LookupError("nothing there")

    task = asyncio.create_task(runner.run(fail))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(10):
        await began.wait()
    for name in ("b", "c", "d"):  # by then it was undone
        await runner.run(put, name)
    del task
    gc.collect()
    assert unhandled == []


async def test_hundreds_of_cancelled_callers_leave_no_half_write_and_no_hang(url: str) -> None:
    runner = await open_runner(url, models=MODELS)

    async def pair(unit: Unit, number: int) -> None:
        await put(unit, f"{number}-first")
        await unit.execute("UPDATE boxes SET count = 1 WHERE name = $1", f"{number}-first")
        await put(unit, f"{number}-second")

    async def count(_unit: Unit) -> tuple[int, int, int]:
        firsts = await Box.filter(name__endswith="-first", count=1).count()
        return firsts, await Box.filter(name__endswith="-second").count(), await Box.all().count()

    chance = random.Random(7)  # noqa: S311 - a repeatable test, not a secret
    tasks: list[asyncio.Task[None]] = []
    for number in range(400):
        task = asyncio.create_task(runner.run(pair, number))
        tasks.append(task)
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
        chance.choice(tasks).cancel()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
    assert await asyncio.wait_for(runner.run(put, "last"), 10)
    finished = sum(not task.cancelled() for task in tasks)
    await runner.close()

    again = await open_runner(url, models=MODELS)
    firsts, seconds, everything = await again.read(count)
    await again.close()
    assert firsts == seconds >= finished
    assert everything == 2 * firsts + 1
