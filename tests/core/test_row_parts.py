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
