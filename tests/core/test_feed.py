"""The feed tells every line of history in the order of ids, whatever the order of commits."""

from __future__ import annotations

from core.domain import JobStatus
from core.feed import PATIENCE, Feed
from core.rows import EVENTS
from core.runner import Unit
from tests.house import House


class Told:
    """A feed with a clock of its own, and lines written under ids that a test chooses."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.seconds = 100.0
        self.feed = Feed(house.router, lambda: self.seconds)

    async def ids(self, position: int = 0) -> list[int]:
        """Return what the feed tells after an id, as it looks a moment later."""
        self.seconds += 1.0
        return [line.id for line in await self.feed.after(position)]

    async def write(self, *ids: int) -> None:
        """Commit lines of history."""
        now = self.house.clock.now()

        async def insert(unit: Unit) -> None:
            for number in ids:
                await EVENTS.insert(unit, id=number, at=now, kind="edited", actor="api")

        await self.house.router.runner.run(insert)


async def test_a_line_committed_after_a_higher_one_is_not_left_out(house: House) -> None:
    told = Told(house)
    assert await told.ids() == []
    await told.write(1, 3)
    first = await told.ids()
    if house.router.runner.bell is None:  # one writer at a time: an id that is missing stays so
        assert first == [1, 3]
        return
    assert first == [1]
    await told.write(2)
    assert await told.ids() == [1, 2, 3]


async def test_an_id_that_never_comes_holds_nothing_up_for_long(house: House) -> None:
    told = Told(house)
    assert await told.ids() == []
    await told.write(2, 3, 7)
    await told.ids()
    told.seconds += PATIENCE
    assert await told.ids() == [2, 3, 7]
    assert await told.ids(3) == [7]


async def test_what_other_processes_commit_is_told_too(house: House) -> None:
    told = Told(house)
    await told.ids()
    job_id = await house.job()
    before = await told.ids()
    assert len(before) == 1
    house.router.wake()  # as the bell does
    await told.write(before[-1] + 1)
    assert len(await told.ids()) == 2
    assert (await house.shown(job_id)).status == JobStatus.NEEDS_APPROVAL
