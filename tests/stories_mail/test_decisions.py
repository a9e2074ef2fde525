"""Coordinators by mail: approve by reply or by link, reject with a reason, ask, act on alerts."""

from __future__ import annotations

from core.domain import JobStatus
from tests.stories_mail.office import BASE_URL, JOB, Office
from tests.stories_mail.people import links, said

APPROVED, REJECTED, OFFERING = JobStatus.APPROVED, JobStatus.REJECTED, JobStatus.OFFERING


async def test_a_job_is_approved_and_offered_by_reply(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    offer = dan.got("Job offer VC8Y-3: Leeds to York")
    assert "1 Old Road" not in said(offer)
    assert "Approved and offered: VC8Y-3" in said(office.person("Jo", "jo@example.com").mails[-1])


async def test_a_job_is_approved_and_offered_on_the_page_behind_the_one_link(
    office: Office,
) -> None:
    dan, jo, carla = (
        await office.driver("Dan"),
        await office.coordinator(),
        await office.customer(),
    )
    await carla.writes(JOB)
    (link,) = links(jo.mails[-1])
    assert link.startswith(BASE_URL)
    assert not dan.mails, "nothing happens by the link alone"
    assert await office.presses(link, action="approve_and_offer", version="1") == 303
    await office.settles()
    dan.got("Job offer VC8Y-3")
    await jo.answers("REJECT too late", jo.got("Please approve"))
    assert "Already decided" in said(jo.mails[-1])
    assert (await office.job()).status == OFFERING


async def test_approving_alone_asks_no_driver(office: Office) -> None:
    dan, jo, carla = (
        await office.driver("Dan"),
        await office.coordinator(),
        await office.customer(),
    )
    await carla.writes(JOB)
    await jo.answers("Approved, thanks", jo.got("Please approve"))
    assert (await office.job()).status == APPROVED
    assert not dan.mails
    answer = jo.mails[-1]
    assert answer["In-Reply-To"] == jo.sent[-1]["Message-ID"]
    assert answer["Subject"] == "Re: Please approve VC8Y-3: Leeds to York"


async def test_a_rejection_keeps_its_reason(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    await jo.answers("REJECT wrong day", jo.got("Please approve"))
    job = await office.job()
    assert (job.status, job.decision_reason) == (REJECTED, "wrong day")
    jo.got("Rejected: VC8Y-3")


async def test_words_that_are_not_plain_decide_nothing(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    for words in ("Looks good to me!", "approve if the van fits", ""):
        await jo.answers(words, jo.got("Please approve"))
        assert (await office.job()).status == JobStatus.NEEDS_APPROVAL
    assert sum("Nothing was decided" in said(mail) for mail in jo.mails) == 1, "once an hour"


async def test_status_tells_who_has_the_job(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    await dan.answers("YES", dan.got("Job offer"))
    jo = office.person("Jo", "jo@example.com")
    await jo.answers("STATUS", jo.got("Please approve"))
    assert "Driver: Dan" in said(jo.mails[-1])


async def test_nobody_else_decides_by_a_reply_address_that_is_not_theirs(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    count = len(carla.mails)
    await carla.answers("APPROVE AND OFFER", jo.got("Please approve"))
    assert (await office.job()).status == JobStatus.NEEDS_APPROVAL
    state, reason = await office.inbox()
    assert (state, "another address" in (reason or "")) == ("needs_person", True)
    assert len(carla.mails) == count


async def test_an_uncovered_job_is_asked_again_by_answering_its_alert(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.offered()
    await dan.answers("NO too far", dan.got("Job offer"))
    assert (await office.job()).status == JobStatus.UNCOVERED
    jo = office.person("Jo", "jo@example.com")
    await jo.answers("ask again", jo.got("NOBODY COVERS VC8Y-3"))
    assert (await office.job()).status == OFFERING
    assert dan.subjects.count("Job offer VC8Y-3: Leeds to York") == 2


async def test_an_alert_is_repeated_until_it_is_seen(office: Office) -> None:
    jo, carla = await office.coordinator(), await office.customer()
    await carla.writes(JOB)
    await jo.answers("APPROVE AND OFFER", jo.got("Please approve"))
    assert "But nobody can be asked" in said(jo.got("Approved and offered"))
    for _ in range(3):
        await office.passes(minutes=20)
    repeats = jo.subjects.count("NOBODY COVERS VC8Y-3")
    assert repeats > 1
    await jo.answers("seen", jo.got("NOBODY COVERS VC8Y-3"))
    for _ in range(3):
        await office.passes(minutes=20)
    assert jo.subjects.count("NOBODY COVERS VC8Y-3") == repeats


async def test_a_coordinator_decides_in_their_own_language(small_office: Office) -> None:
    dan, jo, carla = (
        await small_office.driver("Dan"),
        await small_office.coordinator("pl"),
        await small_office.customer(),
    )
    await carla.writes(JOB)
    request = jo.mails[-1]
    assert "VC8Y-3" in request["Subject"]
    assert not request["Subject"].startswith("Please")
    await jo.answers("zatwierdź i zaoferuj", request)
    assert (await small_office.job()).status == OFFERING, said(jo.mails[-1])
    dan.got("Job offer VC8Y-3")
