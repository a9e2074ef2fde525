"""Open this for an offer that found nobody: the next Address of its driver, or the next driver."""

from __future__ import annotations

from core.alerts import raise_alert
from core.cascade import advance, reroute
from core.cascade.closing import close_offer
from core.domain import CLOCK, AlertCause, EventKind, JobStatus, MessageKind, OfferStatus
from core.models import Address, Agent, Job, Offer, OutboxMessage
from core.reach import usable
from core.runner import Abandon
from core.work import AGAIN, Work


async def move_open_offer_on(work: Work, offer_id: int, reason: str) -> None:
    """Do what `move_offer_on` does if the offer is open; takes hold of the job first."""
    offer = await Offer.get(id=offer_id)
    if offer.status != OfferStatus.SENT.value:
        return
    if not await work.hold_job(offer.job_id, JobStatus.OFFERING):
        raise Abandon(AGAIN)
    await offer.refresh_from_db()
    if offer.status == OfferStatus.SENT.value:
        await move_offer_on(work, offer, reason)


async def move_offer_on(work: Work, offer: Offer, reason: str) -> None:
    """Try the agent's next Address, else close the offer as undeliverable and ask on.

    The caller holds the job.
    """
    job = await Job.get(id=offer.job_id)
    agent = await Agent.get(id=offer.agent_id)
    tried = await OutboxMessage.filter(offer_id=offer.id, kind=MessageKind.OFFER.value).values_list(
        "address_id", flat=True
    )
    addresses = usable(await Address.filter(agent_id=agent.id), work.site)
    untried = [a for a in addresses if a.id not in list(tried)]
    if untried:
        await reroute(work, job, offer, agent, untried[0], CLOCK, reason)
        return
    await close_offer(
        work, job, offer, OfferStatus.UNDELIVERABLE, EventKind.UNDELIVERABLE, CLOCK, reason
    )
    await raise_alert(work, AlertCause.UNDELIVERABLE, agent=agent, reason=f"{agent.name}: {reason}")
    await advance(work, job, CLOCK)
