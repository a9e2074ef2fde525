"""Read past jobs from a record, on one snapshot, writing nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from tortoise.expressions import F, Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core.domain import EventKind, MessageKind, OutboxState, Verdict
from core.models import Address, Agent, Event, InboxEntry, Job, Offer, OutboxMessage
from core.rehearsal.past import Entry, Message, Past, Unread
from core.router.replies import WEBHOOK
from core.runner import Unit
from core.views import EventView
from core.work import event_view

PORTION = 2000
ModelT = TypeVar("ModelT", bound=Model)
_ABOUT_AGENTS = (
    EventKind.ON_DUTY,
    EventKind.OFF_DUTY,
    EventKind.OPTED_OUT,
    EventKind.OPTED_IN,
)
_ABOUT_OFFERS = (Verdict.YES, Verdict.NO, Verdict.DROP)


async def read_past(
    unit: Unit, now: datetime, *, last: int | None = None, since: datetime | None = None
) -> Past | None:
    """Return the `last` jobs that arrived, or those `since` a moment; None when there are none."""
    newest = Job.all() if since is None else Job.filter(created_at__gte=since)
    if last is not None:
        oldest = await newest.order_by("-id").offset(last - 1).limit(1).values_list("id", flat=True)
        newest = newest.filter(id__gte=oldest[0]) if oldest else newest
    jobs = await _all(newest)
    if not jobs:
        return None
    first, begins = jobs[0].id, min(job.created_at for job in jobs)
    chosen = {job.id for job in jobs}
    offers = [o for o in await _all(Offer.filter(job_id__gte=first)) if o.job_id in chosen]
    return Past(
        begins=begins,
        ends=now,
        jobs=jobs,
        offers=offers,
        events=await _events(chosen, first),
        about_agents=await _about_agents(),
        agents=await _all(Agent.all()),
        addresses=await _all(Address.filter(agent_id__not_isnull=True)),
        entries=await _entries(chosen, first),
        messages=await _messages(first),
        unread=await _unread(begins),
        asked_before=await _asked_before(chosen, begins),
    )


async def _all(rows: QuerySet[ModelT]) -> list[ModelT]:
    """Return rows in the order of their ids, in portions: the ORM pauses after 2000 rows."""
    found: list[ModelT] = []
    last = 0
    while portion := await rows.filter(id__gt=last).order_by("id").limit(PORTION):
        found += portion
        last = portion[-1].pk
    return found


async def _events(chosen: set[int], first: int) -> dict[int, list[EventView]]:
    events: dict[int, list[EventView]] = defaultdict(list)
    for line in await _all(Event.filter(job_id__gte=first)):
        if line.job_id in chosen:
            events[line.job_id].append(event_view(line))
    return events


async def _about_agents() -> list[EventView]:
    kinds = [kind.value for kind in _ABOUT_AGENTS]
    return [event_view(line) for line in await _all(Event.filter(kind__in=kinds))]


async def _entries(chosen: set[int], first: int) -> list[Entry]:
    verdicts = [verdict.value for verdict in _ABOUT_OFFERS]
    rows = InboxEntry.filter(
        job_id__gte=first,
        offer_id__not_isnull=True,
        handled_at__not_isnull=True,
        verdict__in=verdicts,
    )
    names = ("job_id", "offer_id", "verdict", "received_at", "handled_at", "channel")
    return [
        Entry(offer_id, Verdict(verdict), received_at, handled_at, channel)
        for job_id, offer_id, verdict, received_at, handled_at, channel in await rows.order_by(
            "id"
        ).values_list(*names)
        if job_id in chosen
    ]


async def _unread(begins: datetime) -> list[Unread]:
    rows = InboxEntry.filter(
        Q(offer_id=None) | Q(verdict__not_in=[verdict.value for verdict in _ABOUT_OFFERS]),
        received_at__gte=begins,
        handled_at__gte=F("received_at"),
    ).exclude(channel=WEBHOOK)  # which are read in the unit of work that stores them
    names = ("agent_id", "received_at", "handled_at", "handle")
    return [
        Unread(agent_id, received_at, handled_at)
        for agent_id, received_at, handled_at, handle in await rows.order_by("id").values_list(
            *names
        )
        if agent_id is not None or handle is None  # else it came from nobody who is asked
    ]


async def _messages(first: int) -> list[Message]:
    """Return the messages to drivers about these jobs; of other kinds only those that failed."""
    rows = OutboxMessage.filter(job_id__gte=first, agent_id__not_isnull=True)
    names = ("offer_id", "address_id", "kind", "created_at", "claimed_at", "settled_at")
    found = []
    for *facts, state, receipt in await rows.order_by("id").values_list(*names, "state", "receipt"):
        offer_id, address_id, kind, created_at, claimed_at, settled_at = facts
        is_offer, failed = kind == MessageKind.OFFER.value, state == OutboxState.FAILED.value
        if is_offer or failed:
            failed_at = settled_at if failed else None
            sent = receipt is not None
            found.append(
                Message(offer_id, address_id, is_offer, created_at, claimed_at, failed_at, sent)
            )
    return found


async def _asked_before(chosen: set[int], begins: datetime) -> Sequence[tuple[int, datetime]]:
    """Return the last time before `begins`, and each later time, that others asked a driver."""
    others = Offer.filter(job_id__lt=min(chosen)).order_by("sent_at", "id")
    asked = [(a, at) for a, at in await others.values_list("agent_id", "sent_at")]
    before = {agent_id: at for agent_id, at in asked if at < begins}
    return [*before.items(), *((a, at) for a, at in asked if at >= begins)]
