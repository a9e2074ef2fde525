"""The desk: what it shows, what may be done there, and that it renews itself."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.web.conftest import Web
from tests.web.test_browser import PHONE, open_page
from web import Scope


async def test_an_empty_desk_says_so(web: Web) -> None:
    desk = await web.get("/desk")
    assert desk.status == 200
    assert "Nothing." in desk.text
    assert "None." in desk.text
    assert "<script>" not in desk.text


async def test_it_shows_who_is_asked_until_when_and_who_has_it(web: Web) -> None:
    job_id = await web.offered_job(sheet_job_id="<b>R-1")
    asked = (await web.get("/desk")).text
    assert "&lt;b&gt;R-1" in asked
    assert "being offered" in asked
    assert "Driver One" in asked
    assert "until Fri 30 Jan 2026, 12:30" in asked
    await web.router.reply("+447700900001", "YES", job_id=job_id)
    booked = (await web.get("/desk")).text
    assert "booked" in booked
    assert "Driver: <strong" in booked
    await web.post(f"/jobs/{job_id}/complete")
    assert "R-1" not in (await web.get("/desk")).text


async def test_what_needs_a_person_stands_first(web: Web) -> None:
    await web.offered_job(sheet_job_id="asked")
    await web.new_job(sheet_job_id="undecided")
    nobody = await web.new_job(sheet_job_id="lost", skills=["crane"])
    await web.post(f"/jobs/{nobody}/approve")
    await web.post(f"/jobs/{nobody}/start_offers")
    desk = (await web.get("/desk")).text
    under_way = desk[desk.index("Jobs under way") :]
    places = [under_way.index(name) for name in ("lost", "undecided", "asked")]
    assert places == sorted(places)
    assert "Nobody covers it" in desk


async def test_an_alert_is_taken_on_and_a_job_decided_from_there(web: Web) -> None:
    job_id = await web.offered_job()
    await web.router.reply("+447700900001", "ring me", job_id=job_id)
    assert "ring me" in (await web.get("/desk")).text
    taken = await web.post("/desk/alerts/1/ack")
    assert (taken.status, taken.headers["location"]) == (303, "/desk")
    assert "ring me" not in (await web.get("/desk")).text
    lost = await web.new_job(sheet_job_id="lost", skills=["crane"])
    await web.post(f"/jobs/{lost}/approve")
    await web.post(f"/jobs/{lost}/start_offers")
    await web.post("/desk/alerts/2/ack")
    assert "taken on by api" in (await web.get("/desk")).text
    assert (await web.post("/desk/alerts/99/ack")).status == 404
    await web.new_job(sheet_job_id="R-2")
    desk = (await web.get("/desk")).text
    link = desk[desk.index("/approve?token=") :].split('"')[0]
    assert "R-2" in (await web.get(link)).text


async def test_who_may_only_read_gets_no_links_that_decide(web: Web) -> None:
    await web.new_job()

    async def find_scope(_digest: str) -> Scope:
        return Scope.READ

    web.remake(find_scope=find_scope)
    web.token = "t"
    desk = await web.get("/desk")
    assert desk.status == 200
    assert "VC8Y-3" in desk.text
    assert "/approve" not in desk.text
    assert (await web.post("/desk/alerts/1/ack")).status == 403


@pytest.mark.browser
async def test_the_desk_renews_itself(web: Web, served: str, browser: Browser) -> None:
    page = await browser.new_page(viewport=PHONE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{served}/desk")
    await expect(page.get_by_text("None.")).to_be_visible()
    await web.sync()
    job_id = await web.new_job(sheet_job_id="LIVE-1")
    await expect(page.get_by_text("LIVE-1")).to_be_visible()
    await web.post(f"/jobs/{job_id}/approve")
    await web.post(f"/jobs/{job_id}/start_offers")
    await expect(page.get_by_text("Asked: Driver One")).to_be_visible()
    await web.router.reply("+447700900001", "ring me", job_id=job_id)
    await page.get_by_role("button", name="I take this on").click()
    await expect(page.get_by_text("Nothing.")).to_be_visible()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    assert complaints == []
    await page.close()


@pytest.mark.browser
async def test_the_desk_works_without_scripts(web: Web, served: str, browser: Browser) -> None:
    job_id = await web.offered_job()
    await web.router.reply("+447700900001", "ring me", job_id=job_id)
    page = await open_page(browser, f"{served}/desk")
    await page.get_by_role("button", name="I take this on").click()
    await expect(page.get_by_text("Nothing.")).to_be_visible()
    await page.get_by_role("link", name="Look again").click()
    await expect(page.get_by_text("Asked: Driver One")).to_be_visible()
