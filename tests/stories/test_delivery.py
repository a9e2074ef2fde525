"""Stories of messages that do not arrive: retried, sent elsewhere, given up loudly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.domain import API, MessageKind
from core.drafts import AgentDraft
from core.outbox.claims import claim
from core.outbox.settling import pause_before_retry
from tests.house import JO, NOON, House, open_house, phone


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office that reaches drivers by chat, by mail, or on the console."""
    async with open_house(database_url, channels=("chat", "email", "console")) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


async def mail_driver(office: House, number: int) -> None:
    """Add a driver who is reached by mail."""
    draft = AgentDraft(f"Mail {number}", phone(number), number, email=f"m{number}@example.com")
    await office.router.sync_agents([draft], API)


async def test_the_console_is_no_fallback_for_who_has_another_address(office: House) -> None:
    await mail_driver(office, 1)
    await office.offering()
    assert [m.kind for m in await office.told("m1@example.com", "email")] == [MessageKind.OFFER]
    assert await office.heard(1) == []


async def test_a_dead_address_moves_the_offer_to_the_next_driver_and_alerts(
    office: House,
) -> None:
    await mail_driver(office, 1)
    await mail_driver(office, 2)
    office.channels["email"].refuse("m1@example.com", "no such mailbox")
    job_id = await office.offering()
    await office.told()
    assert [o.status for o in await office.offers(job_id)] == ["undeliverable", "sent"]
    assert await office.alerts() == ["undeliverable"]
    agent = await office.router.records.agent(1)
    assert agent is not None
    assert {a.channel: a.state for a in agent.addresses}["email"] == "undeliverable"


async def test_a_busy_channel_is_tried_again_and_the_offer_stays(office: House) -> None:
    await mail_driver(office, 1)
    office.channels["email"].fail("m1@example.com", "greylisted")
    job_id = await office.offering()
    await office.passes(seconds=1)
    assert (await office.offers(job_id))[0].delivery == "queued"
    office.channels["email"].recover("m1@example.com")
    await office.passes(seconds=10)
    assert (await office.offers(job_id))[0].delivery == "sent"


async def test_an_offer_that_cannot_leave_for_two_minutes_goes_to_the_next(office: House) -> None:
    await mail_driver(office, 1)
    await mail_driver(office, 2)
    office.channels["email"].fail("m1@example.com", "greylisted")
    job_id = await office.offering()
    for _ in range(13):
        await office.passes(seconds=10)
    assert [o.status for o in await office.offers(job_id)] == ["undeliverable", "sent"]
    agent = await office.router.records.agent(1)
    assert agent is not None
    assert {a.state for a in agent.addresses} == {"usable"}


async def test_a_message_that_leaves_late_takes_its_window_with_it(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    house.clock.advance(timedelta(minutes=5))
    offer = await house.told(phone(1))
    assert "by 12:35" in offer[0].text
    assert (await house.offers(job_id))[0].expires_at == NOON + timedelta(minutes=35)


async def test_a_message_that_leaves_too_late_is_not_sent_and_the_job_decides_anew(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await house.offering(pickup_in=timedelta(minutes=20))
    house.clock.advance(timedelta(minutes=18))
    assert await house.heard(1) == []
    job = await house.shown(job_id)
    assert job.status == "uncovered"
    assert [o.status for o in job.offers or ()] == ["rescinded"]


async def test_what_became_untrue_is_never_sent(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.router.cancel(job_id, JO)
    assert await house.told() == []
    states = await house.rows("SELECT DISTINCT state FROM outbox")
    assert [s["state"] for s in states] == ["dropped"]


async def test_an_attempt_that_may_have_arrived_is_repeated_and_says_so(house: House) -> None:
    await house.drivers("One")
    await house.offering()
    await house.router.do(claim, 10)  # a relay that dies before it can settle
    assert await house.heard(1) == []
    house.clock.advance(timedelta(seconds=31))
    again = await house.told(phone(1))
    assert [m.repeat for m in again] == [True]
    assert "may have received this already" in again[0].text


async def test_a_hanging_channel_delays_nobody_else(office: House) -> None:
    await mail_driver(office, 1)
    await mail_driver(office, 2)
    office.channels["email"].fail("m1@example.com")
    await office.offering("A-1")
    await office.offering("A-2")
    await office.says(1, "NO 30")
    assert [m.kind for m in await office.told("m2@example.com", "email")] == [MessageKind.OFFER]


@pytest.mark.parametrize(
    ("attempts", "waited", "retry_after", "seconds"),
    [
        (1, 0, None, 1),
        (2, 1, None, 2),
        (3, 3, None, 5),
        (4, 8, None, 10),
        (5, 18, None, 30),
        (40, 599, None, 30),
        (41, 600, None, 60),
        (400, 9_000, None, 60),
        (1, 0, 17.5, 17.5),
        (41, 600, 5.0, 60),
    ],
)
def test_the_pause_grows_and_a_long_outage_is_asked_once_a_minute(
    attempts: int, waited: int, retry_after: float | None, seconds: float
) -> None:
    pause = pause_before_retry(attempts, timedelta(seconds=waited), retry_after)
    assert pause == timedelta(seconds=seconds)


async def test_who_asks_for_a_pause_is_left_alone_and_nobody_else(office: House) -> None:
    await mail_driver(office, 1)
    await mail_driver(office, 2)
    email = office.channels["email"]
    job_id = await office.offering(policy="broadcast")
    await office.told()
    email.fail("m1@example.com", "too many", retry_after=60)
    await office.router.cancel(job_id, JO)
    await office.passes(seconds=1)
    email.recover("m1@example.com")
    assert [m.kind for m in await office.told("m2@example.com", "email")][-1:] == [
        MessageKind.WITHDRAWN
    ]
    await office.passes(seconds=50)
    assert [m.kind for m in await office.told("m1@example.com", "email")] == [MessageKind.OFFER]
    await office.passes(seconds=10)
    assert [m.kind for m in await office.told("m1@example.com", "email")] == [MessageKind.WITHDRAWN]
