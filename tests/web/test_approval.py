"""The approval page, as browsers, scanners and scripts use it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import Actor
from core.drafts import JobDraft
from core.outcomes import Created
from core.router.jobs import create_job
from tests.web.conftest import BASE, Web

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
AS_JSON = {"Accept": "application/json"}


def token_of(link: str) -> str:
    """Return the token of an approval page's path."""
    return link.removeprefix("/approve?token=")


async def status_of(web: Web) -> str:
    """Return the status of the only job."""
    status: str = (await web.get("/jobs/1")).body["status"]
    return status


async def test_the_page_shows_the_facts_and_asks_for_a_decision(web: Web) -> None:
    link = await web.new_link(notes="ring <b>first</b>", pay="£80")
    page = await web.get(link)
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    for text in ("VC8Y-3", "Leeds", "Manchester", "Van", "£80", "Fri 30 Jan 2026, 14:30"):
        assert text in page.text
    assert "ring &lt;b&gt;first&lt;/b&gt;" in page.text
    for action in ("approve", "approve_and_offer", "reject"):
        assert f'name="action" value="{action}"' in page.text
    assert '<input type="hidden" name="version" value="1">' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_the_page_shows_what_the_reader_of_a_mailed_job_was_unsure_of(web: Web) -> None:
    draft, mail = JobDraft("VC8Y-3", origin="Leeds"), Actor("email", "ann@customer.test")
    created = await web.router.do(create_job, draft, mail, warnings=("two times were <given>",))
    assert isinstance(created, Created)
    page = await web.get(created.approve_url.removeprefix(BASE))
    assert "Two times were &lt;given&gt;" in page.text
    assert "No destination" in page.text


async def test_opening_the_page_changes_nothing(web: Web) -> None:
    link = await web.new_link()
    before = (await web.get("/jobs/1")).body, (await web.get("/jobs/1/events")).body
    for method in ("GET", "HEAD", "GET"):
        opened = await web.ask(method, f"{link}&action=approve&utm_source=mail")
        assert opened.status == 200
    assert ((await web.get("/jobs/1")).body, (await web.get("/jobs/1/events")).body) == before


async def test_without_a_token_the_page_is_400(web: Web) -> None:
    for path in ("/approve", "/approve?token="):
        for method in ("GET", "POST"):
            page = await web.ask(method, path)
            assert page.status == 400
            assert "Missing token" in page.text
            assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("token", ["x", "%00", "WzFd.x", "%C3%A9", "a" * 5000, "%ED%A0%80"])
async def test_with_a_wrong_token_the_page_is_404(web: Web, token: str) -> None:
    for method in ("GET", "POST"):
        page = await web.ask(method, f"/approve?token={token}")
        assert page.status in (404, 422), page.text
        assert page.status == 422 or "Invalid or expired link" in page.text
        assert (await web.ask(method, f"/approve?token={token}", headers=AS_JSON)).body


async def test_a_link_ends_after_thirty_days(web: Web) -> None:
    link = await web.new_link()
    web.clock.advance(timedelta(days=31))
    assert (await web.get(link)).status == 404


@pytest.mark.parametrize(
    ("action", "status"),
    [("approve", "approved"), ("approve_and_offer", "offering"), ("reject", "rejected")],
)
async def test_a_form_decides_and_goes_back_to_the_page(web: Web, action: str, status: str) -> None:
    await web.sync()
    link = await web.new_link()
    form = {"token": token_of(link), "action": action, "reason": "", "version": "1"}
    answered = await web.post("/approve", form=form)
    assert (answered.status, answered.headers["location"]) == (303, link)
    assert await status_of(web) == status
    page = await web.get(link)
    assert "<form" not in page.text
    assert "Already" in page.text


async def test_a_form_without_a_choice_decides_nothing(web: Web) -> None:
    link = await web.new_link()
    for body in (f"token={token_of(link)}&version=1", "version=1", "reason=x"):
        answered = await web.post(link, data=body.encode(), headers=FORM)
        assert answered.status == 422, answered.text
        assert "action" in answered.text
    assert (await web.post(link, form={"action": "APPROVE"})).status == 422
    assert await status_of(web) == "needs_approval"


@pytest.mark.parametrize("headers", [{}, FORM, {"Content-Type": "application/json"}])
async def test_an_empty_body_means_approve(web: Web, headers: dict[str, str]) -> None:
    link = await web.new_link()
    assert (await web.post(link, headers=headers)).status == 303
    assert await status_of(web) == "approved"


async def test_json_is_answered_when_it_is_asked_for(web: Web) -> None:
    link = await web.new_link()
    first = await web.post(link, headers=AS_JSON)
    assert (first.status, first.body["message"]) == (200, "approved")
    assert first.body["job"]["status"] == "approved"
    again = await web.post(link, json={"action": "approve_and_offer"}, headers=AS_JSON)
    assert (again.status, again.body["message"]) == (200, "already_approved")
    assert "Already approved by" in again.body["detail"]
    refused = await web.post(link, json={"action": "reject"}, headers=AS_JSON)
    assert (refused.status, refused.body["job"]["status"]) in {
        (409, "approved"),
        (409, "uncovered"),
    }


async def test_a_second_decision_hears_of_the_first(web: Web) -> None:
    link = await web.new_link(coordinator_email="jo@example.com")
    await web.post(link, form={"action": "approve", "version": "1"})
    again = await web.post(link, form={"action": "approve", "version": "1"})
    assert again.status == 303
    page = await web.get(link)
    assert "Already approved by jo@example.com at Fri 30 Jan 2026, 12:00" in page.text
    refused = await web.post(link, form={"action": "reject", "version": "1"})
    assert refused.status == 409
    assert "Nothing was changed" in refused.text
    assert "Already approved by" in refused.text


async def test_a_rejected_or_cancelled_job_says_so(web: Web) -> None:
    link = await web.new_link()
    await web.post(link, form={"action": "reject", "reason": "wrong day"})
    answered = await web.post(link, form={"action": "approve"})
    assert answered.status == 409
    assert "Already rejected" in answered.text
    assert "wrong day" in answered.text
    other = await web.new_link(sheet_job_id="A-2")
    await web.post("/jobs/2/cancel")
    answered = await web.post(other, form={"action": "approve"})
    assert answered.status == 409
    assert "Cancelled at" in answered.text


async def test_another_version_shows_the_new_facts_instead(web: Web) -> None:
    link = await web.new_link()
    page = await web.post(link, form={"action": "approve", "version": "2"})
    assert page.status == 409
    assert "changed while you were looking" in page.text
    assert '<input type="hidden" name="version" value="1">' in page.text
    answered = await web.post(link, form={"action": "approve", "version": "2"}, headers=AS_JSON)
    assert (answered.status, answered.body["error"]) == (409, "version_changed")
    assert answered.body["job"]["version"] == 1
    assert await status_of(web) == "needs_approval"


@pytest.mark.parametrize("version", ["x", "0", "-1", "1.5", "99999999999"])
async def test_a_version_is_a_small_number(web: Web, version: str) -> None:
    link = await web.new_link()
    answered = await web.post(link, form={"action": "approve", "version": version})
    assert answered.status == 422
    assert "version" in answered.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pickup_date": None, "pickup_time": None}, "No pickup date"),
        ({"pickup_date": "29/01/2026"}, "The pickup is past already"),
        ({"pickup_time": "12:02"}, "Too little time is left"),
        ({"pickup_time": "12:20"}, "Time is short: 20 min"),
        ({"origin": None}, "No origin"),
        ({"vehicle_type": None}, "No vehicle type"),
    ],
)
async def test_the_page_warns(web: Web, changes: dict[str, str | None], said: str) -> None:
    link = await web.new_link(**changes)
    assert said in (await web.get(link)).text


async def test_a_complete_job_in_good_time_has_no_warning(web: Web) -> None:
    link = await web.new_link(policy="default")
    assert "Before you approve" not in (await web.get(link)).text


async def test_the_pages_are_not_kept_and_not_framed(web: Web) -> None:
    page = await web.get(await web.new_link())
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
