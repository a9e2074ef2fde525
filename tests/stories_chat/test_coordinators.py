"""Stories of coordinators in chat: decide by button, reject with a reason, act on alerts, bring."""

from __future__ import annotations

from core.domain import JobStatus
from tests.stories_chat.office import JO, Office


async def test_a_coordinator_approves_and_offers_by_button(office: Office) -> None:
    dan, jo = await office.driver("Dan"), await office.coordinator()
    job_id = await office.arrives(pay="£50")
    request = jo.told[-1]
    assert "£50" in request.text
    jo.presses_on("Approve and offer")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.OFFERING
    assert "✅ YES" in dan.told[-1].labels
    assert not jo.unanswered
    assert not request.buttons
    jo.presses_data(f"ao:{job_id}:1", request)
    await office.settles()
    assert not jo.unanswered


async def test_a_job_is_rejected_with_a_reason_by_reply(office: Office) -> None:
    jo = await office.coordinator()
    job_id = await office.arrives()
    jo.presses_on("Reject")
    await office.chat.until(lambda: "Why is it rejected" in jo.told[-1].text)
    jo.writes("wrong day", reply_to=jo.told[-1])
    await office.settles()
    job = await office.job(job_id)
    assert (job.status, job.decision_reason) == (JobStatus.REJECTED, "wrong day")


async def test_a_job_is_rejected_without_a_reason(office: Office) -> None:
    jo = await office.coordinator()
    job_id = await office.arrives()
    jo.presses_on("Reject")
    await office.chat.until(lambda: any("without" in m for m in jo.told[-2].labels))
    jo.presses_on("without a reason", jo.told[-2])
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.REJECTED


async def test_an_uncovered_job_is_asked_again_from_its_alert(office: Office) -> None:
    dan, jo = await office.driver("Dan"), await office.coordinator()
    job_id = await office.offers()
    dan.presses_on("NO")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.UNCOVERED
    jo.presses_on("Ask the drivers again")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.OFFERING
    assert not jo.unanswered
    dan.presses_on("YES")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED


async def test_an_uncovered_job_is_assigned_by_name(office: Office) -> None:
    dan, jo = await office.driver("Dan"), await office.coordinator()
    job_id = await office.offers()
    dan.presses_on("NO")
    await office.settles()
    jo.presses_on("Assign to")
    await office.settles()
    jo.presses_on("Dan")
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.ASSIGNED
    assert not jo.unanswered
    assert "Leeds" in dan.told[-1].text


async def test_a_driver_cannot_approve(office: Office) -> None:
    dan = await office.driver("Dan")
    await office.coordinator()
    job_id = await office.arrives()
    dan.presses_data(f"a:{job_id}:1", dan.told[-1])
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.NEEDS_APPROVAL
    assert not dan.unanswered


async def test_an_edit_before_approval_shows_the_new_facts(office: Office) -> None:
    jo = await office.coordinator()
    job_id = await office.arrives(pay="£50")
    request = jo.told[-1]
    await office.router.overrides.edit(job_id, {"pay": "£60"}, JO)
    await office.settles()
    assert any("£60" in message.text for message in jo.told)
    jo.presses_on("✅ Approve", request if request.buttons else None)
    await office.settles()
    assert (await office.job(job_id)).status == JobStatus.APPROVED
    assert not jo.unanswered


async def test_a_new_job_is_brought_in_chat(office: Office) -> None:
    jo = await office.coordinator()
    jo.writes("/new VC8Y-4 Leeds to York tomorrow 2pm, van please")
    await office.settles()
    page = await office.router.records.jobs()
    (job,) = page.rows
    assert (job.sheet_job_id, job.origin, job.destination) == ("VC8Y-4", "Leeds", "York")
    assert any("VC8Y-4" in message.text for message in jo.told)


async def test_the_status_of_all_is_asked_for(office: Office) -> None:
    dan, jo = await office.driver("Dan"), await office.coordinator()
    await office.offers()
    jo.writes("/status")
    await office.settles()
    assert "VC8Y-3" in jo.told[-1].text
    assert "being asked" in jo.told[-1].text
    dan.presses_on("YES")
    await office.settles()
    jo.writes("/status")
    await office.settles()
    assert "Dan" in jo.told[-1].text
