"""Open one offer: the row, its code and slot, the promised message, the line of history."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from core.domain import (
    Actor,
    EventKind,
    OfferStatus,
    Policy,
)
from core.models import Address, Agent, Job, Offer
from core.outbox.promises import promise_offer
from core.policy import reminder_at_of
from core.reach import Recipient, agent_at
from core.rows import AGENTS, OFFERS
from core.runner import Abandon
from core.work import AGAIN, Line, Work

_KNOWN = "id = $1 AND forgotten_at IS NULL"
_SENT = OfferStatus.SENT.value


class Opening(NamedTuple):
    """An offer on its way to the record: it still lacks its code, and history its number."""

    job: Job
    offer: Offer
    to: Recipient
    line: Line


async def open_offer(
    work: Work,
    job: Job,
    agent_id: int,
    to: Recipient,
    *,
    policy: Policy,
    slot: int,
    expires_at: datetime,
    by: Actor,
) -> Offer:
    """Put the job to the agent and promise the message; return the open offer.

    The agent's row is written before the code is chosen: two jobs that ask the same agent at
    once agree on two codes. A unit with a fleet in hand is alone on SQLite: it writes agents,
    offers and messages when it has gone through all its jobs, by `write_openings`.
    """
    if work.fleet is not None:
        work.fleet.asked(agent_id, work.now)
    elif not await AGENTS.change(work.unit, _KNOWN, agent_id, last_asked_at=work.now):
        raise Abandon(AGAIN)  # forgotten since the roster was read
    offer = OFFERS.new(
        job_id=job.id,
        agent_id=agent_id,
        address_id=to.address_id,
        version=job.version,
        round=job.round,
        slot=slot,
        width=policy.width,
        cutoff=job.cutoff,
        sent_at=work.now,
        expires_at=expires_at,
        remind_at=reminder_at_of(work.now, expires_at, policy),
    )
    line = await work.note(
        EventKind.OFFERED,
        by,
        job_id=job.id,
        agent_id=agent_id,
        target=_SENT,
        expires_at=expires_at,
        round=job.round,
        version=job.version,
        slot=slot,
        code=None,
        channel=to.channel,
    )
    work.openings.append(Opening(job, offer, to, line))
    if work.fleet is None:
        await write_openings(work)
    return offer


async def write_openings(work: Work) -> None:
    """Give the offers opened so far their codes, write them, and promise their messages.

    All of a unit's at once: with a hundred, a row took 12 µs of the processor and its code 6
    instead of 30 and 15 (`thread_time`, 50 drivers).
    """
    openings, work.openings = work.openings, []
    if not openings:
        return
    offers = [opening.offer for opening in openings]
    await work.codes.look(work.unit, work.now, {offer.agent_id for offer in offers})
    for offer in offers:
        offer.code = work.codes.give(offer.agent_id)
    await OFFERS.store_all(work.unit, offers)
    work.codes.written([offer.id for offer in offers])
    for opening in openings:
        opening.line["offer_id"] = opening.offer.id
        opening.line["facts"]["code"] = opening.offer.code
        await promise_offer(work, opening.job, opening.offer, opening.to)


async def reroute(
    work: Work, job: Job, offer: Offer, agent: Agent, address: Address, by: Actor, reason: str
) -> None:
    """Send the same open offer to the agent's next Address."""
    offer.address_id = address.id
    await offer.save(update_fields=["address_id"])
    await promise_offer(work, job, offer, agent_at(agent, address))
    await work.note(
        EventKind.REROUTED,
        by,
        job_id=job.id,
        offer_id=offer.id,
        agent_id=agent.id,
        reason=reason,
        channel=address.channel,
    )
