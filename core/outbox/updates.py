"""Keep true what was said: promise an update of each message that changed or ended since."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from core.columns import among
from core.domain import DEFAULT_LANGUAGE, MessageKind, OutboxState
from core.models import Job, Offer, OutboxMessage
from core.outbox.present import SUPERSEDED, Present, ended, mark_of, present_of
from core.outbox.promises import offer_facts, plain_facts, promise
from core.reach import Recipient
from core.rows import MESSAGES
from core.work import Work


async def keep_true(work: Work) -> None:
    """Update what was said about every job and alert that this unit of work wrote history of.

    The last step of a unit, so that whatever it did to offers, jobs and alerts is seen here.
    """
    jobs = {line["job_id"] for line in work.events if line["job_id"] is not None}
    if jobs:  # those of a hundred jobs in one statement, instead of 8 µs for each
        about = f"editable AND {among('job_id', len(jobs))} ORDER BY job_id, id"
        messages = await MESSAGES.all(work.unit, about, *sorted(jobs))
        for _, of_one_job in groupby(messages, lambda message: message.job_id):
            await _update(work, [*of_one_job])
    others = [line["facts"] for line in work.events if line["job_id"] is None and line["facts"]]
    alerts = {facts.get("alert_id") for facts in others}
    for alert_id in sorted(alert for alert in alerts if isinstance(alert, int)):
        await _update(work, await _editable(work, "alert_id", alert_id))


async def keep_true_since(work: Work, message: OutboxMessage) -> None:
    """Update what became untrue while the message was on its way, and those that it replaces."""
    column, subject = _subject(message)
    about = await _editable(work, column, subject)
    reader = (message.channel, message.handle)
    await _update(work, [each for each in about if (each.channel, each.handle) == reader])


async def hold_subject(work: Work, message: OutboxMessage) -> None:
    """Wait for whoever is changing what the message is about, so that no change is missed."""
    if work.unit.dialect != "postgres":
        return  # units of work come one after another there
    column, subject = _subject(message)
    table = "alerts" if column == "alert_id" else "jobs"
    await work.unit.rows(f"SELECT id FROM {table} WHERE id = $1 FOR UPDATE", subject)


async def leave(work: Work, address_id: int, why: str) -> None:
    """End what was said at a handle that its reader has left."""
    for message in await _editable(work, "address_id", address_id):
        await _promise_update(work, message, ended(why))


async def stays_in_place(work: Work, job: Job, kind: MessageKind, offer: Offer | None) -> bool:
    """Tell whether a driver's message needs no second one: it will be edited, or has not left."""
    rows = OutboxMessage.filter(job_id=job.id, kind=kind.value)
    if offer is not None:
        rows = rows.filter(offer_id=offer.id, address_id=offer.address_id)
    else:
        rows = rows.filter(agent_id=job.assigned_agent_id)
    if await rows.filter(editable=True).exists():
        return True
    waiting = rows.filter(state=OutboxState.QUEUED.value, leased_until=None)
    message = await waiting.order_by("-id").first()
    if message is None or kind is not MessageKind.OFFER:
        return False
    facts = {**message.facts, **plain_facts(offer_facts(job))}
    return bool(await waiting.filter(id=message.id).update(facts=facts))


def _subject(message: OutboxMessage) -> tuple[str, int]:
    if message.kind == MessageKind.ALERT.value:
        return "alert_id", message.alert_id or 0
    return "job_id", message.job_id or 0


async def _editable(work: Work, column: str, subject: int) -> list[OutboxMessage]:
    return await MESSAGES.all(work.unit, f"editable AND {column} = $1 ORDER BY id", subject)


async def _update(work: Work, messages: Iterable[OutboxMessage]) -> None:
    """Promise updates of those that say something else by now; of several alike the last counts."""
    latest = {_place(message): message.id for message in messages}
    for message in messages:
        now = await present_of(message)
        if now.open and message.id != latest[_place(message)]:
            now = ended(SUPERSEDED)
        if now.mark() != mark_of(message, now):
            await _promise_update(work, message, now)


def _place(message: OutboxMessage) -> tuple[object, ...]:
    """Return what only one message holds at a time: a reader's word on one thing."""
    about = message.offer_id if message.kind != MessageKind.ALERT.value else message.alert_id
    reader = (message.agent_id, message.coordinator_id, message.channel, message.handle)
    return (message.kind, message.job_id, about, *reader)


async def _promise_update(work: Work, message: OutboxMessage, now: Present) -> None:
    to = Recipient(
        channel=message.channel,
        handle=message.handle,
        name=str(message.facts.get("name") or message.handle),
        language=str(message.facts.get("language") or DEFAULT_LANGUAGE),
        address_id=message.address_id,
        agent_id=message.agent_id,
        coordinator_id=message.coordinator_id,
    )
    ending = {"status": now.status, "open": now.open, "why": now.why, "by": now.by}
    await promise(
        work,
        MessageKind.UPDATE,
        to,
        {**message.facts, **now.facts, "of": message.kind, **ending},
        job_id=message.job_id,
        offer_id=message.offer_id,
        alert_id=message.alert_id,
        updates=message.id,
    )
    message.says, message.editable = now.mark(), not now.final
    await message.save(update_fields=["says", "editable"])
