"""Calls that wait together may be one unit of work, on SQLite; each is answered for itself."""

import asyncio
from collections.abc import Sequence

from core.runner import ALONE, Abandon, Joint, Runner, Unit
from tests.core.runner.boxes import names, put


class Boxes:
    """Puts boxes, together where it can; a test reads how."""

    def __init__(self, runner: Runner, *, fails: bool = False) -> None:
        self.runner = runner
        self.joint = Joint(self._put_all)
        self.together: list[list[str]] = []
        self.told: list[str] = []
        self._fails = fails

    async def put(self, name: str) -> str:
        """Put one; return how that was done."""

        async def alone(unit: Unit) -> str:
            await put(unit, name)
            unit.after_commit(lambda: self.told.append(name))
            return f"{name} alone"

        return await self.runner.run_joined(self.joint, name, alone)

    async def _put_all(self, unit: Unit, given: Sequence[str]) -> Sequence[object]:
        self.together.append(list(given))
        fit = [name for name in given if not name.startswith("odd")]
        for name in fit:
            await put(unit, name)
        if self._fails:
            raise Abandon
        unit.after_commit(lambda: self.told.append("+".join(fit)))
        return [f"{name} with others" if name in fit else ALONE for name in given]


async def test_calls_that_wait_together_are_one_unit_on_sqlite(runner: Runner) -> None:
    boxes = Boxes(runner)
    answers = await asyncio.gather(*(boxes.put(name) for name in ("a", "b", "c")))
    if runner.dialect == "sqlite":
        assert answers == ["a with others", "b with others", "c with others"]
        assert boxes.told == ["a+b+c"]
    else:
        assert answers == ["a alone", "b alone", "c alone"]
        assert sorted(boxes.told) == ["a", "b", "c"]
    assert sorted(await runner.read(names)) == ["a", "b", "c"]


async def test_a_single_call_has_a_unit_of_its_own(runner: Runner) -> None:
    boxes = Boxes(runner)
    assert await boxes.put("a") == "a alone"
    assert boxes.together == []


async def test_a_call_that_cannot_be_joined_runs_right_after_the_others(runner: Runner) -> None:
    boxes = Boxes(runner)
    answers = await asyncio.gather(*(boxes.put(name) for name in ("a", "odd", "c")))
    assert answers[1] == "odd alone"
    assert sorted(await runner.read(names)) == ["a", "c", "odd"]
    if runner.dialect == "sqlite":
        assert boxes.told == ["a+c", "odd"]


async def test_when_the_joint_unit_is_undone_each_runs_alone(runner: Runner) -> None:
    boxes = Boxes(runner, fails=True)
    answers = await asyncio.gather(*(boxes.put(name) for name in ("a", "b")))
    assert answers == ["a alone", "b alone"]
    assert sorted(await runner.read(names)) == ["a", "b"]
    assert sorted(boxes.told) == ["a", "b"]


async def test_one_that_breaks_a_constraint_spoils_it_for_no_other(runner: Runner) -> None:
    boxes = Boxes(runner)
    await boxes.put("a")
    answers = await asyncio.gather(
        *(boxes.put(name) for name in ("b", "a", "c")), return_exceptions=True
    )
    assert [answers[0], answers[2]] == ["b alone", "c alone"]
    assert type(answers[1]).__name__ == "IntegrityError"
    assert sorted(await runner.read(names)) == ["a", "b", "c"]


async def test_calls_of_another_kind_stand_between(runner: Runner) -> None:
    some, others = Boxes(runner), Boxes(runner)
    await asyncio.gather(some.put("a"), some.put("b"), others.put("c"), others.put("d"))
    if runner.dialect == "sqlite":
        assert (some.together, others.together) == ([["a", "b"]], [["c", "d"]])


async def test_no_more_are_joined_than_one_unit_should_hold(runner: Runner) -> None:
    boxes = Boxes(runner)
    await asyncio.gather(*(boxes.put(f"{n:03d}") for n in range(80)))
    assert len(await runner.read(names)) == 80
    if runner.dialect == "sqlite":
        assert [len(each) for each in boxes.together] == [32, 32, 16]


async def test_a_cancelled_caller_loses_only_the_answer(runner: Runner) -> None:
    boxes = Boxes(runner)
    callers = [asyncio.create_task(boxes.put(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    callers[0].cancel()
    await asyncio.wait(callers)
    assert sorted(await runner.read(names)) == ["a", "b"]
    assert callers[0].cancelled()


async def test_a_statement_for_each_of_many_rows_counts_what_it_touched(runner: Runner) -> None:
    async def change(unit: Unit) -> int:
        for name in ("a", "b", "c"):
            await put(unit, name)
        sql = "UPDATE boxes SET count = $2 WHERE name = $1"
        return await unit.execute_each(sql, [("a", 1), ("b", 2), ("nobody", 3)])

    assert await runner.run(change) == 2
