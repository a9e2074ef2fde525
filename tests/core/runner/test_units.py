"""What one unit of work promises, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from core.errors import StorageFault
from core.runner import Abandon, Runner, Unit, open_runner
from tests.core.runner.boxes import Box, names, put
from tests.core.runner.conftest import MODELS


async def test_a_committed_unit_returns_its_value_and_keeps_what_it_wrote(runner: Runner) -> None:
    number = await runner.run(put, "a")
    assert number == 1
    assert await runner.read(names) == ["a"]


async def test_a_unit_that_raises_rolls_back_only_itself(runner: Runner) -> None:
    async def fail(unit: Unit, name: str) -> None:
        await put(unit, name)
        raise LookupError(name)

    answers = await asyncio.gather(
        runner.run(put, "a"),
        runner.run(fail, "b"),
        runner.run(put, "c"),
        return_exceptions=True,
    )
    assert isinstance(answers[1], LookupError)
    assert sorted(await runner.read(names)) == ["a", "c"]


async def test_a_long_unit_that_fails_or_is_abandoned_takes_nobody_with_it(runner: Runner) -> None:
    async def fail(unit: Unit) -> None:
        await put(unit, "failed")
        raise LookupError

    async def refuse(unit: Unit) -> object:
        await put(unit, "refused")
        raise Abandon("refused")

    for begins, behind in ((fail, refuse), (refuse, fail)):  # the first of them begins the commit
        answers = await asyncio.gather(
            runner.run_long(begins),
            runner.run(put, f"short behind {begins.__name__}"),
            runner.run_long(behind),
            runner.run_long(put, f"long behind {begins.__name__}"),
            return_exceptions=True,
        )
        assert sorted(map(type, (answers[0], answers[2])), key=repr) == [LookupError, str]
    assert sorted(await runner.read(names)) == [
        "long behind fail",
        "long behind refuse",
        "short behind fail",
        "short behind refuse",
    ]


async def test_abandon_takes_back_what_was_written_and_returns_its_value(runner: Runner) -> None:
    async def refuse(unit: Unit) -> object:
        await put(unit, "a")
        raise Abandon("refused")

    assert await runner.run(refuse) == "refused"
    assert await runner.read(names) == []


async def test_a_constraint_checked_at_commit_fails_only_the_guilty_unit(runner: Runner) -> None:
    async def lid(unit: Unit) -> None:
        await unit.execute("INSERT INTO lids (box_id) VALUES ($1)", 999)

    answers = await asyncio.gather(
        runner.run(put, "a"), runner.run(lid), runner.run(put, "b"), return_exceptions=True
    )
    assert isinstance(answers[1], IntegrityError)
    assert sorted(await runner.read(names)) == ["a", "b"]


async def test_thirty_two_units_at_once_lose_no_increment(runner: Runner) -> None:
    async def increment(_unit: Unit) -> int:
        return await Box.filter(name="a").update(count=F("count") + 1)

    async def count(_unit: Unit) -> int:
        return (await Box.get(name="a")).count

    await runner.run(put, "a")
    for _ in range(5):
        assert await asyncio.gather(*[runner.run(increment) for _ in range(32)]) == [1] * 32
    assert await runner.read(count) == 160


async def test_of_twenty_racers_for_one_compare_and_set_exactly_one_wins(runner: Runner) -> None:
    async def take(_unit: Unit, taker: int) -> bool:
        return bool(await Box.filter(name="a", count=0).update(count=taker))

    async def take_raw(unit: Unit, taker: int) -> bool:
        return bool(
            await unit.execute(
                "UPDATE boxes SET count = $1 WHERE name = $2 AND count = 0", taker, "b"
            )
        )

    for name, way in (("a", take), ("b", take_raw)):
        await runner.run(put, name)
        won = await asyncio.gather(*[runner.run(way, number) for number in range(1, 21)])
        assert won.count(True) == 1


async def test_outside_a_unit_no_connection_is_active(runner: Runner) -> None:
    with pytest.raises(RuntimeError, match="No TortoiseContext"):
        await Box.create(name="forgotten")


async def test_a_unit_cannot_start_another(runner: Runner) -> None:
    async def nest(_unit: Unit, way: Callable[..., Awaitable[object]]) -> None:
        await way(put, "a")

    for way in (runner.run, runner.read):
        with pytest.raises(RuntimeError, match="cannot start another"):
            await runner.run(nest, way)


@pytest.mark.parametrize("statement", ["COMMIT", " rollback", "Begin", "SAVEPOINT a", "release a"])
async def test_a_unit_cannot_steer_its_transaction(runner: Runner, statement: str) -> None:
    async def steer(unit: Unit) -> None:
        await unit.execute(statement)

    with pytest.raises(ValueError, match="opens nor ends"):
        await runner.run(steer)


async def test_close_lets_what_was_accepted_finish_and_refuses_the_rest(url: str) -> None:
    runner = await open_runner(url, models=MODELS)
    tasks = [asyncio.create_task(runner.run(put, str(number))) for number in range(50)]
    await asyncio.sleep(0)
    await runner.close()
    assert len(await asyncio.gather(*tasks)) == 50
    with pytest.raises(StorageFault, match="closed"):
        await runner.run(put, "late")
    with pytest.raises(StorageFault, match="closed"):
        await runner.read(names)
    await runner.close()
    again = await open_runner(url, models=MODELS)
    assert len(await again.read(names)) == 50
    await again.close()


async def test_what_comes_while_it_closes_is_refused_at_once(url: str) -> None:
    runner = await open_runner(url, models=MODELS)
    tasks = [asyncio.create_task(runner.run(put, str(number))) for number in range(50)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(runner.close())
    await asyncio.sleep(0)
    for way in (runner.run(put, "late"), runner.run_long(put, "late"), runner.read(names)):
        with pytest.raises(StorageFault, match="the database is closed"):
            await way
    await closing
    assert len(await asyncio.gather(*tasks)) == 50
    again = await open_runner(url, models=MODELS)
    assert "late" not in await again.read(names)
    await again.close()
