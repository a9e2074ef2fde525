"""What befalls one offer of a rehearsal: an answer, a message that leaves late or never arrives."""

from __future__ import annotations

from datetime import timedelta

from core.decisions import HeldJob
from core.domain import (
    Actor,
    InboxState,
    JobStatus,
    MessageKind,
    OfferStatus,
    OutboxState,
    Verdict,
)
from core.models import Address, Agent, InboxEntry, Job, Offer, OutboxMessage
from core.outbox.claims import move_expiry
from core.outbox.settling import fail
from core.rehearsal.past import Said
from core.replies import Reading
from core.router.offer_replies import Received, answer_about, answer_without_offer
from core.work import Work

CHANNEL = "rehearsal"


async def store(work: Work, name: str, agent_id: int | None, verdict: Verdict | None) -> None:
    """Keep something received unread: until it is read, its sender's offers are not timed out."""
    address = await Address.filter(agent_id=agent_id).order_by("id").first()
    await InboxEntry.create(
        channel=address.channel if address is not None else CHANNEL,
        handle=address.handle if address is not None else None,
        external_id=name,
        payload=b"",
        received_at=work.now,
        due_at=work.now,
        agent_id=agent_id,
        verdict=verdict.value if verdict is not None else None,
    )


async def read(work: Work, name: str) -> InboxEntry | None:
    """Mark what was stored under that name as read."""
    stored = InboxEntry.filter(external_id=name)
    await stored.update(state=InboxState.HANDLED.value, handled_at=work.now)
    return await stored.first()


async def hear(work: Work, name: str, offer_id: int, said: Said) -> None:
    """Act on an answer that was stored under that name."""
    entry = await read(work, name)
    offer = await Offer.get(id=offer_id)
    if entry is None or (not said.sure and offer.status != OfferStatus.SENT.value):
        return
    entry.offer_id, entry.job_id = offer_id, offer.job_id
    await entry.save(update_fields=["offer_id", "job_id"])
    agent = await Agent.get(id=offer.agent_id)
    job = await Job.get(id=offer.job_id)
    received = Received(Reading(said.verdict), entry.id, entry.received_at)
    await answer_about(work, agent, job, offer, received, Actor("agent", f"{agent.id}"))


async def drop_by_hand(work: Work, job_id: int, agent_id: int) -> None:
    """Have a driver say DROP to a job that they were given by hand, while they hold it."""
    held = Job.filter(id=job_id, assigned_agent_id=agent_id, status=JobStatus.ASSIGNED.value)
    job, agent = await held.first(), await Agent.get(id=agent_id)
    if job is not None:
        given, by = HeldJob(job.id, job.sheet_job_id), Actor("agent", f"{agent.id}")
        await answer_without_offer(work, agent, given, Verdict.DROP, by)


async def send_late(work: Work, offer_id: int, delay: timedelta) -> None:
    """Have a message leave late, as it did: the window moves with it or the offer is given up."""
    offer = await Offer.get(id=offer_id)
    if offer.status == OfferStatus.SENT.value:
        await move_expiry(work, offer, delay)


async def fail_message(work: Work, offer_id: int, number: int) -> None:
    """Have the n-th message of the offer fail; its Address dies by itself when it did."""
    sent = OutboxMessage.filter(offer_id=offer_id, kind=MessageKind.OFFER.value)
    waiting = sent.filter(state=OutboxState.QUEUED.value)
    messages = await sent.order_by("id")
    if number < len(messages) and await waiting.filter(id=messages[number].id).exists():
        await fail(work, messages[number].id, "as recorded", address_is_dead=False)
