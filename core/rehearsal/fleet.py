"""Everybody who could be asked, put into a scratch record, and what became of them meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from math import inf

from core.domain import Actor, AddressState, EventKind
from core.models import Address, Agent
from core.outbox.settling import GIVE_UP_AFTER, OFFER_MUST_LEAVE_WITHIN
from core.rehearsal.agenda import Agenda
from core.rehearsal.course import steps
from core.rehearsal.past import Message, Past
from core.router import Router
from core.router.duty import opt_in, opt_out
from core.router.forgetting import begin_to_forget
from core.views import EventView
from core.work import Work

K = EventKind
_JUST_BEFORE = 0.5  # an Address is dead when the failed offer looks for the next one


def plan_fleet(past: Past, router: Router, agenda: Agenda) -> None:
    """Plan who is there, from when on, and each change of duty, STOP, START and dead Address."""
    changes: dict[int, list[EventView]] = defaultdict(list)
    for event in past.about_agents:
        changes[event.agent_id or 0].append(event)
    addresses: dict[int, list[Address]] = defaultdict(list)
    deaths, asked_at_once = _deaths(past), _asked_at_once(past)
    for address in past.addresses:
        addresses[address.agent_id or 0].append(address)
    for agent in past.agents:
        lines = changes[agent.id]
        before = [e for e in lines if e.at < past.begins]
        row = _as_then(agent, before, past.begins, known=bool(lines))
        comes = asked_at_once.get(agent.id, inf)
        order = -1 if agent.created_at <= past.begins else comes
        agenda.plan(agent.created_at, partial(router.do, _insert, row), order=order)
        stopped = any(e.kind == K.OPTED_OUT for e in _last(before, K.OPTED_OUT, K.OPTED_IN))
        for address in addresses[agent.id]:
            born = _address_then(
                address, past.begins, stopped=stopped, known=bool(lines), died=address.id in deaths
            )
            since = max(address.created_at, agent.created_at)
            order = -1 if since <= past.begins else comes
            agenda.plan(since, partial(router.do, _insert, born), order=order)
        for event in lines[len(before) :]:
            agenda.plan(event.at, partial(router.do, _change, event), order=event.id)
        if agent.forgotten_at is not None and agent.forgotten_at >= past.begins:
            forget = partial(router.do, begin_to_forget, agent.id, Actor("rehearsal"))
            agenda.plan(agent.forgotten_at, forget)
    for address_id, moments in deaths.items():
        for at, order in moments.items():
            agenda.plan(at, partial(router.do, _bury, address_id), order=order)
    for agent_id, at in past.asked_before:
        agenda.plan(at, partial(router.do, _was_asked, agent_id, at), order=0)


def _asked_at_once(past: Past) -> dict[int, float]:
    """Return the place in history of those drivers who were asked in the moment they came."""
    came = {agent.id: agent.created_at for agent in past.agents}
    places: dict[int, float] = {}
    for event, first in (found for events in past.events.values() for found in steps(events)):
        if event.agent_id is not None and came.get(event.agent_id) == event.at:
            places[event.agent_id] = min(first - _JUST_BEFORE, places.get(event.agent_id, inf))
    return places


def _as_then(agent: Agent, before: Iterable[EventView], begins: datetime, *, known: bool) -> Agent:
    """Return the driver as they were at the beginning, as far as history tells."""
    row = agent.clone(pk=agent.id)
    row.last_asked_at = None
    if agent.forgotten_at is not None and agent.forgotten_at >= begins:
        row.forgotten_at, row.active = None, True
    if known:
        row.on_duty, row.off_until = True, None
    for last in _last(before, K.ON_DUTY, K.OFF_DUTY):
        until = (last.facts or {}).get("until")
        row.on_duty = last.kind == K.ON_DUTY
        row.off_until = datetime.fromisoformat(until) if until else None
    return row


def _address_then(
    address: Address, begins: datetime, *, stopped: bool, known: bool, died: bool
) -> Address:
    row = address.clone(pk=address.id)
    changed = address.state_at
    if changed is None or changed >= begins or known or died:
        row.state = AddressState.USABLE.value
    if stopped:
        row.state = AddressState.OPTED_OUT.value
    return row


def _last(events: Iterable[EventView], *kinds: EventKind) -> list[EventView]:
    return [e for e in events if e.kind in kinds][-1:]


def _deaths(past: Past) -> dict[int, dict[datetime, float]]:
    """Return when, and where in history, each Address proved dead.

    By messages that were refused for good; else by its present state.
    """
    places = {
        (event.offer_id, event.at): event.id - _JUST_BEFORE
        for events in past.events.values()
        for event in events
        if event.kind in (K.UNDELIVERABLE, K.REROUTED)
    }
    found: dict[int, dict[datetime, float]] = defaultdict(dict)
    for message in past.messages:
        at = message.failed_at
        if message.address_id is not None and at is not None and _is_dead(message):
            found[message.address_id][at] = places.get((message.offer_id, at), inf)
    for address in past.addresses:
        dead = address.state == AddressState.UNDELIVERABLE.value
        at = address.state_at
        if dead and at is not None and at >= past.begins:
            found[address.id].setdefault(at, inf)
    return found


def _is_dead(message: Message) -> bool:
    """Tell a refusal for good from giving up after many tries."""
    patience: timedelta = OFFER_MUST_LEAVE_WITHIN if message.is_offer else GIVE_UP_AFTER
    assert message.failed_at is not None  # noqa: S101 the caller asked
    return message.was_sent or message.failed_at - message.created_at < patience


async def _insert(work: Work, row: Agent | Address) -> None:
    await work.insert_new(row)


async def _change(work: Work, event: EventView) -> None:
    agent = await Agent.get(id=event.agent_id)
    by = Actor("rehearsal")
    match event.kind:
        case K.OPTED_OUT:
            await opt_out(work, agent, by)
        case K.OPTED_IN:
            await opt_in(work, agent, by)
        case _:
            until = (event.facts or {}).get("until")
            agent.on_duty = event.kind == K.ON_DUTY
            agent.off_until = datetime.fromisoformat(until) if until else None
            await agent.save(update_fields=["on_duty", "off_until"])


async def _bury(work: Work, address_id: int) -> None:
    usable = Address.filter(id=address_id, state=AddressState.USABLE.value)
    await usable.update(state=AddressState.UNDELIVERABLE.value, state_at=work.now)


async def _was_asked(_work: Work, agent_id: int, at: datetime) -> None:
    await Agent.filter(id=agent_id).update(last_asked_at=at)
