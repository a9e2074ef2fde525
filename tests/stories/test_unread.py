"""Entries are read oldest first, one at a time of each sender, however many wait unread."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.inbox.claiming import LEASE, claim_entries
from core.models import InboxEntry
from core.work import Work
from tests.databases import DIALECTS
from tests.house import House, open_house, phone

MANY = 60  # more than the reader takes at once
ANN, BOB, CY = phone(1), phone(2), phone(3)


async def sent(house: House, *handles: str | None, channel: str = "console") -> None:
    """Have entries wait unread, one of each of these senders, in that order."""
    for handle in handles:
        inbox = house.reader.store_for(channel)
        raw = json.dumps({"handle": handle, "text": "STATUS", "offer_id": None}).encode()
        await inbox.store(None, raw, handle=handle)
        house.clock.advance(timedelta(seconds=1))


async def claimed(
    house: House, limit: int = 50, channel: str | None = "console", but_not: tuple[str, ...] = ()
) -> list[InboxEntry]:
    return await house.router.do(claim_entries, limit, channel, but_not=but_not)


async def senders(house: House, limit: int = 50) -> list[str | None]:
    return [entry.handle for entry in await claimed(house, limit)]


async def close(house: House, *entries: InboxEntry) -> None:
    async def step(work: Work) -> None:
        for entry in entries:
            await work.unit.execute("UPDATE inbox SET state = 'handled' WHERE id = $1", entry.id)

    await house.router.do(step)


async def test_who_wrote_much_keeps_nobody_else_waiting(house: House) -> None:
    await sent(house, *[ANN] * MANY, BOB, None, CY)
    assert [entry.id for entry in await claimed(house)] == [1, MANY + 1, MANY + 2, MANY + 3]
    assert await claimed(house) == []


async def test_the_second_of_a_sender_is_claimed_only_when_the_first_is_closed(
    house: House,
) -> None:
    await sent(house, ANN, ANN, ANN)
    (first,) = await claimed(house)
    assert await claimed(house) == []
    await close(house, first)
    assert [entry.id for entry in await claimed(house)] == [2]
    assert await claimed(house) == []


async def test_the_second_of_a_sender_waits_also_while_the_first_waits_for_its_retry(
    house: House,
) -> None:
    await sent(house, ANN, ANN, BOB)
    later = house.clock.now() + timedelta(seconds=10)

    async def put_off(work: Work) -> None:
        await work.unit.execute("UPDATE inbox SET due_at = $1 WHERE id = 1", later)

    await house.router.do(put_off)
    assert await senders(house) == [BOB]
    house.clock.set(later)
    assert [entry.id for entry in await claimed(house)] == [1]


async def test_those_of_nobody_known_do_not_wait_for_one_another(house: House) -> None:
    await sent(house, None, ANN, None, None)
    assert [entry.id for entry in await claimed(house, 2)] == [1, 2]
    assert [entry.id for entry in await claimed(house, 9)] == [3, 4]


async def test_the_oldest_come_first_whoever_wrote_them(house: House) -> None:
    await sent(house, CY, ANN, None, BOB, ANN)
    assert [await senders(house, 1) for _ in range(5)] == [[CY], [ANN], [None], [BOB], []]


async def test_what_a_dead_reader_held_is_claimed_again_after_its_lease(house: House) -> None:
    await sent(house, ANN, None, ANN)
    first = await claimed(house)
    assert [entry.attempts for entry in first] == [1, 1]
    house.clock.advance(LEASE - timedelta(microseconds=1))
    assert await claimed(house) == []
    house.clock.advance(timedelta(microseconds=1))
    assert [(entry.id, entry.attempts) for entry in await claimed(house)] == [(1, 2), (2, 2)]


@pytest.mark.parametrize("database_url", DIALECTS, indirect=True)
async def test_each_channel_is_read_by_itself_and_the_rest_together(database_url: str) -> None:
    async with open_house(database_url, channels=("console", "chat")) as house:
        await sent(house, ANN, BOB, channel="chat")
        await sent(house, ANN, channel="console")
        await sent(house, ANN, BOB, CY, channel="gone")
        await sent(house, ANN, channel="away")
        assert [entry.id for entry in await claimed(house, 9, "chat")] == [1, 2]
        rest = await claimed(house, 3, None, ("console", "chat"))
        assert [entry.channel for entry in rest] == ["gone", "gone", "away"]
        assert [entry.handle for entry in await claimed(house, 9, None, ("console", "chat"))] == [
            CY
        ]
        assert [entry.channel for entry in await claimed(house, 9, None)] == ["console"]
