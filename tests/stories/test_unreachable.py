"""Who has the job and who no longer has it is told to the driver, or else to the office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.alerts import resolve_alerts
from core.domain import API, AlertCause, MessageKind
from core.drafts import AgentDraft
from core.outcomes import Done
from tests.house import JO, House, open_house, phone
from tests.stories.office import mail_drivers

ANN = "d1@example.com"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office that reaches drivers by mail."""
    async with open_house(database_url, channels=("email", "console")) as opened:
        await mail_drivers(opened, "Ann", "Bob")
        yield opened
        assert await opened.broken_invariants() == ()


async def told(office: House, handle: str) -> list[MessageKind]:
    return [message.kind for message in await office.told(handle, "email")]


async def address_dies(office: House, handle: str = ANN) -> None:
    """Have the driver's only Address found dead, by an offer of some other job."""
    office.channels["email"].refuse(handle, "no such mailbox")
    other = await office.offering(f"of {handle}")
    await office.told()
    await office.router.cancel(other, JO)
    for alert in (await office.router.records.alerts()).rows:
        await office.router.acknowledge(alert.id, JO)


async def alerted(office: House) -> list[tuple[str, str | None]]:
    """Return which drivers cannot be told of something, each with what the office reads."""
    alerts = (await office.router.records.alerts()).rows
    return [(a.cause, a.reason) for a in alerts if a.cause == "undeliverable"]


@pytest.mark.parametrize("ending", ["cancel", "take_back"])
async def test_a_driver_who_has_a_job_by_hand_and_cannot_be_told_that_it_is_gone_is_alerted_about(
    office: House, ending: str
) -> None:
    job_id = await office.approved("A-1")
    assert isinstance(await office.router.assign(job_id, 1, JO), Done)
    assert await told(office, ANN) == [MessageKind.BOOKED]
    await address_dies(office)
    if ending == "cancel":
        await office.router.cancel(job_id, JO)
    else:
        await office.router.overrides.take_back(job_id, JO)
    reason = "Ann no longer has the job and cannot be told of it"
    assert await alerted(office) == [("undeliverable", reason)]


async def test_a_driver_who_said_yes_and_cannot_be_told_that_it_is_gone_is_alerted_about(
    office: House,
) -> None:
    job_id = await office.offering("A-1")
    await office.told()
    await office.says(1, "YES")
    await office.told()
    await address_dies(office)
    await office.router.cancel(job_id, JO)
    await office.told()
    reason = "Ann no longer has the job and cannot be told of it"
    assert await alerted(office) == [("undeliverable", reason)]


async def test_the_next_address_is_told_when_the_one_asked_at_is_dead(database_url: str) -> None:
    async with open_house(database_url, channels=("telegram", "email", "console")) as office:
        draft = AgentDraft("Ann", phone(1), 1, email=ANN, telegram=1001)
        await office.router.sync_agents([draft], API)
        job_id = await office.offering("A-1")
        assert [m.kind for m in await office.told("1001", "telegram")] == [MessageKind.OFFER]
        await office.says(1, "YES")
        office.channels["telegram"].refuse("1001", "blocked by its reader")
        await office.offering("B-2")
        await office.told()
        await office.router.cancel(job_id, JO)
        kinds = [m.kind for m in await office.told(ANN, "email")]
        assert kinds[-1] is MessageKind.WITHDRAWN
        assert await alerted(office) == []


async def test_of_two_drivers_who_cannot_be_told_of_one_job_each_is_alerted_about(
    office: House,
) -> None:
    await address_dies(office)
    await address_dies(office, "d2@example.com")
    job_id = await office.approved("A-1")
    for agent_id in (1, 2):
        await office.router.assign(job_id, agent_id, JO)
        await office.router.overrides.take_back(job_id, JO)
    assert [reason for _, reason in await alerted(office)] == [
        "Ann no longer has the job and cannot be told of it",
        "Bob no longer has the job and cannot be told of it",
    ]


async def test_what_could_not_be_told_is_moot_once_the_job_is_done(office: House) -> None:
    await address_dies(office)
    job_id = await office.approved("A-1", pickup_in=timedelta(hours=2))
    await office.router.assign(job_id, 1, JO)
    reason = "Ann was given the job by hand but cannot be told of it"
    assert await alerted(office) == [("undeliverable", reason)]
    await office.router.complete(job_id, JO)
    assert await alerted(office) == []


async def test_what_could_not_be_told_of_one_job_stays_when_another_is_done(
    office: House,
) -> None:
    await address_dies(office)
    first, second = await office.approved("A-1"), await office.approved("B-2")
    for job_id in (first, second):
        await office.router.assign(job_id, 1, JO)
    await office.router.complete(first, JO)
    assert [(a.cause, a.job_id) for a in (await office.router.records.alerts()).rows] == [
        ("undeliverable", second)
    ]
    ended = "SELECT resolved_at FROM alerts WHERE job_id = $1"
    before = await office.rows(ended, first)
    office.clock.advance(timedelta(minutes=1))
    await office.router.do(resolve_alerts, first, AlertCause.UNDELIVERABLE)
    assert await office.rows(ended, first) == before


async def test_an_offer_to_an_address_found_dead_meanwhile_goes_to_the_next_driver_at_once(
    office: House,
) -> None:
    office.channels["email"].refuse(ANN, "no such mailbox")
    first, second = await office.offering("A-1"), await office.offering("A-2")
    await office.told()
    for job_id in (first, second):
        offers = await office.offers(job_id)
        assert [(o.agent_id, o.status) for o in offers] == [(1, "undeliverable"), (2, "sent")]


async def test_an_offer_that_was_read_stays_open_when_its_address_dies_afterwards(
    office: House,
) -> None:
    job_id = await office.offering("A-1")
    await office.told()
    await address_dies(office)
    await office.router.overrides.edit(job_id, {"notes": "ring twice"}, JO)
    await office.told()
    assert [(o.agent_id, o.status) for o in await office.offers(job_id)] == [(1, "sent")]
    assert (await office.says(1, "YES", job_id=job_id)).code == "accepted"
