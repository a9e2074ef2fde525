"""Stories of jobs brought by mail: made, numbered, updated, proposed, left to a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.channel import NewJobs
from core.domain import MessageKind
from core.drafts import FieldRead, JobDraft, JobReading
from core.job_warnings import NO_VEHICLE
from core.outcomes import Done
from tests.house import JO, House
from tests.stories.office import (
    JO_AT,
    JO_IN_CHAT,
    come_at_once,
    comes,
    inbox,
    join,
    mail_drivers,
    open_office,
)

HOUR = timedelta(hours=1)
ANN = "ann@customer.test"
TWO_PM = datetime(2026, 1, 31, 14, 0, tzinfo=UTC)
READ = JobReading(
    JobDraft(
        "VC8Y-3",
        pickup_date="tomorrow",
        pickup_time="2pm",
        pickup_at=TWO_PM,
        origin="Leeds",
        destination="York",
        vehicle_type="Van",
        pay="£90",
    ),
    fields=(FieldRead("pickup", "tomorrow 2pm", "Sat 31 Jan 2026 14:00"),),
    warnings=("no contact was found",),
)


def reading(reference: str = "VC8Y-3", *, cancels: bool = False, **changes: Any) -> JobReading:
    draft = replace(READ.draft, sheet_job_id=reference, **changes)
    return replace(READ, draft=draft, cancels=cancels)


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    async with open_office(database_url) as opened:
        yield opened


async def brings(office: House, *readings: JobReading) -> None:
    await comes(office, "email", NewJobs(ANN, readings, context={"message_id": "<1@x>"}))


async def receipts(office: House) -> list[Sequence[dict[str, Any]]]:
    """Return what Ann was newly told about her jobs, a list for each receipt."""
    told = [m for m in await office.told(ANN, "email") if m.kind is MessageKind.RECEIPT]
    assert all(m.facts["context"] == {"message_id": "<1@x>"} for m in told)
    return [m.facts["jobs"] for m in told]


async def results(office: House) -> list[str]:
    return [job["result"] for jobs in await receipts(office) for job in jobs]


async def test_a_job_is_made_its_coordinator_asked_and_the_sender_shown_how_it_was_read(
    office: House,
) -> None:
    await brings(office, READ)
    told = await office.told(ANN, "email")
    assert "tomorrow 2pm" in told[0].text
    (job,) = told[0].facts["jobs"]
    assert (job["reference"], job["result"]) == ("VC8Y-3", "created")
    assert job["fields"] == [["pickup", "tomorrow 2pm", "Sat 31 Jan 2026 14:00"]]
    (asked,) = await office.told(JO_AT, "email")
    assert (asked.kind, asked.facts["warnings"]) == (
        MessageKind.APPROVAL_REQUEST,
        ["no contact was found"],
    )
    assert "no contact was found" in asked.text
    shown = await office.shown(job["job_id"])
    assert (shown.pickup_at, shown.warnings) == (TWO_PM, ("no contact was found",))
    assert isinstance(await office.router.overrides.edit(shown.id, {"pay": "£95"}, JO), Done)


async def test_the_job_goes_to_the_coordinator_whom_it_names(office: House) -> None:
    await brings(office, reading(coordinator_email="sam@example.com"))
    assert [m.kind for m in await office.told("sam@example.com", "email")] == [
        MessageKind.APPROVAL_REQUEST
    ]
    assert await office.told(JO_AT, "email") == []


async def test_jobs_without_a_reference_are_numbered_past_the_numbers_that_people_use(
    office: House,
) -> None:
    await office.job("M-2")
    await brings(office, reading(""), reading(""))
    assert [j["reference"] for (jobs) in await receipts(office) for j in jobs] == ["M-1", "M-3"]


async def test_the_same_mail_again_changes_nothing(office: House) -> None:
    await brings(office, READ)
    await brings(office, READ)
    await brings(office, replace(READ, draft=replace(READ.draft, pickup_date="31/01/2026")))
    assert (await results(office))[:2] == ["created", "already_exists"]
    assert len((await office.router.records.jobs()).rows) == 1
    assert (await office.shown(1)).version == 1


async def test_before_approval_a_known_reference_updates_the_job_and_asks_anew(
    office: House,
) -> None:
    await brings(office, READ)
    first = await office.told(JO_AT, "email")
    await brings(office, reading(pay="£100", pickup_at=TWO_PM.replace(hour=15)))
    await brings(office, reading(pay=None, notes="Ring the bell", pickup_at=None))
    assert await results(office) == ["created", "updated", "updated"]
    job = await office.shown(1)
    assert (job.pay, job.notes, job.version) == ("£100", "Ring the bell", 2)
    assert job.pickup_at == TWO_PM.replace(hour=15)
    again = await office.told(JO_AT, "email")
    assert [m.kind for m in (*first, *again)] == [MessageKind.APPROVAL_REQUEST] * 3
    assert again[-1].facts["notes"] == "Ring the bell"


async def test_a_day_alone_leaves_the_time_as_it_is(office: House) -> None:
    await brings(office, READ)
    monday = datetime(2026, 2, 2, tzinfo=UTC)
    await brings(
        office,
        reading(pickup_at=monday, pickup_date_only=True, pickup_date="2 Feb", pickup_time=None),
    )
    assert (await office.shown(1)).pickup_at == monday.replace(hour=14)


async def test_after_approval_a_change_is_proposed_and_nothing_changes(office: House) -> None:
    await brings(office, READ)
    await office.router.approve(1, JO)
    for _ in range(2):
        await brings(office, reading(pay="£100"))
    assert (await results(office))[:2] == ["created", "change_proposed"]
    assert await office.alerts() == ["change_proposed"]
    (alert,) = [m for m in await office.told(JO_AT, "email") if m.kind is MessageKind.ALERT]
    assert "pay: £90 → £100" in alert.text
    job = await office.shown(1)
    assert (job.pay, job.version, job.status) == ("£90", 1, "approved")


async def test_cancelling_is_proposed_before_and_after_approval(office: House) -> None:
    await brings(office, READ)
    await brings(office, reading(cancels=True))
    assert await results(office) == ["created", "cancel_proposed"]
    assert await office.alerts() == ["cancel_proposed"]
    assert (await office.shown(1)).status == "needs_approval"
    await office.router.cancel(1, JO)
    assert await office.alerts() == []
    office.clock.advance(HOUR)
    await brings(office, reading(cancels=True))
    assert await results(office) == ["already_exists"]


async def test_what_cannot_be_read_waits_for_a_person_and_the_rest_is_made(office: House) -> None:
    unreadable = replace(reading("BAD"), problems=("31/02/2027 is no date",))
    await brings(office, unreadable, reading("GOOD"), reading("GONE", cancels=True))
    (jobs,) = await receipts(office)
    assert [(j["reference"], j["result"]) for j in jobs] == [
        ("BAD", "waits_for_person"),
        ("GOOD", "created"),
        ("GONE", "waits_for_person"),
    ]
    assert [j.sheet_job_id for j in (await office.router.records.jobs()).rows] == ["GOOD"]
    ((state, reason),) = await inbox(office)
    assert state == "needs_person"
    assert reason is not None
    assert "BAD: 31/02/2027 is no date" in reason


async def test_a_job_that_is_over_is_left_to_a_person(office: House) -> None:
    await brings(office, READ)
    await office.router.reject(1, JO)
    await brings(office, reading(pay="£100"))
    assert await results(office) == ["created", "waits_for_person"]
    assert (await office.shown(1)).pay == "£90"


async def test_the_same_reference_twice_at_once_makes_one_job(office: House) -> None:
    once = NewJobs(ANN, (READ,))
    other = NewJobs("bob@customer.test", (READ,))
    await come_at_once(office, "email", once, other)
    told = [await office.told(who, "email") for who in (ANN, "bob@customer.test")]
    found = sorted(m.facts["jobs"][0]["result"] for messages in told for m in messages)
    assert found == ["already_exists", "created"]
    assert len((await office.router.records.jobs()).rows) == 1
    assert len(await office.told(JO_AT, "email")) == 1


async def test_many_without_a_reference_at_once_all_get_their_own_number(office: House) -> None:
    each = [NewJobs(f"c{n}@customer.test", (reading(""),)) for n in range(8)]
    await come_at_once(office, "email", *each)
    rows = (await office.router.records.jobs(limit=500)).rows
    assert sorted(j.sheet_job_id for j in rows) == [f"M-{n}" for n in range(1, 9)]


async def test_an_update_and_an_approval_at_once_never_approve_what_nobody_saw(
    office: House,
) -> None:
    await brings(office, READ)
    await office.channels["email"].receive(NewJobs(ANN, (reading(pay="£1"),)))
    await asyncio.gather(office.reader.drain(), office.router.approve(1, JO, version=1))
    job = await office.shown(1)
    assert (job.status, job.pay) in (("approved", "£90"), ("needs_approval", "£1"))


async def test_what_was_proposed_about_people_goes_with_the_job(office: House) -> None:
    await brings(office, READ)
    await office.router.approve(1, JO)
    await brings(office, reading(contact_phone="+441132000000"))
    await office.told()
    assert "+441132000000" in await told_of(office)
    await office.router.cancel(1, JO)
    office.clock.advance(timedelta(days=91))
    await office.router.purge(office.clock.now() - timedelta(days=90), JO)
    assert "+441132000000" not in await told_of(office)
    assert (await office.shown(1)).warnings == ()


async def told_of(office: House) -> str:
    """Return all that the record says in words."""
    tables = ("jobs", "inbox", "outbox", "alerts", "events")
    return str([await office.rows(f"SELECT * FROM {table}") for table in tables])


async def test_half_a_job_changes_one_that_is_known_and_makes_none(office: House) -> None:
    half = JobReading(JobDraft("VC8Y-3", pay="£100"))
    await brings(office, half)
    office.clock.advance(HOUR)
    await brings(office, JobReading(JobDraft("", pay="£100")))
    await brings(office, READ)
    await brings(office, half)
    assert await results(office) == ["waits_for_person", "waits_for_person", "created", "updated"]
    job = await office.shown(1)
    assert (job.pay, job.origin, job.warnings) == ("£100", "Leeds", READ.warnings)


async def test_the_request_names_what_is_missing_now_and_not_what_was(office: House) -> None:
    vague = replace(reading(vehicle_type=None), warnings=(NO_VEHICLE, "two phone numbers"))
    await brings(office, vague)
    (first,) = await office.told(JO_AT, "email")
    await brings(office, reading())
    (second,) = await office.told(JO_AT, "email")
    assert first.facts["warnings"] == [NO_VEHICLE, "two phone numbers"]
    assert second.facts["warnings"] == ["two phone numbers", "no contact was found"]


async def test_in_a_chat_only_a_coordinator_brings_jobs(office: House) -> None:
    await mail_drivers(office, "Ann")
    await join(office, "chat", "101", agent_id=1)
    for handle in ("666", "101"):
        await comes(office, "chat", NewJobs(handle, (READ,)))
    assert (await office.router.records.jobs()).rows == ()
    (stranger,) = await office.told("666", "chat")
    (driver,) = await office.told("101", "chat")
    assert stranger.facts["outcome"] == "unknown_sender"
    assert driver.facts["outcome"] == "waits_for_person"
    await comes(office, "chat", NewJobs(JO_IN_CHAT, (READ,)))
    assert [j.sheet_job_id for j in (await office.router.records.jobs()).rows] == ["VC8Y-3"]
