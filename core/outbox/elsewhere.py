"""Open this for what becomes of a message that matters when its reader is not there any more."""

from __future__ import annotations

from core.alerts import raise_alert
from core.domain import AlertCause, MessageKind
from core.models import Address, Agent, Job, OutboxMessage
from core.outbox.promises import promise
from core.reach import agent_at, usable
from core.work import Work

# who has the job, and what it is: one who is not told drives in vain, or does not drive
MATTERS = frozenset({MessageKind.BOOKED, MessageKind.CHANGED, MessageKind.WITHDRAWN})
_SAID = {
    MessageKind.BOOKED: "was given the job",
    MessageKind.CHANGED: "holds the job, which was changed,",
    MessageKind.WITHDRAWN: "no longer has the job",
}


async def tell_elsewhere(work: Work, message: OutboxMessage) -> None:
    """Promise the same at the driver's next Address; alert the coordinator when there is none."""
    job = await Job.get_or_none(id=message.job_id)
    agent = await Agent.get_or_none(id=message.agent_id, forgotten_at=None)
    if job is None or agent is None:
        return
    kind = MessageKind(message.kind)
    addresses = usable(await Address.filter(agent_id=agent.id), work.site)
    if addresses:
        to = agent_at(agent, addresses[0])
        await promise(work, kind, to, message.facts, job_id=job.id, offer_id=message.offer_id)
    else:
        await cannot_be_told(work, kind, job, agent)


async def cannot_be_told(work: Work, kind: MessageKind, job: Job, agent: Agent) -> None:
    """Alert the coordinator: they have to reach the driver in some other way."""
    said = f"{agent.name} {_SAID[kind]} and cannot be told of it"
    await raise_alert(work, AlertCause.UNDELIVERABLE, job=job, agent=agent, reason=said)
