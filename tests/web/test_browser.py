"""The pages in a real browser: a telephone's screen, scripts switched off, served by uvicorn."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browsing import Seen
from tests.web.conftest import Web

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}


async def open_page(browser: Browser, url: str) -> Page:
    """Open a page on a telephone with scripts switched off."""
    page = await browser.new_page(viewport=PHONE, java_script_enabled=False)
    await page.goto(url)
    return page


async def status_of(web: Web) -> str:
    """Return the status of the only job."""
    status: str = (await web.get("/jobs/1")).body["status"]
    return status


async def test_a_coordinator_approves_and_offers(web: Web, served: str, browser: Browser) -> None:
    await web.sync()
    link = await web.new_link(coordinator_email="jo@example.com", notes="Ring first.")
    page = await open_page(browser, served + link)
    assert await page.get_by_role("heading", name="Job VC8Y-3").is_visible()
    assert await page.get_by_text("Fri 30 Jan 2026, 14:30").is_visible()
    assert await status_of(web) == "needs_approval"
    await page.get_by_role("button", name="Approve and offer").click()
    assert await page.get_by_text("Already approved by jo@example.com").is_visible()
    assert await page.get_by_role("button").count() == 0
    assert page.url == served + link
    assert await status_of(web) == "offering"


async def test_a_coordinator_rejects_with_a_reason(web: Web, served: str, browser: Browser) -> None:
    link = await web.new_link()
    page = await open_page(browser, served + link)
    assert not await page.get_by_role("button", name="Reject", exact=True).is_visible()
    await page.get_by_text("Reject this job").click()
    await page.get_by_label("Reason").fill("wrong day")
    await page.get_by_role("button", name="Reject", exact=True).click()
    assert await page.get_by_text("wrong day").is_visible()
    job = (await web.get("/jobs/1")).body
    assert (job["status"], job["decision_reason"]) == ("rejected", "wrong day")


async def test_the_page_fits_a_telephone_in_both_colours(
    web: Web, served: str, browser: Browser
) -> None:
    link = await web.new_link(
        sheet_job_id="A-VERY-LONG-REFERENCE-" * 5,
        notes="https://example.com/" + "x" * 150,
        pickup_date="29/01/2026",
        vehicle_type=None,
    )
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page = await browser.new_page(viewport=PHONE, color_scheme=scheme)
        await page.goto(served + link)
        assert await page.get_by_text("The pickup is past already").is_visible()
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]


async def test_the_documentation_shows_every_route_under_its_policy(
    web: Web, served: str, browser: Browser
) -> None:
    page = await browser.new_page()
    seen = Seen.of(page)
    await page.goto(served + "/docs")
    await page.locator(".opblock-summary").first.wait_for()
    described = (await web.get("/openapi.json")).body["paths"]
    assert await page.locator(".opblock-summary").count() == sum(map(len, described.values()))
    await page.locator(".opblock-summary").filter(has_text="Bring in a job").click()
    await page.get_by_text("sheet_job_id").first.wait_for()
    assert seen.complaints == []
    assert all(url.startswith((served, "data:")) for url in seen.asked)
