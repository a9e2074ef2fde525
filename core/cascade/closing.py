"""End what is open: offers that are filled, cancelled or skipped; cascades with nobody left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.alerts import raise_alert
from core.domain import Actor, AlertCause, EventKind, JobStatus, MessageKind, OfferStatus
from core.models import Address, Agent, Job, Offer
from core.outbox.elsewhere import cannot_be_told
from core.outbox.promises import promise_withdrawal
from core.reach import agent_at, asked_at, usable
from core.rows import JOBS, OFFERS
from core.work import Work

EXPIRES_AFTER = timedelta(days=7)  # an uncovered or undecided job is cancelled by itself


async def close_open_offers(
    work: Work,
    job: Job,
    by: Actor,
    reason: str,
    *,
    but_silently_for: int | None = None,
    among: Sequence[Offer] | None = None,
) -> int:
    """Rescind every open offer of the job and promise to tell each driver once; return how many.

    The agent named by `but_silently_for` is told something better by the caller. `among`: the
    job's offers, read since its row was written.
    """
    if among is None:
        is_open = "job_id = $1 AND status = 'sent' ORDER BY id"
        among = await OFFERS.all(work.unit, is_open, job.id)
    rows = [offer for offer in among if offer.status == OfferStatus.SENT.value]
    for offer in rows:
        await close_offer(work, job, offer, OfferStatus.RESCINDED, EventKind.RESCINDED, by, reason)
        if offer.agent_id != but_silently_for:
            await tell_closed(work, job, offer, reason)
    return len(rows)


async def tell_closed(work: Work, job: Job, offer: Offer, reason: str) -> None:
    """Promise to tell the agent of this offer that it is over, and why."""
    await promise_withdrawal(work, job, offer, await asked_at(work, offer), reason)


async def close_offer(
    work: Work,
    job: Job,
    offer: Offer,
    target: OfferStatus,
    kind: EventKind,
    by: Actor,
    reason: str | None = None,
) -> bool:
    """Compare and set one open offer to `target`; False when it was not open any more."""
    closed = await OFFERS.change(
        work.unit,
        "id = $1 AND status = 'sent'",
        offer.id,
        status=target.value,
        closed_at=work.now,
        remind_at=None,
        reason=reason,
        **({"responded_at": work.now} if target is OfferStatus.DECLINED else {}),
    )
    if not closed:
        return False
    await work.note(
        kind,
        by,
        job_id=job.id,
        offer_id=offer.id,
        agent_id=offer.agent_id,
        source=OfferStatus.SENT.value,
        target=target.value,
        reason=reason,
    )
    return True


async def uncover(work: Work, job: Job, by: Actor, reason: str) -> None:
    """Say loudly that nobody will be asked about this job any more."""
    await JOBS.complete(work.unit, job)
    source = job.status
    job.status = JobStatus.UNCOVERED.value
    job.paused_at = None  # there is nothing to hold up any more: whoever asks again means it
    job.next_action = "expire"
    job.next_action_at = max(job.pickup_at or job.created_at, job.created_at) + EXPIRES_AFTER
    job.next_action_at = max(job.next_action_at, work.now)
    await job.save(update_fields=["status", "paused_at", "next_action", "next_action_at"])
    await work.note(
        EventKind.UNCOVERED,
        by,
        job_id=job.id,
        source=source,
        target=JobStatus.UNCOVERED.value,
        reason=reason,
    )
    await raise_alert(work, AlertCause.UNCOVERED, job=job, reason=reason)


async def end_accepted_offer(work: Work, job: Job, by: Actor, reason: str) -> None:
    """Withdraw the assignment of `job` as it was before, and promise to tell that driver.

    The caller has taken the agent off the job row already.
    """
    if job.assigned_agent_id is None:
        return
    agent = await Agent.get(id=job.assigned_agent_id)
    offer = await Offer.get_or_none(job_id=job.id, status=OfferStatus.ACCEPTED.value)
    if offer is None:
        addresses = usable(await Address.filter(agent_id=agent.id), work.site)
        if addresses:
            await promise_withdrawal(work, job, None, agent_at(agent, addresses[0]), reason)
        else:
            await cannot_be_told(work, MessageKind.WITHDRAWN, job, agent)
        return
    await withdraw(work, job, offer, EventKind.RESCINDED, by, reason)
    await tell_closed(work, job, offer, reason)


async def withdraw(
    work: Work, job: Job, offer: Offer, kind: EventKind, by: Actor, reason: str | None
) -> bool:
    """Compare and set the accepted offer to `withdrawn`; False when it was not accepted."""
    ended = await Offer.filter(id=offer.id, status=OfferStatus.ACCEPTED.value).update(
        status=OfferStatus.WITHDRAWN.value, closed_at=work.now, reconfirm_by=None, reason=reason
    )
    if not ended:
        return False
    await work.note(
        kind,
        by,
        job_id=job.id,
        offer_id=offer.id,
        agent_id=offer.agent_id,
        source=OfferStatus.ACCEPTED.value,
        target=OfferStatus.WITHDRAWN.value,
        reason=reason,
    )
    return True
