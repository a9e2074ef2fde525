"""Drivers as the outside describes them: synchronised in one piece, on and off duty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.domain import Actor, EventKind
from core.drafts import AgentDraft
from core.models import Address, Agent
from core.outcomes import AddressTaken, NotFound, Synced
from core.router.moving import move_in
from core.runner import Abandon
from core.showing import agent_views
from core.site import CONSOLE
from core.views import AgentView
from core.work import Work


async def sync_agents(work: Work, drafts: Sequence[AgentDraft], by: Actor) -> Synced | AddressTaken:
    """Insert or update drivers by phone number, all or none of them."""
    inserted = updated = 0
    known = {a.phone_e164: a for a in await Agent.filter(phone_e164__in=_phones(drafts))}
    for row, draft in enumerate(drafts):
        agent = known.get(draft.phone_e164)
        if agent is None:
            agent = await _insert(work, draft)
            inserted += 1
        else:
            await _update(work, agent, draft)
            updated += 1
        known[draft.phone_e164] = agent
        taken = await _put_addresses(work, agent, draft, by)
        if taken is not None:
            raise Abandon(AddressTaken(row, taken, f"another driver has that {taken} address"))
    return Synced(inserted, updated, await Agent.filter(forgotten_at=None).count())


async def set_duty(
    work: Work, agent_id: int, on: bool, by: Actor, *, until: datetime | None = None
) -> AgentView | NotFound:
    """Put a driver on duty, or off duty until a moment or for good."""
    changed = await Agent.filter(id=agent_id, forgotten_at=None).update(
        on_duty=on, off_until=None if on else until, updated_at=work.now
    )
    if not changed:
        return NotFound("agent")
    kind = EventKind.ON_DUTY if on else EventKind.OFF_DUTY
    await work.note(kind, by, agent_id=agent_id, until=None if on else until)
    return (await agent_views(work.unit, [await Agent.get(id=agent_id)]))[0]


def _phones(drafts: Sequence[AgentDraft]) -> list[str]:
    return [d.phone_e164 for d in drafts]


async def _insert(work: Work, draft: AgentDraft) -> Agent:
    agent = Agent(
        name=draft.name,
        phone_e164=draft.phone_e164,
        priority=draft.priority,
        active=draft.active,
        vehicle_type=draft.vehicle_type,
        skills=list(draft.skills or ()),
        language=draft.language,
        quiet_hours=draft.quiet_hours,
        created_at=work.now,
        updated_at=work.now,
    )
    if await work.insert_new(agent) is None:
        await _update(work, await Agent.get(phone_e164=draft.phone_e164), draft)
    return await Agent.get(phone_e164=draft.phone_e164)


async def _update(work: Work, agent: Agent, draft: AgentDraft) -> None:
    agent.name, agent.priority, agent.active = draft.name, draft.priority, draft.active
    agent.vehicle_type = draft.vehicle_type or agent.vehicle_type
    agent.skills = list(draft.skills) if draft.skills is not None else agent.skills
    agent.language = draft.language or agent.language
    agent.quiet_hours = draft.quiet_hours or agent.quiet_hours
    agent.updated_at = work.now
    await agent.save()


async def _put_addresses(work: Work, agent: Agent, draft: AgentDraft, by: Actor) -> str | None:
    """Keep one Address per given channel, and the console's; return the channel that is taken."""
    handles = {
        CONSOLE: draft.phone_e164,
        "telegram": str(draft.telegram) if draft.telegram is not None else None,
        "email": draft.email.casefold() if draft.email is not None else None,
    }
    for channel, handle in handles.items():
        if handle is None:
            continue
        mine = await Address.get_or_none(agent_id=agent.id, channel=channel)
        if mine is not None and mine.handle == handle:
            continue
        held = Address.filter(channel=channel, handle=handle, agent_id__not_isnull=True)
        if await held.exists():
            return channel
        if mine is not None:
            await move_in(work, agent, channel, handle, by)
            continue
        new = Address(agent_id=agent.id, channel=channel, handle=handle, created_at=work.now)
        if await work.insert_new(new) is None:
            return channel
    return None
