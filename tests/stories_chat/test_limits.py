"""Many offers at once: thirty a second in all, one a second in a chat, and every one arrives.

`CHAT_OFFERS=1000 pytest tests/stories_chat/test_limits.py` is the long form.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from datetime import timedelta

from bot.chat_server import Limits
from channels.telegram.pacing import Pace
from core.domain import Policy
from tests.stories_chat.office import Office, open_office

OFFERS = int(os.environ.get("CHAT_OFFERS", "90"))
A_SECOND = 30
EXACT = 0.05  # clocks and networks are not finer than that


async def test_many_offers_at_once_keep_the_limits_and_all_arrive(story_url: str) -> None:
    async with open_office(story_url, policy=Policy(width=0), pace=Pace()) as office:
        drivers = await office.crowd(OFFERS)
        office.chat.flood_gate.limits = Limits()
        await office.offers_unsettled()
        began = time.monotonic()
        await _send_for_as_long_as_it_takes(office)
        took = time.monotonic() - began
        assert all(len(driver.told) == 1 for driver in drivers)
        calls = office.chat.journal.of("sendmessage")
        assert [call.code for call in calls] == [200] * OFFERS
        assert _most_within([call.at for call in calls], 1 - EXACT) <= A_SECOND + 1
        assert took >= OFFERS / A_SECOND - 1


async def test_one_chat_hears_one_message_a_second(story_url: str) -> None:
    async with open_office(story_url, pace=Pace()) as office:
        (dan,) = await office.crowd(1)
        office.chat.flood_gate.limits = Limits(chat_burst=2)
        for number in range(4):
            await office.offers_unsettled(f"J-{number}")
        await _send_for_as_long_as_it_takes(office)
        assert len(dan.told) == 4
        times = [call.at for call in office.chat.journal.of("sendmessage") if call.code == 200]
        assert all(later - one >= 1 - EXACT for one, later in itertools.pairwise(times))
        assert 429 not in [call.code for call in office.chat.journal.calls]


async def _send_for_as_long_as_it_takes(office: Office) -> None:
    """Let the office's clock run with the real one until nothing waits to be sent."""
    before = time.monotonic()
    while await office.rows("SELECT id FROM outbox WHERE state = 'queued' LIMIT 1"):
        await office.relay.drain()
        await asyncio.sleep(0.05)
        now = time.monotonic()
        office.clock.advance(timedelta(seconds=now - before))
        before = now


def _most_within(moments: list[float], seconds: float) -> int:
    """Return the most moments that lie within so many seconds."""
    return max(sum(0 <= other - one < seconds for other in moments) for one in moments)
