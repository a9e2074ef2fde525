"""The heart of the router: whom a job is offered to next, or what happens when there is nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core.cascade.closing import uncover
from core.cascade.opening import open_offer
from core.cascade.reserve import take_reserve
from core.domain import (
    Actor,
    EventKind,
    Exclusion,
    JobStatus,
    Policy,
)
from core.eligibility import waits_until
from core.judged import Judged
from core.models import Job, Offer
from core.policy import asks_remaining, cutoff_of, expires_at_of, window_of
from core.policy_forms import policy_as_json, policy_from_json
from core.roster import AskedRow, Roster, roster_of
from core.rows import JOBS
from core.work import Work

NOBODY = "nobody can be asked"
NOBODY_LEFT = "everybody who could be asked has been asked"
PAUSED_UNTIL_TOO_LATE = "it was paused until its cutoff"
# What must be read of a job to go on asking: of each of a hundred that takes 12 µs, all of it 20.
TO_ASK_ON = (
    *("id", "sheet_job_id", "status", "version"),
    *("pickup_at", "pickup_date_only", "origin", "destination", "vehicle_type", "skills"),
    *("pay", "notes", "policy", "agent_order", "skipped", "asked_anew_at"),
    *("round", "automatic_rounds", "cutoff", "paused_at", "next_action"),
)
LOOK_AGAIN_AFTER = timedelta(seconds=2)
TOO_LITTLE_TIME = "too little time is left before the cutoff"


class Step(NamedTuple):  # of which each of a hundred jobs makes one: 0.3 µs, a dataclass 1.1
    """Where one advance left the job: offers opened, a reserve used, waiting, or uncovered."""

    opened: tuple[Offer, ...] = ()
    reserve: Offer | None = None  # whose late YES was used
    waits_until: datetime | None = None
    uncovered: bool = False
    excluded: tuple[Exclusion, ...] = ()  # of a job that is uncovered now


async def begin(work: Work, job: Job, by: Actor, *, source: JobStatus = JobStatus.APPROVED) -> Step:
    """Freeze policy, order and cutoff on a job that has just become `offering`, and ask."""
    policy = work.site.policy(job.policy_name)
    job.policy = policy_as_json(policy)
    job.policy_name = policy.name
    job.started_at = work.now
    job.round_opened_at = work.now
    job.next_action = job.next_action_at = None
    if job.cutoff_by is None:
        job.cutoff = cutoff_of(
            job.pickup_at,
            date_only=job.pickup_date_only,
            policy=policy,
            zone=work.site.zone,
            decided_at=job.decided_at or work.now,
        )
    job.risk_at = risk_time(job.cutoff, work)
    roster = await roster_of(work.unit, job, policy, work.site)
    job.agent_order = roster.line(policy)
    await JOBS.write(
        work.unit,
        job,
        "policy",
        "policy_name",
        "started_at",
        "round_opened_at",
        "cutoff",
        "risk_at",
        "agent_order",
        "next_action",
        "next_action_at",
    )
    await work.note(
        EventKind.OFFERING_STARTED,
        by,
        job_id=job.id,
        source=source.value,
        target=JobStatus.OFFERING.value,
        policy=policy.name,
        rules=job.policy,
        cutoff=job.cutoff,
        order=job.agent_order,
    )
    return await _ask(work, job, policy, roster, by)


async def advance(
    work: Work,
    job: Job,
    by: Actor,
    *,
    policy: Policy | None = None,
    offers: Sequence[AskedRow] | None = None,
) -> Step:
    """Fill the free slots of an `offering` job; wait, open a further round, or uncover it.

    A reserve comes before the next in line, once nobody else holds an open offer. `policy` and
    `offers`: the job's, if they are read already. Of the job it is enough to have read TO_ASK_ON.
    """
    policy = policy or policy_from_json(job.policy or {})
    roster = await roster_of(work.unit, job, policy, work.site, work.fleet, offers)
    reserve = await take_reserve(work, job, policy, roster, by)
    if reserve is not None:
        return Step(reserve=reserve)
    return await _ask(work, job, policy, roster, by)


async def _ask(work: Work, job: Job, policy: Policy, roster: Roster, by: Actor) -> Step:
    open_slots = roster.open_slots
    if job.paused_at is not None:
        return Step() if open_slots else await _stand_still(work, job, by)
    judged = roster.judged(job, policy, work.site, work.now)
    askable = judged.amount
    if not askable and not open_slots:
        judged = await _next_round(work, job, policy, roster) or judged
        askable = judged.amount
    if not askable:
        return Step() if open_slots else await _wait_or_uncover(work, job, policy, judged, by)
    free = _free_slots(policy, open_slots, askable)
    if not free:
        return Step()
    window = window_of(
        work.now,
        job.cutoff,
        remaining=asks_remaining(
            askable,
            width=policy.width,
            rounds_left=max(1, policy.rounds - job.automatic_rounds + 1),
        ),
        policy=policy,
    )
    if window is None:
        if open_slots:
            return Step()
        await uncover(work, job, by, TOO_LITTLE_TIME)
        return Step(uncovered=True, excluded=judged.candidates().excluded)
    expires_at = expires_at_of(work.now, window, job.cutoff)
    opened = []
    for slot, agent_id in zip(free, judged.first(len(free)), strict=False):
        to = roster.fleet.at(agent_id)
        opened.append(
            await open_offer(
                work, job, agent_id, to, policy=policy, slot=slot, expires_at=expires_at, by=by
            )
        )
    if job.next_action is not None:
        job.next_action = job.next_action_at = None
        await JOBS.write(work.unit, job, "next_action", "next_action_at")
    return Step(opened=tuple(opened))


async def _stand_still(work: Work, job: Job, by: Actor) -> Step:
    """Ask nobody while the job is paused; it alerts before its cutoff, and ends there."""
    if job.cutoff is not None and work.now >= job.cutoff:
        await uncover(work, job, by, PAUSED_UNTIL_TOO_LATE)
        return Step(uncovered=True)
    job.next_action = "alert"
    job.next_action_at = risk_time(job.cutoff, work) or work.now + work.site.alert_after
    await job.save(update_fields=["next_action", "next_action_at"])
    return Step(waits_until=job.next_action_at)


def risk_time(cutoff: datetime | None, work: Work) -> datetime | None:
    """Return when a job that nobody has yet is at risk: `alert_after` before its cutoff.

    With less time than that left, half of it is granted first.
    """
    if cutoff is None or cutoff <= work.now:
        return None
    return max(cutoff - work.site.alert_after, work.now + (cutoff - work.now) / 2)


def _free_slots(policy: Policy, taken: frozenset[int], askable: int) -> Sequence[int]:
    if policy.width == 0:
        first = max(taken, default=-1) + 1
        return range(first, first + askable)
    return [slot for slot in range(policy.width) if slot not in taken]


async def _next_round(work: Work, job: Job, policy: Policy, roster: Roster) -> Judged | None:
    """Open the policy's next round when somebody could be asked in it; None otherwise."""
    if job.automatic_rounds >= policy.rounds:
        return None
    judged = roster.judged(job, policy, work.site, work.now, new_round=True)
    if not judged.amount:
        return None
    job.round += 1
    job.automatic_rounds += 1
    job.round_opened_at = work.now
    await job.save(update_fields=["round", "automatic_rounds", "round_opened_at"])
    return judged


async def _wait_or_uncover(work: Work, job: Job, policy: Policy, judged: Judged, by: Actor) -> Step:
    candidates = judged.candidates()
    until = waits_until(candidates, now=work.now, cutoff=job.cutoff, policy=policy)
    if until is None:
        asked = await Offer.filter(job_id=job.id).exists()
        await uncover(work, job, by, NOBODY_LEFT if asked else NOBODY)
        return Step(uncovered=True, excluded=candidates.excluded)
    if until > work.now:
        await work.note(EventKind.WAITING, by, job_id=job.id, until=until)
    else:  # what it waits for is overdue itself, held up by an answer that nobody has read yet
        until = work.now + LOOK_AGAIN_AFTER
    job.next_action, job.next_action_at = "cascade", until
    await job.save(update_fields=["next_action", "next_action_at"])
    return Step(waits_until=until)
