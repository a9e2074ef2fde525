"""Start offering an approved job, and what the clock does to a cascade that is under way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from core.alerts import resolve_alerts
from core.cascade import TO_ASK_ON, Step, advance, begin, write_openings
from core.codes import Codes
from core.columns import among
from core.domain import (
    CLOCK,
    Actor,
    AlertCause,
    EventKind,
    JobStatus,
    OfferStatus,
    Policy,
)
from core.fleet import fleet_of
from core.models import Job, Offer
from core.outbox.promises import promise_reminder
from core.outcomes import (
    GivenToReserve,
    NobodyLeft,
    NotFound,
    OthersAsked,
    Refused,
    Scheduled,
    Started,
    StartOutcome,
)
from core.policy import start_at_of
from core.policy_forms import policy_from_json
from core.reach import asked_at
from core.roster import asked_for
from core.rows import AGENTS, JOBS, OFFERS
from core.runner import Abandon
from core.showing import agent_views, fresh_view, job_view, offer_views
from core.views import AgentView
from core.work import AGAIN, Work

_SENT, _TIMED_OUT = OfferStatus.SENT.value, OfferStatus.TIMED_OUT.value


async def start_offers(work: Work, job_id: int, by: Actor) -> StartOutcome:
    """Begin to ask, once; 409 for every later try."""
    return await start_held_job(work, job_id, by)


async def start_held_job(work: Work, job_id: int, by: Actor) -> StartOutcome:
    """Move an approved job to `offering` and ask; or schedule it, when it is too early."""
    job = await JOBS.first(work.unit, "id = $1", job_id)
    if job is None:
        return NotFound()
    policy = work.site.policy(job.policy_name)
    start_at = start_at_of(job.pickup_at, policy)
    if start_at is not None and start_at > work.now:
        return await _schedule(work, job, start_at, by)
    moved = await work.move_job(
        job_id, (JobStatus.APPROVED,), JobStatus.OFFERING, version=job.version
    )
    if not moved:
        return await _not_startable(work, job_id)
    job = await JOBS.one(work.unit, "id = $1", job_id)
    await resolve_alerts(work, job_id, AlertCause.NEVER_STARTED)
    return await told_step(work, await begin(work, job, by), job)


async def told_step(work: Work, step: Step, job: Job) -> StartOutcome:
    """Return one step of a cascade as the answer to whoever caused it."""
    if step.opened:
        offer = step.opened[0]
        return Started((await offer_views(work.unit, [offer]))[0], await _driver(work, offer))
    if step.waits_until is not None:
        return Scheduled(step.waits_until)
    if step.reserve is not None:
        return GivenToReserve(step.reserve.id, await _driver(work, step.reserve))
    if not step.uncovered:
        return OthersAsked()
    return NobodyLeft(job_view(job), step.excluded)


async def _driver(work: Work, offer: Offer) -> AgentView:
    agent = await AGENTS.one(work.unit, "id = $1", offer.agent_id)
    return (await agent_views(work.unit, [agent]))[0]


async def _schedule(work: Work, job: Job, start_at: datetime, by: Actor) -> StartOutcome:
    held = await Job.filter(id=job.id, status=JobStatus.APPROVED.value).update(
        next_action="start", next_action_at=start_at, updated_at=work.now
    )
    if not held:
        return await _not_startable(work, job.id)
    if job.next_action != "start":
        await work.note(EventKind.OFFERING_SCHEDULED, by, job_id=job.id, at=start_at)
    return Scheduled(start_at)


async def _not_startable(work: Work, job_id: int) -> StartOutcome:
    view = await fresh_view(work.unit, job_id)
    if view.status == JobStatus.APPROVED.value:
        raise Abandon(AGAIN)  # edited between our reading and our writing
    if view.status == JobStatus.NEEDS_APPROVAL.value:
        return Refused("job_not_approved", "approve the job first", view)
    if view.started_at is None:
        return Refused("job_not_approved", f"the job is {view.status}", view)
    return Refused("already_started", f"offers were started; the job is {view.status}", view)


def expiring() -> Callable[[Work, Sequence[int]], Awaitable[list[tuple[int, int]]]]:
    """Return `expire_offers_of` for units that follow each other: codes are read by the first."""
    codes = Codes()

    async def expire_some(work: Work, job_ids: Sequence[int]) -> list[tuple[int, int]]:
        work.codes = codes
        expired = await expire_offers_of(work, job_ids)
        work.unit.after_commit(codes.committed)
        return expired

    return expire_some


async def expire_offers_of(work: Work, job_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Time out the overdue offers of several jobs and ask on; as `expire_offers` for each.

    What the jobs have in common is read and written once for all of them: with 50 drivers an
    expiry took 840 µs of the processor one by one, and takes 110 so (`make bench ROW=tick`).
    """
    work.fleet = await fleet_of(work.unit, work.site)
    expired = await _expire(work, job_ids)
    await work.fleet.write_asked(work.unit, work.now)
    return expired


async def expire_offers(work: Work, job_id: int) -> tuple[int, int]:
    """Time out the job's overdue offers and ask on; return (timed out, offers opened)."""
    expired = await _expire(work, [job_id])
    return expired[0] if expired else (0, 0)


async def _expire(work: Work, job_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Time out what is overdue and ask on; a job whose row was only touched is left out.

    An offer waits while an answer that arrived before its end is stored but not yet read.
    """
    held = f"status = 'offering' AND {among('id', len(job_ids))}"
    jobs = await JOBS.change_all(work.unit, held, *job_ids, reading=TO_ASK_ON, updated_at=work.now)
    in_turn = {job_id: turn for turn, job_id in enumerate(job_ids)}
    jobs.sort(key=lambda job: in_turn[job.id])
    policies = _policies_of(jobs)
    if not any(policy.max_open_offers_per_agent for policy in policies.values()):
        return await _ask_on(work, jobs, policies)
    return [one for job in jobs for one in await _ask_on(work, [job], policies)]


def _policies_of(jobs: Sequence[Job]) -> Mapping[int, Policy]:
    """Return the policies by the identity of what was read: jobs that have the same share it."""
    read = {id(job.policy): job.policy for job in jobs}
    return {identity: policy_from_json(policy or {}) for identity, policy in read.items()}


async def _ask_on(
    work: Work, jobs: Sequence[Job], policies: Mapping[int, Policy]
) -> list[tuple[int, int]]:
    """Close what is overdue of all these jobs, then ask on for each.

    Where a policy counts a driver's open offers, one job's end decides who the next job may ask:
    then each is taken by itself, in the order of their ends.
    """
    closed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for job_id, offer_id, agent_id in await _time_out(work, [job.id for job in jobs]):
        closed[job_id].append((offer_id, agent_id))
    if not closed:
        return []
    offers = await asked_for(work.unit, list(closed))
    expired = []
    for job in (job for job in jobs if job.id in closed):
        await _note_timed_out(work, job.id, closed[job.id])
        policy = policies[id(job.policy)]
        step = await advance(work, job, CLOCK, policy=policy, offers=offers[job.id])
        expired.append((len(closed[job.id]), len(step.opened)))
    await write_openings(work)
    return expired


async def _note_timed_out(work: Work, job_id: int, closed: Sequence[tuple[int, int]]) -> None:
    for offer_id, agent_id in sorted(closed):
        await work.note(
            EventKind.TIMED_OUT,
            CLOCK,
            job_id=job_id,
            offer_id=offer_id,
            agent_id=agent_id,
            source=_SENT,
            target=_TIMED_OUT,
        )


async def _time_out(work: Work, job_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Close the overdue offers of these jobs; return (job, offer, agent) of each."""
    if not job_ids:
        return []
    closed = await work.unit.records(
        f"{OVERDUE} AND {among('job_id', len(job_ids), first=3)}"
        " RETURNING job_id, id, agent_id, remind_at IS NOT NULL",
        _TIMED_OUT,
        work.now,
        *job_ids,
    )
    unreminded = [offer_id for _, offer_id, _, reminds in closed if reminds]
    if unreminded:
        await OFFERS.change(work.unit, among("id", len(unreminded)), *unreminded, remind_at=None)
    return [(job_id, offer_id, agent_id) for job_id, offer_id, agent_id, _ in closed]


# A column that is named is written in its indexes, changed or not: `remind_at`, which few offers
# still have when they end, comes after.
OVERDUE = (
    "UPDATE offers SET status = $1, closed_at = $2"
    " WHERE status = 'sent' AND expires_at <= $2 AND NOT EXISTS ("
    "SELECT 1 FROM inbox LEFT JOIN addresses ON addresses.agent_id = offers.agent_id"
    " AND addresses.channel = inbox.channel AND addresses.handle = inbox.handle"
    " WHERE inbox.state = 'stored' AND inbox.received_at <= offers.expires_at"
    " AND (inbox.handle IS NULL OR addresses.id IS NOT NULL))"
)


async def remind(work: Work, offer_id: int) -> bool:
    """Promise the one reminder of an open offer; False when it is not due any more."""
    due = Offer.filter(id=offer_id, status=OfferStatus.SENT.value, remind_at__lte=work.now)
    if not await due.update(remind_at=None):
        return False
    offer = await Offer.get(id=offer_id)
    job = await Job.get(id=offer.job_id)
    await promise_reminder(work, job, offer, await asked_at(work, offer))
    await work.note(
        EventKind.REMINDED, CLOCK, job_id=job.id, offer_id=offer_id, agent_id=offer.agent_id
    )
    return True
