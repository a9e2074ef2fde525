"""Stories of drivers who say that a job is delivered, in words, by a press, or with a photo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from core.channel import Done, Reply
from tests.house import JO, House
from tests.stories.office import (
    JO_IN_CHAT,
    answers,
    come_at_once,
    comes,
    join,
    open_office,
    outcomes,
)

PHOTO = {"file": "abc"}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    async with open_office(database_url) as opened:
        await opened.drivers("One", "Two")
        await join(opened, "chat", "101", agent_id=1)
        await join(opened, "chat", "102", agent_id=2)
        yield opened


async def booked(office: House, reference: str = "VC8Y-3") -> tuple[int, int]:
    """Have the first driver take a job; return the ids of job and offer."""
    job_id = await office.offering(reference)
    (offer,) = await office.offers(job_id)
    await comes(office, "chat", Reply("101", "yes", offer_id=offer.id))
    return job_id, offer.id


async def proofs(office: House, job_id: int) -> list[tuple[str, Any]]:
    page = await office.router.records.events(job_id, limit=500)
    assert page is not None
    return [(e.kind, e.facts["proof"]) for e in page.rows if e.facts and "proof" in e.facts]


@pytest.mark.parametrize("said", ["Delivered", "done!", "DONE 30"])
async def test_a_word_completes_the_only_job(office: House, said: str) -> None:
    job_id, _ = await booked(office)
    await comes(office, "chat", Reply("101", said, context={"callback": "c"}))
    told = (await answers(office, "101", "chat"))[-1]
    assert (told.facts["outcome"], told.facts["context"]) == ("completed", {"callback": "c"})
    assert (await office.shown(job_id)).status == "completed"
    page = await office.router.records.events(job_id, limit=500)
    assert page is not None
    assert (page.rows[-1].actor, page.rows[-1].agent_id) == ("agent 1", 1)


async def test_the_word_means_nothing_to_who_holds_no_job(office: House) -> None:
    job_id = await office.offering()
    await comes(office, "chat", Reply("101", "done"))
    assert await outcomes(office, "101", "chat") == ["unrecognized_response"]
    assert (await office.shown(job_id)).status == "offering"


async def test_of_several_jobs_the_driver_is_asked_which_and_names_it_by_code(
    office: House,
) -> None:
    first, second = await booked(office, "ONE"), await booked(office, "TWO")
    await comes(office, "chat", Done("101", proof=PHOTO))
    (told,) = await answers(office, "101", "chat")
    assert told.facts["outcome"] == "which_job"
    assert [j["reference"] for j in told.facts["jobs"]] == ["ONE", "TWO"]
    assert [j["offer_id"] for j in told.facts["jobs"]] == [first[1], second[1]]
    assert "TWO: DONE 31" in told.text
    await comes(office, "chat", Reply("101", "done 31"))
    await comes(office, "chat", Done("101", offer_id=first[1], proof=PHOTO))
    assert [(await office.shown(j)).status for j in (first[0], second[0])] == ["completed"] * 2
    assert await proofs(office, first[0]) == [("completed", PHOTO)]


async def test_a_photo_within_a_day_of_completion_is_kept_and_later_not(office: House) -> None:
    job_id, offer_id = await booked(office)
    await comes(office, "chat", Done("101", offer_id))
    await comes(office, "chat", Done("101", offer_id, proof=PHOTO))
    office.clock.advance(timedelta(hours=25))
    await comes(office, "chat", Done("101", offer_id, proof=PHOTO))
    assert await outcomes(office, "101", "chat") == ["completed", "proof_noted", "no_job_held"]
    assert await proofs(office, job_id) == [("proof_added", PHOTO)]


async def test_delivered_twice_at_once_completes_once_and_both_are_told_so(office: House) -> None:
    job_id, offer_id = await booked(office)
    await come_at_once(office, "chat", Done("101", offer_id), Done("101", offer_id))
    assert await outcomes(office, "101", "chat") == ["completed", "completed"]
    assert (await office.story(job_id)).count("completed") == 1


async def test_delivered_and_taken_back_at_once_leave_one_truth(office: House) -> None:
    job_id, offer_id = await booked(office)
    await office.channels["chat"].receive(Done("101", offer_id))
    await asyncio.gather(
        office.reader.drain(),
        office.router.overrides.take_back(job_id, JO),
    )
    status = (await office.shown(job_id)).status
    told = (await outcomes(office, "101", "chat"))[-1]
    assert (status == "completed") == (told == "completed")


async def test_nobody_completes_the_job_of_another(office: House) -> None:
    job_id, offer_id = await booked(office)
    await comes(office, "chat", Done("102", offer_id))
    await comes(office, "chat", Done("666", offer_id))
    assert await outcomes(office, "102", "chat") == ["no_job_held"]
    assert await outcomes(office, "666", "chat") == ["unknown_sender"]
    assert (await office.shown(job_id)).status == "assigned"


@pytest.mark.parametrize("whose", ["driver", "job"])
async def test_a_photo_is_forgotten_with_its_driver_or_purged_with_its_job(
    office: House, whose: str
) -> None:
    job_id, offer_id = await booked(office)
    await comes(office, "chat", Done("101", offer_id, proof=PHOTO))
    await comes(office, "chat", Done("101", offer_id, proof=PHOTO))
    assert len(await proofs(office, job_id)) == 2
    office.clock.advance(timedelta(days=91))
    if whose == "driver":
        await office.router.forget_agent(1, JO)
    else:
        await office.router.purge(office.clock.now() - timedelta(days=90), JO)
    assert await proofs(office, job_id) == []


async def test_a_photo_from_a_coordinator_completes_nothing_and_is_answered(
    office: House,
) -> None:
    job_id, _ = await booked(office)
    await comes(office, "chat", Done(JO_IN_CHAT, proof=PHOTO))
    assert await outcomes(office, JO_IN_CHAT, "chat") == ["unclear_decision"]
    assert (await office.shown(job_id)).status == "assigned"
