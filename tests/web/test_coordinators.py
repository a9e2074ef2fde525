"""Coordinators over the API."""

from __future__ import annotations

from tests.web.conftest import Web


async def test_a_coordinator_is_added_once_by_mail_address(web: Web) -> None:
    body = {"name": "Jo", "email": "Jo@Example.com", "is_default": True}
    added = await web.post("/coordinators", json=body)
    assert (added.status, added.body["email"], added.body["is_default"]) == (
        200,
        "jo@example.com",
        True,
    )
    again = await web.post("/coordinators", json={"name": "Jo Bloggs", "email": "jo@example.com"})
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
