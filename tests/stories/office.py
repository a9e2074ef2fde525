"""An office with mail, chat and console whose fake channels receive: for stories of hearing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from core.channel import Capabilities, Incoming, Outgoing
from core.domain import API, MessageKind
from core.drafts import AgentDraft
from core.models import Address
from core.work import Work
from tests.house import House, open_house, phone

JO_AT = "jo@example.com"
JO_IN_CHAT = "900"


@asynccontextmanager
async def open_office(url: str) -> AsyncIterator[House]:
    """Open an office whose default coordinator is reached by mail and writes in chat too."""
    async with open_house(
        url, channels=("chat", "email", "console"), default_coordinator_email=JO_AT
    ) as house:
        house.channels["email"].capabilities = Capabilities(
            receives=True, receipts=True, answer_limits=True
        )
        await house.router.add_coordinator("Jo", JO_AT)
        await join(house, "chat", JO_IN_CHAT, coordinator_id=1, position=9)
        yield house
        assert await house.broken_invariants() == ()


async def join(house: House, channel: str, handle: str, **whose: Any) -> None:
    """Give somebody an Address."""

    async def step(work: Work) -> None:
        await Address.create(channel=channel, handle=handle, created_at=work.now, **whose)

    await house.router.do(step)


async def mail_drivers(house: House, *names: str) -> None:
    """Add drivers who are reached by mail: d1@example.com and so on, first in line first."""
    drafts = [
        AgentDraft(name, phone(n), n, email=f"d{n}@example.com")
        for n, name in enumerate(names, start=1)
    ]
    await house.router.sync_agents(drafts, API)


async def comes(house: House, channel: str, *meaning: Incoming) -> None:
    """Let one entry come in that means just this, and have it acted on."""
    await house.channels[channel].receive(*meaning)
    await house.reader.drain()


async def come_at_once(house: House, channel: str, *each: Incoming) -> None:
    """Let entries come in and be acted on at the same time, as by several readers."""
    for one in each:
        await house.channels[channel].receive(one)
    await asyncio.gather(*(house.reader.drain() for _ in each))


async def answers(house: House, handle: str, channel: str) -> list[Outgoing]:
    """Return the answers to that handle that were not looked at before."""
    return [m for m in await house.told(handle, channel) if m.kind is MessageKind.ANSWER]


async def outcomes(house: House, handle: str, channel: str) -> list[str]:
    """Return what those answers say, by their codes."""
    return [m.facts["outcome"] for m in await answers(house, handle, channel)]


async def request(house: House, handle: str = JO_AT, channel: str = "email") -> Outgoing:
    """Return the newest approval request to that handle."""
    told = [m for m in await house.told(handle, channel) if m.kind is MessageKind.APPROVAL_REQUEST]
    return told[-1]


async def inbox(house: House) -> Sequence[tuple[str, str | None]]:
    """Return state and reason of every entry, oldest first."""
    rows = (await house.router.records.inbox(limit=500)).rows
    return [(row.state, row.reason) for row in sorted(rows, key=lambda row: row.id)]
