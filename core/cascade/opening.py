"""Open one offer: the row, its code and slot, the promised message, the line of history."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain import (
    Actor,
    EventKind,
    OfferStatus,
    Policy,
)
from core.models import Address, Agent, Job, Offer
from core.outbox.promises import promise_offer
from core.policy import reminder_at_of
from core.reach import agent_at
from core.replies import HIGHEST_CODE, LOWEST_CODE
from core.rows import AGENTS, OFFERS
from core.runner import Abandon
from core.work import AGAIN, Work

_KNOWN = "id = $1 AND forgotten_at IS NULL"
CODES_LATELY = (
    "SELECT code FROM offers WHERE agent_id = $1 AND closed_at IS NULL"
    " UNION ALL SELECT code FROM offers WHERE agent_id = $1 AND closed_at >= $2"
)
CODE_REST = timedelta(days=7)  # how long a code of a closed offer is not used again


async def open_offer(
    work: Work,
    job: Job,
    agent: Agent,
    address: Address,
    *,
    policy: Policy,
    slot: int,
    expires_at: datetime,
    by: Actor,
) -> Offer:
    """Put the job to the agent and promise the message; return the open offer.

    The agent's row is written before the code is chosen: two jobs that ask the same agent at
    once agree on two codes. A unit with a fleet in hand is alone on SQLite and writes that later.
    """
    if work.fleet is not None:
        work.fleet.asked(agent.id, work.now)
    elif not await AGENTS.change(work.unit, _KNOWN, agent.id, last_asked_at=work.now):
        raise Abandon(AGAIN)  # forgotten since the roster was read
    offer = OFFERS.new(
        job_id=job.id,
        agent_id=agent.id,
        address_id=address.id,
        version=job.version,
        round=job.round,
        code=await free_code(work, agent.id),
        slot=slot,
        width=policy.width,
        cutoff=job.cutoff,
        sent_at=work.now,
        expires_at=expires_at,
        remind_at=reminder_at_of(work.now, expires_at, policy),
    )
    await OFFERS.store(work.unit, offer)
    await promise_offer(work, job, offer, agent_at(agent, address))
    await work.note(
        EventKind.OFFERED,
        by,
        job_id=job.id,
        offer_id=offer.id,
        agent_id=agent.id,
        target=OfferStatus.SENT.value,
        expires_at=expires_at,
        round=job.round,
        version=job.version,
        slot=slot,
        code=offer.code,
        channel=address.channel,
    )
    return offer


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


async def free_code(work: Work, agent_id: int) -> int:
    """Return the lowest code the agent has not seen lately, so that an old answer means nothing."""
    known = work.fleet.codes if work.fleet is not None else {}
    taken = known.get(agent_id)
    if taken is None:
        lately = await work.unit.records(CODES_LATELY, agent_id, work.now - CODE_REST)
        taken = known[agent_id] = {row[0] for row in lately}
    code = next(c for c in range(LOWEST_CODE, HIGHEST_CODE + 1) if c not in taken)
    taken.add(code)
    return code
