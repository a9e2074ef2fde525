"""Coordinators step in over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Web

ACTIONS: dict[str, dict[str, Any]] = {
    "pause": {},
    "resume": {},
    "skip": {},
    "extend": {"minutes": 10},
    "cutoff": {"at": "2026-01-30T13:00:00+00:00"},
    "reoffer": {},
    "offer_next": {"agent_id": 2},
    "award": {"offer_id": 1},
    "answer": {"offer_id": 1, "verdict": "NO"},
    "take_back": {},
}


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_job_that_is_not_there_is_404(web: Web, action: str) -> None:
    answered = await web.post(f"/jobs/7/{action}", json=ACTIONS[action])
    assert (answered.status, answered.body["error"]) == (404, "job_not_found")


@pytest.mark.parametrize("action", ACTIONS)
async def test_what_cannot_be_is_409_with_the_present_state(web: Web, action: str) -> None:
    await web.sync()
    job_id = await web.new_job()
    await web.post(f"/jobs/{job_id}/start_offers")
    await web.post(f"/jobs/{job_id}/cancel")
    answered = await web.post(f"/jobs/{job_id}/{action}", json=ACTIONS[action])
    assert answered.status in (404, 409)
    if answered.status == 409:
        assert answered.body["job"]["status"] == "cancelled"


async def test_a_coordinator_steers_a_job_from_pause_to_award(web: Web) -> None:
    await web.sync()
    job_id = await web.new_job()
    await web.post(f"/jobs/{job_id}/approve")
    await web.post(f"/jobs/{job_id}/start_offers")

    async def act(action: str, **body: Any) -> dict[str, Any]:
        answered = await web.post(f"/jobs/{job_id}/{action}", json=body)
        assert answered.status == 200, answered.text
        job: dict[str, Any] = answered.body
        return job

    assert (await act("pause"))["paused_at"] is not None
    assert (await act("resume"))["paused_at"] is None
    assert [o["status"] for o in (await act("skip", offer_id=1))["offers"]] == ["rescinded", "sent"]
    assert (await act("extend", minutes=5))["offers"][1]["expires_at"] > "2026-01-30T12:30"
    assert (await act("cutoff", at="2026-01-30T13:00:00Z"))["cutoff"].startswith("2026-01-30T13:00")
    assert (await act("answer", offer_id=2, verdict="NO"))["status"] == "uncovered"
    assert (await act("reoffer"))["status"] == "offering"
    assert (await act("answer", offer_id=3, verdict="NO"))["offers"][3]["status"] == "sent"
    assert (await act("award", offer_id=3))["assigned_agent_id"] == 1
    assert (await act("take_back", reason="van broke down"))["offers"][4]["agent_id"] == 2
    assert (await act("answer", offer_id=5, verdict="NO"))["status"] == "uncovered"
    assert (await act("offer_next", agent_id=2))["offers"][5]["agent_id"] == 2


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("extend", {}, "minutes"),
        ("extend", {"minutes": 0}, "minutes"),
        ("extend", {"minutes": "ten"}, "minutes"),
        ("cutoff", {"at": "tomorrow"}, "at"),
        ("cutoff", {"at": "2026-01-30T13:00:00"}, "at"),
        ("reoffer", {"policy": "fastest"}, "policy"),
        ("offer_next", {}, "agent_id"),
        ("award", {"offer_id": "x"}, "offer_id"),
        ("answer", {"offer_id": 1, "verdict": "MAYBE"}, "verdict"),
        ("pause", {"for": "ever"}, "for"),
    ],
)
async def test_a_wrong_field_is_422_and_named(
    web: Web, action: str, body: dict[str, Any], field: str
) -> None:
    job_id = await web.new_job()
    answered = await web.post(f"/jobs/{job_id}/{action}", json=body)
    assert answered.status == 422
    assert field in answered.body["detail"]


async def test_a_job_is_edited_field_by_field(web: Web) -> None:
    job_id = await web.new_job()
    edited = await web.ask("PATCH", f"/jobs/{job_id}", json={"pickup_time": "15:30", "pay": "£90"})
    assert edited.status == 200
    assert (edited.body["version"], edited.body["pay"]) == (2, "£90")
    assert edited.body["pickup_at"] == "2026-01-30T15:30:00+00:00"
    cleared = await web.ask("PATCH", f"/jobs/{job_id}", json={"notes": None, "pay": None})
    assert cleared.body["pay"] is None


async def test_an_edit_of_another_version_is_412_with_the_new_facts(web: Web) -> None:
    job_id = await web.new_job()
    first = await web.ask(
        "PATCH", f"/jobs/{job_id}", json={"pay": "£90"}, headers={"If-Match": '"1"'}
    )
    late = await web.ask("PATCH", f"/jobs/{job_id}", json={"pay": "£70"}, headers={"If-Match": "1"})
    assert (first.status, late.status) == (200, 412)
    assert late.body["job"]["pay"] == "£90"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sheet_job_id": "X"}, "sheet_job_id"),
        ({"status": "approved"}, "status"),
        ({"pickup_date": "31/02/2026"}, "pickup_date"),
        ({"policy": "fastest"}, "policy"),
        ({"pay": 7}, "pay"),
    ],
)
async def test_a_wrong_edit_is_422_and_changes_nothing(
    web: Web, body: dict[str, Any], field: str
) -> None:
    job_id = await web.new_job()
    before = await web.get(f"/jobs/{job_id}")
    answered = await web.ask("PATCH", f"/jobs/{job_id}", json=body)
    assert answered.status == 422
    assert field in answered.body["detail"]
    assert (await web.get(f"/jobs/{job_id}")).body == before.body


async def test_an_edit_without_anything_or_of_nothing_known(web: Web) -> None:
    job_id = await web.new_job()
    assert (await web.ask("PATCH", f"/jobs/{job_id}", json={})).status == 200
    assert (await web.ask("PATCH", "/jobs/77", json={"pay": "1"})).status == 404
