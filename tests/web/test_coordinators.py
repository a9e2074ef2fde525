"""Coordinators over the API."""

from __future__ import annotations

from tests.web.conftest import Web


async def test_a_coordinator_is_added_once_by_mail_address(web: Web) -> None:
    body = {"name": "Jo", "email": "Jo@Example.com", "is_default": True}
    added = await web.post("/coordinators", json=body)
    assert added.headers["location"] == f"/coordinators/{added.body['id']}"
    assert (added.status, added.body["email"], added.body["is_default"]) == (
        201,
        "jo@example.com",
        True,
    )
    again = await web.post("/coordinators", json={"name": "Jo Bloggs", "email": "jo@example.com"})
    assert again.status == 200
    assert (again.body["id"], again.body["name"], again.body["is_default"]) == (
        added.body["id"],
        "Jo Bloggs",
        True,
    )
    listed = (await web.get("/coordinators")).body["coordinators"]
    assert [c["name"] for c in listed] == ["Jo Bloggs"]


async def test_a_coordinator_needs_a_name_and_a_mail_address(web: Web) -> None:
    for body in ({"name": "Jo"}, {"name": " ", "email": "jo@example.com"}, {"email": "x"}):
        assert (await web.post("/coordinators", json=body)).status == 422, body


async def test_only_what_is_named_of_a_coordinator_changes(web: Web) -> None:
    jo = {"name": "Jo", "email": "jo@example.com", "is_default": True, "language": "pl"}
    added = await web.post("/coordinators", json=jo)
    assert added.body["language"] == "pl"
    await web.post("/coordinators", json={"name": "Al", "email": "al@example.com"})
    body = {"email": "Jo.B@Example.com", "language": None, "channels": ["console", "email"]}
    changed = await web.ask("PATCH", "/coordinators/1", json=body)
    assert changed.status == 200, changed.text
    assert (changed.body["email"], changed.body["language"]) == ("jo.b@example.com", None)
    assert (changed.body["name"], changed.body["is_default"]) == ("Jo", True)
    assert [(a["channel"], a["handle"]) for a in changed.body["addresses"]] == [
        ("console", "jo.b@example.com"),
        ("email", "jo.b@example.com"),
    ]
    taken = await web.ask("PATCH", "/coordinators/1", json={"email": "al@example.com"})
    assert (taken.status, taken.body["fields"][0]["field"]) == (422, "email")
    away = await web.ask("PATCH", "/coordinators/1", json={"active": False})
    assert away.body["active"] is False
    assert (await web.ask("PATCH", "/coordinators/9", json={})).status == 404
