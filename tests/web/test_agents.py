"""Agents, coordinators and the inbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import DRIVERS, Web


async def test_a_list_of_agents_is_taken_over_once(web: Web) -> None:
    first = await web.post("/agents/sync", json={"agents": DRIVERS})
    assert first.body == {"ok": True, "inserted": 2, "updated": 0, "total": 2}
    renamed = [{**DRIVERS[0], "name": "One", "phone_e164": "+44 7700 900001", "active": False}]
    again = await web.post("/agents/sync", json={"agents": renamed})
    assert again.body == {"ok": True, "inserted": 0, "updated": 1, "total": 2}
    agent = (await web.get("/agents/1")).body
    assert (agent["name"], agent["phone_e164"]) == ("One", "+447700900001")
    assert agent["active"] is False


async def test_an_empty_list_changes_nothing(web: Web) -> None:
    await web.sync()
    answered = await web.post("/agents/sync", json={"agents": []})
    assert answered.status == 200
    assert answered.body == {"ok": True, "inserted": 0, "updated": 0, "total": 2}


async def test_every_key_of_a_row_is_kept(web: Web) -> None:
    row = {
        **DRIVERS[0],
        "vehicle_type": "Luton",
        "skills": ["tail lift"],
        "email": "One@Example.com",
        "telegram": 4_000_000_001,
        "language": "en",
        "quiet_hours": "22:00-06:00",
    }
    assert (await web.post("/agents/sync", json={"agents": [row]})).status == 200
    agent = (await web.get("/agents/1")).body
    for name in ("vehicle_type", "skills", "language", "quiet_hours"):
        assert agent[name] == row[name]
    handles = {address["channel"]: address["handle"] for address in agent["addresses"]}
    assert handles["telegram"] == "4000000001"
    assert handles["email"].lower() == "one@example.com"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"phone_e164": "07700 900001"}, "phone_e164"),
        ({"phone_e164": "447700900001"}, "phone_e164"),
        ({"phone_e164": "+44"}, "phone_e164"),
        ({"phone_e164": "ring me"}, "phone_e164"),
        ({"phone_e164": 447700900001}, "phone_e164"),
        ({"priority": "1"}, "priority"),
        ({"priority": 1.5}, "priority"),
        ({"priority": 2**40}, "priority"),
        ({"priority": None}, "priority"),
        ({"active": "yes"}, "active"),
        ({"skills": "lift"}, "skills"),
        ({"email": "x"}, "email"),
        ({"telegram": "@one"}, "telegram"),
        ({"quiet_hours": "night"}, "quiet_hours"),
        ({"nmae": "x"}, "nmae"),
    ],
)
async def test_one_bad_row_refuses_all_and_is_named(
    web: Web, change: dict[str, Any], named: str
) -> None:
    rows = [DRIVERS[0], {**DRIVERS[1], **change}]
    answered = await web.post("/agents/sync", json={"agents": rows})
    assert answered.status == 422, answered.text
    assert [one["field"] for one in answered.body["fields"]] == [f"agents.1.{named}"]
    assert (await web.get("/agents")).body["agents"] == []


async def test_every_bad_row_is_listed(web: Web) -> None:
    rows = [{"name": "A"}, DRIVERS[0], "text"]
    answered = await web.post("/agents/sync", json={"agents": rows})
    named = [one["field"] for one in answered.body["fields"]]
    assert named == ["agents.0.phone_e164", "agents.0.priority", "agents.2"]


@pytest.mark.parametrize("body", [{}, {"agents": None}, {"agents": {}}, {"agents": "x"}])
async def test_no_list_is_422_naming_it(web: Web, body: dict[str, Any]) -> None:
    answered = await web.post("/agents/sync", json=body)
    assert answered.status == 422
    assert answered.body["fields"][0]["field"] == "agents"


async def test_an_address_that_another_agent_has_refuses_all(web: Web) -> None:
    rows = [{**driver, "telegram": 5} for driver in DRIVERS]
    answered = await web.post("/agents/sync", json={"agents": rows})
    assert answered.status == 422
    assert answered.body["fields"][0]["field"] == "agents.1.telegram"
    assert (await web.get("/agents")).body["agents"] == []


async def test_agents_are_listed_and_found(web: Web) -> None:
    await web.sync()
    page = (await web.get("/agents?limit=1")).body
    assert [agent["id"] for agent in page["agents"]] == [1]
    rest = (await web.get(f"/agents?cursor={page['next']}")).body
    assert ([agent["id"] for agent in rest["agents"]], rest["next"]) == ([2], None)
    found = (await web.get("/agents?q=Two")).body["agents"]
    assert [agent["id"] for agent in found] == [2]
    assert (await web.get("/agents/9")).body["error"] == "not_found"


async def test_duty_is_set_until_a_moment(web: Web) -> None:
    await web.sync()
    off = await web.post("/agents/1/duty", json={"on": False, "until": "2026-01-30T15:00:00+01:00"})
    assert (off.status, off.body["on_duty"]) == (200, False)
    assert off.body["off_until"] == "2026-01-30T14:00:00+00:00"
    on = await web.post("/agents/1/duty", form={"on": "true"})
    assert (on.body["on_duty"], on.body["off_until"]) == (True, None)
    assert (await web.post("/agents/9/duty", json={"on": True})).body["error"] == "agent_not_found"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "on"),
        ({"on": "yes"}, "on"),
        ({"on": 1}, "on"),
        ({"on": False, "until": "tomorrow"}, "until"),
        ({"on": False, "until": "2026-01-30T15:00:00"}, "until"),
        ({"on": False, "until": 1769785200}, "until"),
        ({"on": True, "until": "2026-01-30T15:00:00Z"}, "until"),
    ],
)
async def test_duty_that_makes_no_sense_is_422(web: Web, body: dict[str, Any], named: str) -> None:
    await web.sync()
    answered = await web.post("/agents/1/duty", json=body)
    assert answered.status == 422
    assert answered.body["detail"].startswith(named)


async def test_coordinators_and_inbox_are_listed(web: Web) -> None:
    assert (await web.get("/coordinators")).body == {"coordinators": [], "next": None}
    await web.offered_job()
    reply = {"from": "+447700900001", "response": "perhaps", "id": "sms-1"}
    await web.post("/webhooks/driver_response", json=reply)
    entries = (await web.get("/inbox?state=handled")).body["inbox"]
    assert [entry["external_id"] for entry in entries] == ["sms-1"]
    assert "perhaps" not in str(entries)


async def test_one_agent_is_added_when_its_number_is_new(web: Web) -> None:
    added = await web.post("/agents", json={**DRIVERS[0], "email": "One@Example.com"})
    assert (added.status, added.headers["location"]) == (201, "/agents/1")
    assert [a["handle"] for a in added.body["addresses"]] == ["+447700900001", "one@example.com"]
    again = await web.post("/agents", json={**DRIVERS[1], "phone_e164": "+447700900001"})
    assert (again.status, again.body["fields"][0]["field"]) == (422, "phone_e164")
    taken = await web.post("/agents", json={**DRIVERS[1], "email": "one@example.com"})
    assert (taken.status, taken.body["fields"][0]["field"]) == (422, "email")
    assert len((await web.get("/agents")).body["agents"]) == 1


async def test_only_what_is_named_of_an_agent_changes(web: Web) -> None:
    row = {**DRIVERS[0], "vehicle_type": "Van", "skills": ["ADR"], "email": "one@example.com"}
    await web.post("/agents", json=row)
    changed = await web.ask("PATCH", "/agents/1", json={"name": "One", "vehicle_type": None})
    assert (changed.status, changed.body["name"], changed.body["vehicle_type"]) == (
        200,
        "One",
        None,
    )
    assert (changed.body["skills"], changed.body["priority"]) == (["ADR"], 1)
    moved = await web.ask(
        "PATCH",
        "/agents/1",
        json={"phone_e164": "+447700900009", "email": None, "telegram": 77, "skills": None},
    )
    assert moved.body["phone_e164"] == "+447700900009"
    assert {a["channel"]: a["handle"] for a in moved.body["addresses"]} == {
        "console": "+447700900009",
        "telegram": "77",
    }
    assert moved.body["skills"] == []


async def test_the_order_of_trying_is_set_by_naming_channels(web: Web) -> None:
    await web.post("/agents", json={**DRIVERS[0], "email": "one@example.com", "telegram": 77})
    changed = await web.ask("PATCH", "/agents/1", json={"channels": ["email", "telegram"]})
    assert [a["channel"] for a in changed.body["addresses"]] == ["email", "telegram", "console"]
    unknown = await web.ask("PATCH", "/agents/1", json={"channels": ["sms"]})
    assert (unknown.status, unknown.body["fields"][0]["field"]) == (422, "channels")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": None}, "name"),
        ({"active": None}, "active"),
        ({"phone_e164": "+447700900002"}, "phone_e164"),
        ({"telegram": 78}, "telegram"),
        ({"status": "x"}, "status"),
    ],
)
async def test_a_change_that_cannot_be_is_named_and_changes_nothing(
    web: Web, change: dict[str, Any], named: str
) -> None:
    await web.sync()
    await web.ask("PATCH", "/agents/2", json={"telegram": 78})
    before = (await web.get("/agents/1")).body
    answered = await web.ask("PATCH", "/agents/1", json={"priority": 9, **change})
    assert (answered.status, answered.body["fields"][0]["field"]) == (422, named)
    assert (await web.get("/agents/1")).body == before
    assert (await web.ask("PATCH", "/agents/9", json={})).status == 404
