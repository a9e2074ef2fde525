"""Stories that the simulation told first: each was a fault once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.domain import MessageKind
from tests.house import House, open_house

OFFICE = "office@example.com"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office whose coordinator reads mail."""
    async with open_house(
        database_url, channels=("email", "console"), default_coordinator_email=OFFICE
    ) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


async def test_an_alert_that_could_not_leave_for_hours_arrives_once_with_its_newest_words(
    office: House,
) -> None:
    await office.drivers("One", active=False)
    office.channels["email"].fail(OFFICE, "away", retry_after=600.0)
    job_id = await office.approved()
    await office.start(job_id)
    for _ in range(12):
        await office.passes(minutes=15)
    office.channels["email"].recover(OFFICE)
    await office.passes(minutes=10)
    alerts = [m for m in await office.told(OFFICE, "email") if m.kind is MessageKind.ALERT]
    assert [m.facts["cause"] for m in alerts] == ["uncovered"]
    assert alerts[0].facts["times_said"] == 13
