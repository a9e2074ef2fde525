"""What a coordinator asks for counts in some statuses only; in all others nothing is touched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.domain import JobStatus
from core.models import Job
from core.outcomes import DecisionOutcome, Done, Refused, StartOutcome, VersionChanged
from core.router.offering import _schedule
from core.router.overrides.steering import UNDER_WAY
from core.work import Work
from tests.house import JO, House

Act = Callable[[House, int], Awaitable[Any]]
EVERYTHING = ("jobs", "offers", "events", "outbox", "alerts", "addresses")
OFFERING, UNCOVERED, ASSIGNED = JobStatus.OFFERING, JobStatus.UNCOVERED, JobStatus.ASSIGNED
NEW, APPROVED = JobStatus.NEEDS_APPROVAL, JobStatus.APPROVED


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, in which statuses it counts, and what is said in the others."""

    act: Act
    counts_in: tuple[JobStatus, ...]
    refused: str = "not_possible"


async def jobs_in_every_status(house: House) -> Mapping[JobStatus, int]:
    await house.drivers("One", "Two")
    made = {status: await house.job(status.value) for status in JobStatus}
    await house.router.reject(made[JobStatus.REJECTED], JO)
    await house.router.cancel(made[JobStatus.CANCELLED], JO)
    for status in (APPROVED, OFFERING, UNCOVERED, ASSIGNED, JobStatus.COMPLETED):
        await house.router.approve(made[status], JO)
    for status in (OFFERING, UNCOVERED, ASSIGNED, JobStatus.COMPLETED):
        await house.start(made[status])
    for number in (1, 2):
        await house.says(number, "NO", job_id=made[UNCOVERED])
    for status in (ASSIGNED, JobStatus.COMPLETED):
        await house.says(1, "YES", job_id=made[status])
    await house.router.complete(made[JobStatus.COMPLETED], JO)
    await house.told()
    assert {s: JobStatus((await house.shown(i)).status) for s, i in made.items()} == {
        status: status for status in JobStatus
    }
    return made


async def everything(house: House) -> dict[str, list[dict[str, Any]]]:
    return {name: await house.rows(f"SELECT * FROM {name} ORDER BY id") for name in EVERYTHING}


async def last_offer(house: House, job_id: int) -> int:
    offers = await house.offers(job_id)
    return offers[-1].id if offers else 0


async def award(house: House, job_id: int) -> DecisionOutcome:
    return await house.router.overrides.award(job_id, await last_offer(house, job_id), JO)


async def edit(house: House, job_id: int) -> Any:
    return await house.router.overrides.edit(job_id, {"notes": "new"}, JO)


async def set_cutoff(house: House, job_id: int) -> DecisionOutcome:
    at = house.clock.now() + timedelta(hours=5)
    return await house.router.overrides.set_cutoff(job_id, at, JO)


ASKED = {
    "approve": Asked(lambda h, i: h.router.approve(i, JO), (NEW,), "already_decided"),
    "reject": Asked(lambda h, i: h.router.reject(i, JO), (NEW,), "already_decided"),
    "cancel": Asked(lambda h, i: h.router.cancel(i, JO), UNDER_WAY, "already_closed"),
    "assign": Asked(
        lambda h, i: h.router.assign(i, 2, JO),
        (NEW, APPROVED, OFFERING, UNCOVERED),
        "not_assignable",
    ),
    "complete": Asked(lambda h, i: h.router.complete(i, JO), (ASSIGNED,), "not_assigned"),
    "pause": Asked(lambda h, i: h.router.overrides.pause(i, JO), (OFFERING,)),
    "resume": Asked(lambda h, i: h.router.overrides.resume(i, JO), ()),
    "skip": Asked(lambda h, i: h.router.overrides.skip(i, JO), (OFFERING,)),
    "extend": Asked(lambda h, i: h.router.overrides.extend(i, 5, JO), (OFFERING,)),
    "set the cutoff": Asked(set_cutoff, UNDER_WAY),
    "ask again": Asked(lambda h, i: h.router.overrides.reoffer(i, JO), (UNCOVERED,)),
    "offer next": Asked(
        lambda h, i: h.router.overrides.offer_next(i, 2, JO), (OFFERING, UNCOVERED)
    ),
    "take back": Asked(lambda h, i: h.router.overrides.take_back(i, JO), (ASSIGNED,)),
    "award": Asked(award, (OFFERING, UNCOVERED)),
    "edit": Asked(edit, UNDER_WAY),
}


@pytest.mark.parametrize("name", ASKED)
async def test_in_any_other_status_it_is_refused_and_nothing_is_touched(
    house: House, name: str
) -> None:
    jobs, asked = await jobs_in_every_status(house), ASKED[name]
    for status in set(JobStatus) - set(asked.counts_in):
        before = await everything(house)
        outcome = await asked.act(house, jobs[status])
        match outcome:
            case Refused(code):
                assert code == asked.refused, status
            case Done(repeated=repeated):
                assert repeated, status
            case _:
                pytest.fail(f"{status}: {outcome}")
        assert await everything(house) == before, status


async def test_what_is_paused_is_paused_once_and_resumed_once(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    overrides = house.router.overrides
    counted = [
        isinstance(await act(job_id, JO), Done)
        for act in (overrides.pause, overrides.pause, overrides.resume, overrides.resume)
    ]
    assert counted == [True, False, True, False]
    assert (await house.story(job_id))[-2:] == ["paused", "resumed"]


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_decision_on_an_earlier_version_counts_for_nothing(
    house: House, decision: str
) -> None:
    job_id = await house.job()
    await house.router.overrides.edit(job_id, {"origin": "Hull"}, JO)
    before = await everything(house)
    outcome = await getattr(house.router, decision)(job_id, JO, version=1)
    assert isinstance(outcome, VersionChanged)
    assert await everything(house) == before


async def test_a_yes_to_what_the_job_was_before_an_edit_wins_nothing_by_award(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.says(1, "NO")
    offer_id = await last_offer(house, job_id)
    await house.router.overrides.edit(job_id, {"origin": "Hull"}, JO)
    before = await everything(house)
    outcome = await house.router.overrides.award(job_id, offer_id, JO)
    assert isinstance(outcome, Refused)
    assert outcome.code == "not_awardable"
    assert await everything(house) == before


async def test_offers_start_for_an_approved_job_only(house: House) -> None:
    jobs = await jobs_in_every_status(house)
    for status in set(JobStatus) - {APPROVED}:
        before = await everything(house)
        outcome = await house.start(jobs[status])
        assert isinstance(outcome, Refused), status
        planned = await house.router.do(_plan, jobs[status])
        assert isinstance(planned, Refused), status
        assert await everything(house) == before, status


async def _plan(work: Work, job_id: int) -> StartOutcome:
    return await _schedule(work, await Job.get(id=job_id), work.now, JO)


async def test_what_was_paused_and_is_over_is_not_resumed(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.router.overrides.pause(job_id, JO)
    await house.router.cancel(job_id, JO)
    before = await everything(house)
    outcome = await house.router.overrides.resume(job_id, JO)
    assert isinstance(outcome, Refused)
    assert await everything(house) == before
