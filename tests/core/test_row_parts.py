"""A row read in part has the columns asked for, and says so when asked for another."""

from __future__ import annotations

import pytest

from core.models import Job
from core.row_parts import Part
from core.work import Work
from tests.house import House

PART = Part(Job, "id", "status", "skills", "created_at", "pickup_date_only")


async def test_a_part_reads_as_the_whole_row_does(house: House) -> None:
    job_id = await house.job()

    async def both(work: Work) -> tuple[Job, Job]:
        found = await work.unit.records(
            f"SELECT {PART.columns('j')} FROM jobs j WHERE j.id = $1", job_id
        )
        return PART.row(found[0]), await Job.get(id=job_id)

    part, whole = await house.router.do(both)
    assert part.status == whole.status
    assert (part.skills, part.pickup_date_only) == (whole.skills, whole.pickup_date_only)
    assert part.created_at == whole.created_at
    assert len(PART) == 5
    with pytest.raises(AttributeError):
        _ = part.notes


async def test_rows_that_are_alike_read_as_each_alone_does(house: House) -> None:
    alike = [await house.job("J-1", skills=("adr",)), await house.job("J-2", skills=("adr",))]
    other = await house.job("J-3")

    async def both(work: Work) -> tuple[list[Job], list[Job]]:
        found = await work.unit.records(f"SELECT {PART.columns('j')} FROM jobs j ORDER BY id")
        return PART.rows_alike(found), PART.rows(found)

    shared, alone = await house.router.do(both)
    read = [
        [(j.id, j.skills, j.created_at, j.pickup_date_only) for j in js] for js in (shared, alone)
    ]
    assert read[0] == read[1]
    assert [job.id for job in shared] == [*alike, other]
    assert [job.skills for job in shared] == [["adr"], ["adr"], []]
