"""Stories of drivers at work: on and off duty, silence, deliveries, languages, groups."""

from __future__ import annotations

from datetime import timedelta

from core.domain import JobStatus
from tests.stories_chat.office import Office


async def test_off_duty_for_a_while_and_back(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    dan.writes("/off 2h")
    await office.settles()
    await office.offers("A-1")
    assert "A-1" in eve.told[-1].text
    dan.writes("/on")
    await office.settles()
    await office.offers("B-2")
    assert "B-2" in dan.told[-1].text
    dan.writes("/jobs")
    await office.settles()
    assert "Open offers" in dan.told[-1].text


async def test_stop_means_silence_until_start(office: Office) -> None:
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    dan.writes("/stop")
    await office.settles()
    before = len(dan.told)
    await office.offers("A-1")
    assert len(dan.told) == before
    assert "A-1" in eve.told[-1].text
    dan.starts()
    await office.settles()
    await office.offers("B-2")
    assert "B-2" in dan.told[-1].text


async def test_delivered_with_a_photo_as_proof(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers(pickup_in=timedelta(hours=2))
    dan.presses_on("YES")
    await office.settles()
    dan.sends_photo("left with reception")
    await office.settles()
    assert "reception" in await office.story(job_id)
    assert (await office.job(job_id)).status == JobStatus.COMPLETED


async def test_delivered_by_button_completes_the_job_and_ends_its_buttons(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers(pickup_in=timedelta(hours=2))
    dan.presses_on("YES")
    await office.settles()
    booked = dan.told[-1]
    dan.presses_on("Delivered")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.COMPLETED
    assert not dan.unanswered
    assert "Delivered" not in "".join(booked.labels)


async def test_a_driver_is_spoken_to_in_their_language(office: Office) -> None:
    jan = await office.driver("Jan", language="pl")
    await office.offers()
    assert any("TAK" in label for label in jan.told[-1].labels)
    jan.writes("tak")
    await office.settles()
    assert "Can't make it" not in jan.told[-1].labels
    assert ((await office.job(1)).status) == JobStatus.ASSIGNED


async def test_in_a_group_nothing_is_said(office: Office) -> None:
    dan = await office.driver("Dan")
    job_id = await office.offers()
    group = office.chat.group("Drivers")
    dan.writes_in(group, "YES")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.OFFERING
    assert not [message for message in group.messages if message.by_bot]
