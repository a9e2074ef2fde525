"""Add one driver, and change what is known of a driver or a coordinator: only what is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain import Actor
from core.drafts import AgentDraft
from core.models import Address, Agent, Coordinator
from core.outcomes import AddressTaken, NotFound, Unfit
from core.reach import Person, addresses_of
from core.router.agents import sync_agents
from core.router.moving import UNLINKED, let_go, move_in
from core.runner import Abandon
from core.showing import agent_views, coordinator_views
from core.site import CONSOLE
from core.views import AgentView, CoordinatorView
from core.work import Work

_ON = {"email": "email", "telegram": "telegram", "phone_e164": CONSOLE}  # fields that are handles


async def add_agent(work: Work, draft: AgentDraft, by: Actor) -> AgentView | Unfit | AddressTaken:
    """Add a driver whose number is new."""
    if await Agent.exists(phone_e164=draft.phone_e164):
        return Unfit("phone_e164", "another driver has that number")
    synced = await sync_agents(work, [draft], by)
    if isinstance(synced, AddressTaken):
        return synced
    return (await agent_views(work.unit, [await Agent.get(phone_e164=draft.phone_e164)]))[0]


async def change_agent(
    work: Work, agent_id: int, changes: Mapping[str, Any], by: Actor
) -> AgentView | NotFound | Unfit:
    """Change a driver; None takes a fact or an Address away, `channels` is the order of trying."""
    if not await Agent.filter(id=agent_id, forgotten_at=None).update(updated_at=work.now):
        return NotFound("agent")
    agent = await Agent.get(id=agent_id)
    number = changes.get("phone_e164", agent.phone_e164)
    if await Agent.filter(phone_e164=number, id__not=agent_id).exists():
        raise Abandon(Unfit("phone_e164", "another driver has that number"))
    facts = {n: v for n, v in changes.items() if n not in ("email", "telegram", "channels")}
    if "skills" in facts:
        facts["skills"] = list(facts["skills"] or ())
    await _put(work, agent, facts, changes, by)
    return (await agent_views(work.unit, [await Agent.get(id=agent_id)]))[0]


async def change_coordinator(
    work: Work, coordinator_id: int, changes: Mapping[str, Any], by: Actor
) -> CoordinatorView | NotFound | Unfit:
    """Change a coordinator; `channels` is the order of trying."""
    if not await Coordinator.filter(id=coordinator_id).update(updated_at=work.now):
        return NotFound("coordinator")
    coordinator = await Coordinator.get(id=coordinator_id)
    facts = {n: v for n, v in changes.items() if n != "channels"}
    moved = dict(changes)
    if "email" in facts:
        facts["email"] = moved["email"] = moved["phone_e164"] = facts["email"].casefold()
        others = Coordinator.filter(email=facts["email"], id__not=coordinator_id)
        if await others.exists():
            raise Abandon(Unfit("email", "another coordinator has that address"))
    await _put(work, coordinator, facts, moved, by)
    return (await coordinator_views(work.unit, [await Coordinator.get(id=coordinator_id)]))[0]


async def _put(
    work: Work, person: Person, facts: Mapping[str, Any], changes: Mapping[str, Any], by: Actor
) -> None:
    """Write the facts, the Addresses and their order; abandons the unit when one is unfit."""
    for name, value in facts.items():
        setattr(person, name, value)
    await person.save()
    for name in _ON.keys() & changes.keys():
        await _put_address(work, person, name, changes[name], by)
    if changes.get("channels") is not None:
        await _put_in_order(person, changes["channels"])


async def _put_address(
    work: Work, person: Person, name: str, given: str | int | None, by: Actor
) -> None:
    channel = _ON[name]
    mine = await addresses_of(person).get_or_none(channel=channel)
    if given is None:
        if mine is not None:
            await let_go(work, mine, UNLINKED, by)
        return
    handle = f"{given}".casefold()
    if mine is not None and mine.handle == handle:
        return
    held = Address.filter(channel=channel, handle=handle)
    is_agent = isinstance(person, Agent)
    ours = (
        held.filter(agent_id__not_isnull=True)
        if is_agent
        else held.filter(coordinator_id__not_isnull=True)
    )
    if await ours.exists():
        raise Abandon(Unfit(name, "somebody else has that address"))
    await move_in(work, person, channel, handle, by)


async def _put_in_order(person: Person, channels: Sequence[str]) -> None:
    """Try the named channels in that order, and the others after them."""
    addresses = await addresses_of(person)
    unknown = [c for c in channels if c not in {a.channel for a in addresses}]
    if unknown:
        raise Abandon(Unfit("channels", f"no address on {', '.join(unknown)}"))
    for address in addresses:
        known = address.channel in channels
        address.position = channels.index(address.channel) if known else len(channels)
        await address.save(update_fields=["position"])
