"""Models and raw statements inside a unit: the same answers on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from core.runner import Runner, Unit, as_utc
from tests.core.runner.boxes import Box, Lid, names, put


async def test_a_broken_constraint_is_the_same_error_for_models_and_raw_statements(
    runner: Runner,
) -> None:
    async def put_raw(unit: Unit, name: str) -> int:
        return await unit.execute("INSERT INTO boxes (name) VALUES ($1)", name)

    await runner.run(put, "a")
    for again in (put, put_raw):
        with pytest.raises(IntegrityError):
            await runner.run(again, "a")
    assert await runner.run(put_raw, "b") == 1


async def test_a_statement_that_makes_no_sense_is_an_operational_error(runner: Runner) -> None:
    async def nonsense(unit: Unit, *values: object) -> int:
        return await unit.execute("SELECT nothing FROM nowhere WHERE a = $1", *values)

    for values in ((1,), (), (2**70,)):
        with pytest.raises(OperationalError):
            await runner.run(nonsense, *values)


async def test_a_nested_transaction_is_a_savepoint(runner: Runner) -> None:
    async def put_both(unit: Unit) -> None:
        async with in_transaction():
            await put(unit, "b")
            await put(unit, "a")

    async def nest(unit: Unit) -> None:
        await put(unit, "a")
        with pytest.raises(IntegrityError):
            await put_both(unit)
        async with in_transaction():
            await put(unit, "c")

    await runner.run(nest)
    assert await runner.read(names) == ["a", "c"]


async def test_a_nested_transaction_is_spoken_to_like_any_other(runner: Runner) -> None:
    async def nest(_unit: Unit) -> str:
        async with in_transaction() as connection:
            box = await Box.create(name="a", using_db=connection)
            _, rows = await connection.execute_query("SELECT name FROM boxes")
        return f"{box.name}{rows[0]['name']}"

    assert await runner.run(nest) == "aa"


async def test_the_usual_orm_calls_work_inside_a_unit(runner: Runner) -> None:
    async def work(_unit: Unit) -> list[str]:
        await Box.bulk_create([Box(name=name) for name in "abc"])
        box, made = await Box.get_or_create(name="a")
        assert not made
        box.count = 7
        await box.save(update_fields=["count"])
        _, made = await Box.update_or_create(defaults={"count": 8}, name="d")
        assert made
        await Lid.create(box=box)
        lid = await Lid.get(box_id=box.id).select_related("box")
        assert lid.box.name == "a"
        assert await Box.filter(name__in=["b"]).delete() == 1
        return [str(name) for name in await Box.filter(count__gte=7).values_list("name", flat=True)]

    assert sorted(await runner.run(work)) == ["a", "d"]


async def test_raw_rows_come_back_from_a_returning_update(runner: Runner) -> None:
    async def claim(unit: Unit) -> list[dict[str, object]]:
        return await unit.rows(
            "UPDATE boxes SET count = $2 WHERE name = $1 RETURNING id, name, count", "a", 5
        )

    await runner.run(put, "a")
    assert await runner.run(claim) == [{"id": 1, "name": "a", "count": 5}]


async def test_a_statement_that_starts_with_a_cte_counts_the_rows_it_touches(
    runner: Runner,
) -> None:
    async def claim(unit: Unit) -> int:
        for name in "abc":
            await put(unit, name)
        return await unit.execute(
            "WITH due AS (SELECT id FROM boxes ORDER BY id LIMIT 2)"
            " UPDATE boxes SET count = 1 WHERE id IN (SELECT id FROM due)"
        )

    assert await runner.run(claim) == 2


async def test_a_moment_is_the_same_however_it_was_written_and_asked_for(runner: Runner) -> None:
    noon = datetime(2026, 1, 1, 12, 0, tzinfo=timezone(timedelta(hours=-5)))
    later = noon.astimezone(UTC) + timedelta(microseconds=1)

    async def write(unit: Unit) -> None:
        await Box.create(name="model", at=noon)
        await unit.execute("INSERT INTO boxes (name, at) VALUES ($1, $2)", "raw", noon)
        await put(unit, "updated")
        await Box.filter(name="updated").update(at=noon)

    async def look(unit: Unit) -> tuple[set[object], int, int, int]:
        rows = await unit.rows("SELECT at FROM boxes")
        exact = await unit.rows("SELECT id FROM boxes WHERE at = $1", noon)
        before = await unit.rows("SELECT id FROM boxes WHERE at < $1", later)
        return (
            {row["at"] for row in rows},
            len(exact),
            len(before),
            await Box.filter(at=noon).count(),
        )

    await runner.run(write)
    stored, exact, before, by_model = await runner.read(look)
    assert {as_utc(value) for value in stored} == {noon}
    assert len(stored) == 1
    assert (exact, before, by_model) == (3, 3, 3)


async def test_a_naive_datetime_is_refused(runner: Runner) -> None:
    async def write(unit: Unit) -> None:
        naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
        await unit.execute("INSERT INTO boxes (name, at) VALUES ($1, $2)", "a", naive)

    with pytest.raises(ValueError, match="time zone"):
        await runner.run(write)
