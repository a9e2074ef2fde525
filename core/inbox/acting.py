"""Act on one stored entry, in one unit of work: what it means is done and the entry is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.channel import (
    Decision,
    DeliveryReport,
    Done,
    Ignored,
    Incoming,
    Link,
    NeedsPerson,
    NewJobs,
    OwnPhone,
    Reachable,
    Reply,
)
from core.domain import Actor, InboxState, MessageKind, OutboxState
from core.inbox.linking import know
from core.models import Address, Agent, Coordinator, InboxEntry, Job, OutboxMessage
from core.outbox.promises import promise, promise_booking
from core.outbox.settling import fail
from core.outcomes import NotFound, Refused, VersionChanged
from core.reach import agent_at
from core.router.approval import approve, cancel, reject
from core.router.jobs import create_job
from core.router.replies import ReplyText, close_entry, settle_reply
from core.work import Work

Ending = tuple[InboxState, str | None]
HANDLED: Ending = (InboxState.HANDLED, None)
LEASE = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=1)
READ_TRIES = 3


async def store_entry(work: Work, entry: InboxEntry) -> bool:
    """Keep what a channel received; False when that `external_id` was kept before."""
    entry.received_at = entry.due_at = work.now
    return await work.insert_new(entry) is not None


async def claim_entries(work: Work, limit: int) -> list[InboxEntry]:
    """Lease up to `limit` entries to read, oldest first, one at a time of each known sender.

    So a second answer is not heard before the first, whoever has that in hand.
    """
    skip = " FOR UPDATE SKIP LOCKED" if work.unit.dialect == "postgres" else ""
    rows = await work.unit.rows(
        "UPDATE inbox SET leased_until = $1, attempts = attempts + 1 WHERE id IN ("
        "SELECT id FROM inbox WHERE state = 'stored' AND due_at <= $2"
        " AND (leased_until IS NULL OR leased_until <= $2)"
        " AND (handle IS NULL OR id IN (SELECT MIN(id) FROM inbox"
        " WHERE state = 'stored' AND handle IS NOT NULL GROUP BY channel, handle))"
        f" ORDER BY due_at, id LIMIT $3{skip}) RETURNING id",
        work.now + LEASE,
        work.now,
        limit,
    )
    return await InboxEntry.filter(id__in=[row["id"] for row in rows]).order_by("id")


async def not_readable(work: Work, entry_id: int, reason: str) -> None:
    """Try the entry again shortly; after some tries it waits for a person."""
    entry = await InboxEntry.get(id=entry_id)
    if entry.state != InboxState.STORED.value:
        return
    entry.reason = reason
    entry.leased_until = None
    entry.due_at = work.now + RETRY_AFTER
    if entry.attempts >= READ_TRIES:
        entry.state, entry.handled_at = InboxState.NEEDS_PERSON.value, work.now
    await entry.save()


async def act_on_entry(work: Work, entry_id: int, meaning: Sequence[Incoming]) -> bool:
    """Do what the entry means; False when it was acted on before."""
    mine = InboxEntry.filter(id=entry_id, state=InboxState.STORED.value)
    if not await mine.update(handled_at=work.now):
        return False
    entry = await InboxEntry.get(id=entry_id)
    endings = [await _act(work, entry, one) for one in meaning]
    worst: Ending = max(endings, key=_gravity, default=(InboxState.IGNORED, "empty"))
    state, entry.reason = worst
    await close_entry(work, entry, state, None)
    return True


def _gravity(ending: Ending) -> int:
    return (InboxState.IGNORED, InboxState.HANDLED, InboxState.NEEDS_PERSON).index(ending[0])


async def _act(work: Work, entry: InboxEntry, incoming: Incoming) -> Ending:
    match incoming:
        case Reply():
            return await _hear(work, entry, incoming)
        case Decision():
            return await _decide(work, entry, incoming)
        case NewJobs():
            for reading in incoming.readings:
                by = Actor(entry.channel, incoming.handle)
                await create_job(work, reading.draft, by, source=entry.channel)
            return HANDLED
        case DeliveryReport():
            return await _note_delivery(work, incoming)
        case Ignored(reason):
            return (InboxState.IGNORED, reason)
        case NeedsPerson(reason):
            return (InboxState.NEEDS_PERSON, reason)
        case Link() | OwnPhone() | Reachable():
            return await know(work, entry, incoming)
        case Done():
            return (InboxState.NEEDS_PERSON, f"{type(incoming).__name__} is not expected")


async def _hear(work: Work, entry: InboxEntry, reply: Reply) -> Ending:
    """Settle a driver's answer and promise the reaction to where it came from."""
    address = await Address.get_or_none(
        channel=entry.channel, handle=reply.handle, agent_id__not_isnull=True
    )
    if address is None or address.agent_id is None:
        return (InboxState.IGNORED, "unknown sender")
    agent = await Agent.get_or_none(id=address.agent_id, forgotten_at=None)
    if agent is None:
        return (InboxState.IGNORED, "unknown sender")
    said = ReplyText(reply.text, offer_id=reply.offer_id)
    answer = await settle_reply(work, agent, said, entry)
    to = agent_at(agent, address)
    entry.answer = {"ok": answer.ok, "code": answer.code, "facts": dict(answer.facts)}
    if answer.code == "accepted":
        job = await Job.get(id=answer.facts["job_id"])
        await promise_booking(work, job, to, offer_id=entry.offer_id)
        return HANDLED
    facts = {**answer.facts, "outcome": answer.code, "said": entry.verdict}
    await promise(
        work,
        MessageKind.ANSWER,
        to,
        facts,
        job_id=entry.job_id,
        offer_id=entry.offer_id,
        inbox_id=entry.id,
    )
    return HANDLED


async def _decide(work: Work, entry: InboxEntry, decision: Decision) -> Ending:
    """Do what a coordinator decided in their channel."""
    address = await Address.get_or_none(
        channel=entry.channel, handle=decision.handle, coordinator_id__not_isnull=True
    )
    if address is None:
        return (InboxState.NEEDS_PERSON, "a decision from somebody who is no coordinator")
    coordinator = await Coordinator.get(id=address.coordinator_id)
    by = Actor("coordinator", coordinator.name)
    job_id, version = decision.job_id, decision.version
    if job_id is None:
        return (InboxState.NEEDS_PERSON, "a decision on no job")
    match decision.action:
        case "approve":
            outcome = await approve(work, job_id, by, version=version)
        case "approve_and_offer":
            outcome = await approve(work, job_id, by, version=version, start=True)
        case "reject":
            outcome = await reject(work, job_id, by, reason=decision.reason, version=version)
        case "cancel":
            outcome = await cancel(work, job_id, by, reason=decision.reason)
        case unknown:
            return (InboxState.NEEDS_PERSON, f"unknown decision {unknown}")
    match outcome:
        case NotFound(what):
            return (InboxState.NEEDS_PERSON, f"no such {what}")
        case Refused(_, reason, _):
            return (InboxState.NEEDS_PERSON, reason)
        case VersionChanged():
            return (InboxState.NEEDS_PERSON, "the job has changed since it was shown")
        case _:
            entry.job_id = job_id
            return HANDLED


async def _note_delivery(work: Work, report: DeliveryReport) -> Ending:
    """Take a later word on a message of ours; a failed one is settled as if sending had failed."""
    message = await OutboxMessage.get_or_none(token=report.token)
    if message is None:
        return (InboxState.IGNORED, "a report on no message of ours")
    told = (OutboxState.SENT.value, OutboxState.QUEUED.value)
    if report.delivered:
        await OutboxMessage.filter(id=message.id, state__in=told).update(
            state=OutboxState.DELIVERED.value, settled_at=work.now
        )
        return HANDLED
    await fail(work, message.id, report.reason or "not delivered", address_is_dead=True)
    return HANDLED
