"""The whole service in chat: a time-out is punctual, floods are kept, and logs tell no secrets."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from tests.bot.chat.waiting import eventually
from tests.stories_chat.service import open_service

PUNCTUAL = 2.0  # seconds after the deadline that the next driver may be told at the latest
SLACK = 5


async def test_a_time_out_reaches_the_next_driver_within_two_seconds(tmp_path: Path) -> None:
    async with open_service(tmp_path, window="3s") as service:
        dan, eve = await service.crew("Dan", "Eve")
        job_id = await service.offers("VC8Y-3")
        await eventually(lambda: eve.told)
        offers = (await service.get(f"/jobs/{job_id}"))["offers"]
        deadline = datetime.fromisoformat(offers[0]["expires_at"]).timestamp()
        assert 0 <= eve.told[0].at - deadline < PUNCTUAL * SLACK
        await eventually(lambda: not dan.told[0].buttons)


async def test_neither_the_token_nor_a_person_is_in_the_logs(tmp_path: Path) -> None:
    async with open_service(tmp_path) as service:
        (dan,) = await service.crew("Danuta Kowalska")
        await service.offers("VC8Y-3", contact_name="Secret Contact", notes="gate code 4711")
        await eventually(lambda: dan.told)
        dan.writes("my back hurts")
        await service.chat.away()
        await asyncio.sleep(1.5)
        await service.chat.back()
        dan.presses_on("YES")
        await eventually(lambda: not dan.unanswered)
        token = service.chat.world.token
        await service.down()
        said = [line for line in service.logs if line]
        assert said
        secret = token.partition(":")[2]
        assert not [line for line in said if secret in line]
        above = [line for line in said if '"level": "debug"' not in line]
        for personal in ("Danuta", "back hurts", "4711", "Secret Contact", dan.phone[1:]):
            assert not [line for line in above if personal in line]
