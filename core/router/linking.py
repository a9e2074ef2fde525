"""Invite people to a channel, and know them there: by a one-use token, or by their own number."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from core.domain import Actor, MessageKind
from core.intake.phones import normalise_phone
from core.models import Address, Agent, Coordinator, Link
from core.outbox.promises import promise
from core.outcomes import Invited, NotFound, NotPossible, ReplyAnswer
from core.reach import Person, Recipient, addresses_of
from core.router.moving import UNLINKED, let_go, move_in
from core.showing import agent_views, coordinator_views
from core.site import CONSOLE
from core.views import AgentView, CoordinatorView
from core.work import Work

VALID_FOR = timedelta(hours=24)
LINKED = ReplyAnswer(True, "linked")
INVALID = ReplyAnswer(False, "link_invalid")
STRANGER = ReplyAnswer(False, "unknown_sender")


async def invite(
    work: Work, table: type[Agent | Coordinator], person_id: int, channel: str
) -> Invited | NotFound:
    """Make a one-use token by which a person joins a channel; an earlier unused one ends."""
    person = await person_of(table, person_id)
    if person is None:
        return NotFound(table.__name__.lower())
    token = secrets.token_urlsafe(24)
    invited = Invited(token, work.now + VALID_FOR)
    link = Link(
        token_hash=_hash(token),
        channel=channel,
        created_at=work.now,
        expires_at=invited.expires_at,
        **_whose(person),
    )
    await Link.filter(channel=channel, used_at=None, **_whose(person)).delete()
    await link.save()
    return invited


async def link_by_token(
    work: Work, channel: str, handle: str, token: str, name: str | None = None
) -> ReplyAnswer:
    """Know the handle as whom the token names; of two uses at once, one counts."""
    links = Link.filter(token_hash=_hash(token), channel=channel)
    used = await links.filter(used_at=None, expires_at__gt=work.now).update(used_at=work.now)
    link = await links.first()
    if link is None:
        return INVALID
    person = await person_of(
        Agent if link.agent_id is not None else Coordinator,
        link.agent_id or link.coordinator_id or 0,
    )
    if person is None:
        return INVALID
    if used:
        await _link(work, person, channel, handle)
        return LINKED
    known = await addresses_of(person).filter(channel=channel, handle=handle).exists()
    return LINKED if known else INVALID


async def link_by_phone(
    work: Work, channel: str, handle: str, phone: str, name: str | None = None
) -> ReplyAnswer:
    """Know the handle as the driver of that number, unless it is another driver's already."""
    try:
        number = normalise_phone(phone if phone.startswith("+") else f"+{phone}")
    except ValueError:
        return STRANGER
    agent = await Agent.get_or_none(phone_e164=number, forgotten_at=None)
    if agent is None:
        return STRANGER
    others = Address.filter(channel=channel, handle=handle, agent_id__not_isnull=True)
    if await others.filter(agent_id__not=agent.id).exists():
        return ReplyAnswer(False, "link_invalid", {"why": "taken"})
    await _link(work, agent, channel, handle)
    return LINKED


async def unlink_agent(
    work: Work, agent_id: int, channel: str, by: Actor
) -> AgentView | NotFound | NotPossible:
    """Take a driver's Address on a channel off; what waited for an answer there moves on."""
    agent = await Agent.get_or_none(id=agent_id, forgotten_at=None)
    if agent is None:
        return NotFound("agent")
    refused = await _unlink(work, agent, channel, by)
    return refused or (await agent_views(work.unit, [agent]))[0]


async def unlink_coordinator(
    work: Work, coordinator_id: int, channel: str, by: Actor
) -> CoordinatorView | NotFound | NotPossible:
    """Take a coordinator's Address on a channel off."""
    coordinator = await Coordinator.get_or_none(id=coordinator_id)
    if coordinator is None:
        return NotFound("coordinator")
    refused = await _unlink(work, coordinator, channel, by)
    return refused or (await coordinator_views(work.unit, [coordinator]))[0]


async def _unlink(
    work: Work, person: Person, channel: str, by: Actor
) -> NotFound | NotPossible | None:
    if channel == CONSOLE:
        return NotPossible("the console is where people without another address are reached")
    address = await addresses_of(person).get_or_none(channel=channel)
    if address is None:
        return NotFound("link")
    await let_go(work, address, UNLINKED, by)
    return None


async def person_of(table: type[Agent | Coordinator], person_id: int) -> Person | None:
    """Return an agent who is not forgotten, or a coordinator."""
    if table is Agent:
        return await Agent.get_or_none(id=person_id, forgotten_at=None)
    return await Coordinator.get_or_none(id=person_id)


async def _link(work: Work, person: Person, channel: str, handle: str) -> None:
    """Make the handle the person's Address on that channel; an earlier handle is told so."""
    by = Actor(_kind(person), str(person.id))
    earlier = await move_in(work, person, channel, handle, by)
    if earlier is None:
        return
    to = Recipient(channel, earlier, person.name, person.language or "en", **_whose(person))
    await promise(work, MessageKind.ANSWER, to, {"outcome": "link_moved"})


def _whose(person: Person) -> dict[str, int]:
    return {f"{_kind(person)}_id": person.id}


def _kind(person: Person) -> str:
    return "agent" if isinstance(person, Agent) else "coordinator"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
