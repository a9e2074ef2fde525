"""Words that are not about one offer: STOP, START, ON, OFF, STATUS."""

from __future__ import annotations

from core.alerts import raise_alert
from core.cascade import advance
from core.cascade.closing import close_offer
from core.domain import (
    Actor,
    AddressState,
    AlertCause,
    EventKind,
    JobStatus,
    OfferStatus,
    Verdict,
)
from core.models import Address, Agent, Job, Offer
from core.outcomes import ReplyAnswer
from core.replies import Reading
from core.runner import Abandon
from core.work import AGAIN, Work


async def opt_out(work: Work, agent: Agent, by: Actor) -> ReplyAnswer:
    """Close every Address of the driver; open offers move on, accepted jobs stay and alert."""
    changed = await Address.filter(
        agent_id=agent.id, state__not=AddressState.OPTED_OUT.value
    ).update(state=AddressState.OPTED_OUT.value, state_reason="STOP", state_at=work.now)
    if not changed:
        return ReplyAnswer(True, "opted_out")
    await work.note(EventKind.OPTED_OUT, by, agent_id=agent.id)
    open_offers = Offer.filter(agent_id=agent.id, status=OfferStatus.SENT.value)
    for offer in await open_offers.order_by("job_id", "id"):
        if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
            raise Abandon(AGAIN)
        job = await Job.get(id=offer.job_id)
        if not await close_offer(
            work, job, offer, OfferStatus.UNDELIVERABLE, EventKind.UNDELIVERABLE, by, "STOP"
        ):
            raise Abandon(AGAIN)
        await advance(work, job, by)
    held = Job.filter(assigned_agent_id=agent.id, status=JobStatus.ASSIGNED.value)
    for job in await held.order_by("id"):
        reason = f"{agent.name} said STOP and still holds this job"
        await raise_alert(work, AlertCause.OPTED_OUT, job=job, agent=agent, reason=reason)
    return ReplyAnswer(True, "opted_out")


async def opt_in(work: Work, agent: Agent, by: Actor) -> ReplyAnswer:
    """Open the driver's Addresses again after STOP."""
    changed = await Address.filter(agent_id=agent.id, state=AddressState.OPTED_OUT.value).update(
        state=AddressState.USABLE.value, state_reason=None, state_at=work.now
    )
    if changed:
        await work.note(EventKind.OPTED_IN, by, agent_id=agent.id)
    return ReplyAnswer(True, "opted_in")


async def change_duty(work: Work, agent: Agent, reading: Reading, by: Actor) -> ReplyAnswer:
    """Put the driver on or off duty, off for a while when a duration is given."""
    on = reading.verdict is Verdict.ON
    until = work.now + reading.duration if not on and reading.duration is not None else None
    await Agent.filter(id=agent.id).update(on_duty=on, off_until=until, updated_at=work.now)
    await work.note(
        EventKind.ON_DUTY if on else EventKind.OFF_DUTY, by, agent_id=agent.id, until=until
    )
    facts = {"until": until.isoformat()} if until is not None else {}
    return ReplyAnswer(True, "on_duty" if on else "off_duty", facts)


async def status_of(agent: Agent) -> ReplyAnswer:
    """Return the driver's own open offers and jobs."""
    open_offers = Offer.filter(agent_id=agent.id, status=OfferStatus.SENT.value)
    held = Job.filter(assigned_agent_id=agent.id, status=JobStatus.ASSIGNED.value)
    return ReplyAnswer(
        True,
        "status",
        {
            "on_duty": agent.on_duty,
            "open_offers": [
                {"offer_id": o.id, "job_id": o.job_id, "code": o.code}
                for o in await open_offers.order_by("id")
            ],
            "jobs": [
                {"job_id": j.id, "reference": j.sheet_job_id} for j in await held.order_by("id")
            ],
        },
    )
