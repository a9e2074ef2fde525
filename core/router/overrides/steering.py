"""Change how a job under way is asked about: pause, resume, skip, extend, set its cutoff."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.cascade import advance, risk_time
from core.cascade.closing import close_open_offers
from core.domain import FINAL_JOB_STATUSES, Actor, EventKind, JobStatus, OfferStatus
from core.models import Job, Offer
from core.outcomes import DecisionOutcome, Done, NotFound, Refused
from core.showing import fresh_view
from core.work import Work

UNDER_WAY = tuple(s for s in JobStatus if s not in FINAL_JOB_STATUSES)


async def pause(work: Work, job_id: int, by: Actor) -> DecisionOutcome:
    """Ask nobody further until resumed; open offers run on."""
    unpaused = Job.filter(id=job_id, status=JobStatus.OFFERING.value, paused_at=None)
    if not await unpaused.update(paused_at=work.now, updated_at=work.now):
        return await as_it_is(work, job_id)
    await work.note(EventKind.PAUSED, by, job_id=job_id)
    await advance(work, await Job.get(id=job_id), by)
    return Done(await fresh_view(work.unit, job_id))


async def resume(work: Work, job_id: int, by: Actor) -> DecisionOutcome:
    """Go on asking where the pause began."""
    paused = Job.filter(id=job_id, status=JobStatus.OFFERING.value, paused_at__not_isnull=True)
    if not await paused.update(paused_at=None, updated_at=work.now):
        return await as_it_is(work, job_id)
    await work.note(EventKind.RESUMED, by, job_id=job_id)
    await advance(work, await Job.get(id=job_id), by)
    return Done(await fresh_view(work.unit, job_id))


async def skip(
    work: Work, job_id: int, by: Actor, *, offer_id: int | None = None
) -> DecisionOutcome:
    """Close what is open now and ask the next in line.

    With `offer_id`, only while that offer is open: two who skip the same driver skip one.
    """
    if not await work.hold_job(job_id, JobStatus.OFFERING):
        return await as_it_is(work, job_id)
    job = await Job.get(id=job_id)
    meant = Offer.filter(job_id=job_id, status=OfferStatus.SENT.value)
    if not await (meant if offer_id is None else meant.filter(id=offer_id)).exists():
        return Refused(
            "no_open_offer", "nobody is being asked", await fresh_view(work.unit, job_id)
        )
    await work.note(EventKind.SKIPPED, by, job_id=job_id)
    await close_open_offers(work, job, by, "skipped")
    await advance(work, job, by)
    return Done(await fresh_view(work.unit, job_id))


async def extend(work: Work, job_id: int, minutes: float, by: Actor) -> DecisionOutcome:
    """Give the drivers who are being asked more time, within the cutoff."""
    if not await work.hold_job(job_id, JobStatus.OFFERING):
        return await as_it_is(work, job_id)
    offers = await Offer.filter(job_id=job_id, status=OfferStatus.SENT.value).order_by("id")
    if not offers:
        return Refused(
            "no_open_offer", "nobody is being asked", await fresh_view(work.unit, job_id)
        )
    for offer in offers:
        expires_at = offer.expires_at + timedelta(minutes=minutes)
        offer.expires_at = min(expires_at, offer.cutoff) if offer.cutoff else expires_at
        await offer.save(update_fields=["expires_at"])
        await work.note(
            EventKind.EXTENDED,
            by,
            job_id=job_id,
            offer_id=offer.id,
            agent_id=offer.agent_id,
            expires_at=offer.expires_at,
        )
    return Done(await fresh_view(work.unit, job_id))


async def set_cutoff(work: Work, job_id: int, at: datetime, by: Actor) -> DecisionOutcome:
    """Settle the job by another moment; open offers end there at the latest."""
    if not await work.hold_job(job_id, *UNDER_WAY):
        return await as_it_is(work, job_id)
    if at <= work.now:
        return Refused(
            "cutoff_past", "the cutoff must lie ahead", await fresh_view(work.unit, job_id)
        )
    job = await Job.get(id=job_id)
    job.cutoff, job.cutoff_by = at, str(by)[:200]
    if job.status == JobStatus.OFFERING.value:
        job.risk_at = risk_time(at, work)
    await job.save(update_fields=["cutoff", "cutoff_by", "risk_at"])
    open_offers = Offer.filter(job_id=job_id, status=OfferStatus.SENT.value)
    for offer in await open_offers.order_by("id"):
        await Offer.filter(id=offer.id).update(cutoff=at, expires_at=min(offer.expires_at, at))
    await work.note(EventKind.CUTOFF_SET, by, job_id=job_id, cutoff=at)
    return Done(await fresh_view(work.unit, job_id))


async def as_it_is(work: Work, job_id: int) -> DecisionOutcome:
    """Say why nothing was changed: there is no such job, or it is in another state."""
    if not await Job.exists(id=job_id):
        return NotFound()
    view = await fresh_view(work.unit, job_id)
    paused = ", paused" if view.paused_at is not None else ""
    return Refused("not_possible", f"the job is {view.status}{paused}", view)
