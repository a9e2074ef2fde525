"""Who sent it: the driver or coordinator behind a handle, and the message that is answered."""

from __future__ import annotations

from dataclasses import dataclass

from core.links import reply_hash
from core.models import Address, Agent, Coordinator, OutboxMessage
from core.reach import Recipient, agent_at, person_at


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver at the Address they wrote from."""

    agent: Agent
    at: Recipient


@dataclass(frozen=True, slots=True)
class Decider:
    """A coordinator at the Address they wrote from."""

    coordinator: Coordinator
    at: Recipient


async def driver_at(channel: str, handle: str) -> Driver | None:
    """Return the driver who has that handle."""
    held = Address.filter(channel=channel, handle=handle, agent_id__not_isnull=True)
    address = await held.first()
    if address is None:
        return None
    agent = await Agent.get_or_none(id=address.agent_id, forgotten_at=None)
    return None if agent is None else Driver(agent, agent_at(agent, address))


async def decider_at(channel: str, handle: str) -> Decider | None:
    """Return the active coordinator who has that handle."""
    held = Address.filter(channel=channel, handle=handle, coordinator_id__not_isnull=True)
    address = await held.first()
    if address is None:
        return None
    row = await Coordinator.get_or_none(id=address.coordinator_id, active=True)
    return None if row is None else Decider(row, person_at(row, address))


async def message_of(reply_token: str) -> OutboxMessage | None:
    """Return the message of ours that the reply token names."""
    return await OutboxMessage.get_or_none(reply_hash=reply_hash(reply_token))


def went_to(message: OutboxMessage, channel: str, handle: str) -> bool:
    """Tell whether the message went to that handle."""
    return message.channel == channel and message.handle.casefold() == handle.casefold()


def somebody(channel: str, handle: str, name: str | None = None) -> Recipient:
    """Return a handle of nobody we know, to be answered there."""
    return Recipient(channel=channel, handle=handle, name=name or handle)
