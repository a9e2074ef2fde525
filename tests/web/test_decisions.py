"""What is done to one job over the API."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web

DONE = ["approve", "reject", "cancel", "complete", "start_offers", "approval_link"]


@pytest.mark.parametrize("action", DONE)
async def test_a_job_that_is_not_there_is_404(web: Web, action: str) -> None:
    answered = await web.post(f"/jobs/7/{action}")
    assert (answered.status, answered.body["error"]) == (404, "job_not_found")


async def test_approving_twice_is_fine(web: Web) -> None:
    job_id = await web.new_job()
    first = await web.post(f"/jobs/{job_id}/approve", json={})
    again = await web.post(f"/jobs/{job_id}/approve")
    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert (first.body["id"], first.body["status"]) == (job_id, "approved")
    assert first.body["approved_at"] == "2026-01-30T12:00:00+00:00"


async def test_rejecting_keeps_the_reason(web: Web) -> None:
    job_id = await web.new_job()
    answered = await web.post(f"/jobs/{job_id}/reject", json={"reason": " wrong day "})
    assert (answered.status, answered.body["status"]) == (200, "rejected")
    assert answered.body["decision_reason"] == "wrong day"


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("reject", "approve", "rejected"),
        ("approve", "reject", "approved"),
        ("cancel", "approve", "cancelled"),
        ("reject", "cancel", "rejected"),
        ("approve", "complete", "approved"),
        ("approve", "approval_link", "approved"),
    ],
)
async def test_what_cannot_be_is_409_with_the_present_state(
    web: Web, first: str, second: str, status: str
) -> None:
    job_id = await web.new_job()
    await web.post(f"/jobs/{job_id}/{first}")
    answered = await web.post(f"/jobs/{job_id}/{second}")
    assert answered.status == 409
    assert answered.body["ok"] is False
    assert answered.body["job"]["status"] == status


async def test_starting_offers_asks_the_first_driver(web: Web) -> None:
    await web.sync()
    job_id = await web.new_job()
    early = await web.post(f"/jobs/{job_id}/start_offers")
    assert (early.status, early.body["error"]) == (400, "job_not_approved")
    await web.post(f"/jobs/{job_id}/approve")
    answered = await web.post(f"/jobs/{job_id}/start_offers")
    assert answered.status == 200
    assert answered.body == {
        "ok": True,
        "message": "offer_sent",
        "offer_id": 1,
        "agent": {"id": 1, "name": "Driver One", "phone_e164": "+447700900001"},
    }
    again = await web.post(f"/jobs/{job_id}/start_offers")
    assert (again.status, again.body["error"]) == (409, "already_started")
    assert again.body["job"]["status"] == "offering"


async def test_starting_with_nobody_to_ask_says_so(web: Web) -> None:
    await web.sync()
    for agent_id in (1, 2):
        await web.post(f"/agents/{agent_id}/duty", json={"on": False})
    job_id = await web.new_job()
    await web.post(f"/jobs/{job_id}/approve")
    answered = await web.post(f"/jobs/{job_id}/start_offers")
    assert answered.status == 200
    assert answered.body["message"] == "no_more_agents"
    assert [one["agent_id"] for one in answered.body["excluded"]] == [1, 2]
    assert {one["reason"] for one in answered.body["excluded"]} == {"off_duty"}
    assert (await web.get(f"/jobs/{job_id}")).body["status"] == "uncovered"
    alerts = (await web.get("/alerts")).body["alerts"]
    assert [alert["cause"] for alert in alerts] == ["uncovered"]
    kept = await web.post(f"/alerts/{alerts[0]['id']}/ack")
    assert kept.body["acknowledged_at"] == "2026-01-30T12:00:00+00:00"
    assert (await web.post("/alerts/99/ack")).body["error"] == "alert_not_found"


async def test_cancelling_rescinds_the_open_offer(web: Web) -> None:
    job_id = await web.offered_job()
    answered = await web.post(f"/jobs/{job_id}/cancel", json={"reason": "customer rang"})
    assert answered.body["status"] == "cancelled"
    assert [offer["status"] for offer in answered.body["offers"]] == ["rescinded"]


async def test_assigning_and_completing_by_hand(web: Web) -> None:
    job_id = await web.offered_job()
    given = await web.post(f"/jobs/{job_id}/assign", json={"agent_id": 2, "reason": "rang in"})
    assert (given.body["status"], given.body["assigned_agent_id"]) == ("assigned", 2)
    done = await web.post(f"/jobs/{job_id}/complete")
    assert done.body["status"] == "completed"
    late = await web.post(f"/jobs/{job_id}/assign", json={"agent_id": 1})
    assert (late.status, late.body["job"]["status"]) == (409, "completed")


@pytest.mark.parametrize("agent_id", [0, -1, "1", 1.5, True, None, 2**63])
async def test_an_agents_id_is_a_plain_positive_integer(web: Web, agent_id: object) -> None:
    answered = await web.post("/jobs/1/assign", json={"agent_id": agent_id})
    assert answered.status == 422
    assert answered.body["fields"][0]["field"] == "agent_id"


async def test_assigning_to_nobody_we_know_is_404(web: Web) -> None:
    job_id = await web.new_job()
    answered = await web.post(f"/jobs/{job_id}/assign", json={"agent_id": 77})
    assert (answered.status, answered.body["error"]) == (404, "agent_not_found")


async def test_a_renewed_link_ends_the_one_before(web: Web) -> None:
    link = await web.new_link()
    web.clock.advance(web.router.site.alert_after)
    answered = await web.post("/jobs/1/approval_link")
    assert answered.status == 200
    assert answered.body["id"] == 1
    new = answered.body["approve_url"].removeprefix(web.config.base_url)
    assert (await web.get(link)).status == 404
    assert (await web.get(new)).status == 200
