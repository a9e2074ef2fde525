"""Forget one driver for good: what names them and what they said; history keeps their id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain import (
    Actor,
    AddressState,
    EventKind,
    InboxState,
    JobStatus,
    OfferStatus,
    OutboxState,
)
from core.models import Address, Agent, Alert, Event, InboxEntry, Job, Link, Offer, OutboxMessage
from core.outcomes import Forgotten, NotFound, NotPossible
from core.router.by_hand import PROOFS
from core.router.sweeping import Sweep, empty_entries, empty_messages
from core.runner import Abandon
from core.work import AGAIN, Work

ERASED = "forgotten"
_ABOUT_OTHERS = ("next", "driver", "reason")  # facts that may name a driver to somebody else


async def begin_to_forget(
    work: Work, agent_id: int, by: Actor
) -> tuple[str, ...] | NotPossible | NotFound | Forgotten:
    """Have nobody ask this driver any more; return the phone number and handles to erase.

    Refused while they hold a job or an open offer. Again after a crash goes on where it was.
    """
    agent = await Agent.get_or_none(id=agent_id)
    if agent is None:
        return NotFound("agent")
    if _is_erased(agent):
        return Forgotten(agent_id, repeated=True)
    await _release_reserves(work, agent_id, by)
    await Agent.filter(id=agent_id).update(
        forgotten_at=agent.forgotten_at or work.now, active=False, updated_at=work.now
    )
    if held := await _held(agent_id):  # read after the agent's row is ours
        raise Abandon(NotPossible(f"{agent.name} still has {held}"))
    handles = await Address.filter(agent_id=agent_id).values_list("handle", flat=True)
    return (agent.phone_e164, *(str(handle) for handle in handles))


def sweeps(agent_id: int, handles: tuple[str, ...]) -> dict[str, Sweep]:
    """Return what the driver said, what they were told, and what others were told of them."""
    marks = ", ".join(f"${n}" for n in range(5, 5 + len(handles)))
    params = (agent_id, f"%{handles[0]}%", *handles)

    async def clear_entries(work: Work, ids: list[int]) -> None:
        mine, others = await _told_apart(InboxEntry, ids, agent_id, handles)
        await InboxEntry.filter(id__in=mine, state=InboxState.STORED.value).update(
            state=InboxState.IGNORED.value, handled_at=work.now
        )
        await InboxEntry.filter(id__in=mine).update(reason=None)
        await empty_entries(work, mine)
        for entry in await InboxEntry.filter(id__in=others):
            answer = entry.answer or {}
            entry.answer = {**answer, "facts": _without_driver(answer.get("facts") or {})}
            await entry.save(update_fields=["answer"])

    async def clear_messages(work: Work, ids: list[int]) -> None:
        mine, others = await _told_apart(OutboxMessage, ids, agent_id, handles)
        await OutboxMessage.filter(id__in=mine, state=OutboxState.QUEUED.value).update(
            state=OutboxState.DROPPED.value, settled_at=work.now, leased_until=None
        )
        await OutboxMessage.filter(id__in=mine).update(reason=None)
        await empty_messages(work, mine)
        for message in await OutboxMessage.filter(id__in=others):
            message.facts = _without_driver(message.facts)
            await message.save(update_fields=["facts"])

    return {
        "inbox": Sweep(
            "inbox",
            f"(row.agent_id = $3 OR row.handle IN ({marks}) OR CAST(row.answer AS TEXT) LIKE $4)",
            params,
            clear_entries,
        ),
        "outbox": Sweep(
            "outbox",
            f"(row.agent_id = $3 OR row.handle IN ({marks}) OR CAST(row.facts AS TEXT) LIKE $4"
            " OR row.alert_id IN (SELECT id FROM alerts WHERE agent_id = $3))",
            params,
            clear_messages,
        ),
    }


async def end_forgetting(work: Work, agent_id: int, by: Actor) -> Forgotten:
    """Erase the driver's own rows, and the words of history, alerts and offers about them."""
    erased = await Agent.filter(id=agent_id, forgotten_at__not_isnull=True).update(
        name=ERASED,
        phone_e164=f"{ERASED}:{agent_id}",
        vehicle_type=None,
        skills=[],
        language=None,
        quiet_hours=None,
        updated_at=work.now,
    )
    if not erased:
        raise Abandon(AGAIN)
    for address in await Address.filter(agent_id=agent_id):
        address.handle = f"{ERASED}:{address.id}"
        address.state, address.state_at = AddressState.UNDELIVERABLE.value, work.now
        address.state_reason = ERASED
        await address.save()
    await Link.filter(agent_id=agent_id).delete()
    await Offer.filter(agent_id=agent_id).update(reason=None)
    await Event.filter(agent_id=agent_id).update(reason=None)
    await Event.filter(agent_id=agent_id, kind__in=PROOFS).update(facts=None)
    await Alert.filter(agent_id=agent_id).update(reason=None)
    await Alert.filter(subject=f"agent:{agent_id}", resolved_at=None).update(
        resolved_at=work.now, next_at=None
    )
    await work.note(EventKind.FORGOTTEN, by, agent_id=agent_id)
    return Forgotten(agent_id)


def _is_erased(agent: Agent) -> bool:
    return agent.forgotten_at is not None and agent.phone_e164.startswith(f"{ERASED}:")


async def _held(agent_id: int) -> str:
    """Name what keeps the driver from being forgotten; offers first, a YES moves them to jobs."""
    offers = Offer.filter(agent_id=agent_id, status=OfferStatus.SENT.value)
    asked = await offers.order_by("job_id").values_list("job_id", flat=True)
    jobs = Job.filter(assigned_agent_id=agent_id, status=JobStatus.ASSIGNED.value)
    held = await jobs.order_by("id").values_list("id", flat=True)
    found = [f"an open offer of job {job_id}" for job_id in asked]
    return " and ".join([*found, *(f"job {job_id}" for job_id in held)])


async def _release_reserves(work: Work, agent_id: int, by: Actor) -> None:
    waiting = Offer.filter(agent_id=agent_id, reserved_at__not_isnull=True)
    for offer in await waiting.order_by("job_id", "id"):
        if not await work.hold_job(offer.job_id, *JobStatus):
            raise Abandon(AGAIN)
        if await Offer.filter(id=offer.id, reserved_at__not_isnull=True).update(reserved_at=None):
            await work.note(
                EventKind.RESERVE_RELEASED,
                by,
                job_id=offer.job_id,
                offer_id=offer.id,
                agent_id=agent_id,
            )


async def _told_apart(
    table: type[InboxEntry | OutboxMessage],
    ids: list[int],
    agent_id: int,
    handles: tuple[str, ...],
) -> tuple[list[int], list[int]]:
    """Split rows into the driver's own and those of others that name them."""
    rows = await table.filter(id__in=ids).values_list("id", "agent_id", "handle")
    mine = {row[0] for row in rows if row[1] == agent_id or row[2] in handles}
    return sorted(mine), sorted(set(ids) - mine)


def _without_driver(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in _ABOUT_OTHERS}
