"""Offers, replies to them, and the tick."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.conftest import Web

ONE, TWO = "+447700900001", "+447700900002"


async def reply(web: Web, phone: str, response: str, **more: Any) -> tuple[int, Any]:
    """Send a driver's reply as a gateway does."""
    sent = {"from": phone, "response": response, **more}
    answered = await web.post("/webhooks/driver_response", json=sent)
    return answered.status, answered.body


async def test_yes_books_the_job_and_says_so_again(web: Web) -> None:
    job_id = await web.offered_job()
    expected = (200, {"ok": True, "message": "accepted", "job_id": job_id, "agent_id": 1})
    assert await reply(web, ONE, "YES", job_id=job_id, id="m-1") == expected
    assert await reply(web, ONE, "YES", job_id=job_id, id="m-1") == expected
    assert await reply(web, ONE, "yes please") == expected
    job = (await web.get(f"/jobs/{job_id}")).body
    assert (job["status"], job["assigned_agent_id"]) == ("assigned", 1)


async def test_no_asks_the_next_driver(web: Web) -> None:
    await web.offered_job()
    status, body = await reply(web, "+44 7700 900001", "NO")
    assert (status, body["message"]) == (200, "declined_advanced")
    assert body["next"]["message"] == "offer_sent"
    assert body["next"]["agent"]["phone_e164"] == TWO
    status, body = await reply(web, TWO, "no")
    assert body["next"]["message"] == "no_more_agents"


async def test_a_reply_by_form_is_taken(web: Web) -> None:
    job_id = await web.offered_job()
    sent = {"from": ONE, "response": "YES", "job_id": str(job_id)}
    answered = await web.post("/webhooks/driver_response", form=sent)
    assert (answered.status, answered.body["message"]) == (200, "accepted")


async def test_a_gateway_may_count_its_messages_in_numbers(web: Web) -> None:
    job_id = await web.offered_job()
    first = await reply(web, ONE, "YES", job_id=job_id, id=17)
    assert first[1]["message"] == "accepted"
    assert await reply(web, ONE, "NO", job_id=job_id, id="17") == first


async def test_words_about_duty_are_understood(web: Web) -> None:
    await web.sync()
    for text, message in (("OFF", "off_duty"), ("ON", "on_duty"), ("STOP", "opted_out")):
        assert (await reply(web, ONE, text))[1]["message"] == message


@pytest.mark.parametrize(
    ("phone", "text", "error"),
    [
        ("+447700900099", "YES", "unknown_agent"),
        (TWO, "YES", "no_open_offer"),
        (ONE, "yes but 15:00", "unrecognized_response"),
        (ONE, "", "unrecognized_response"),
    ],
)
async def test_a_reply_that_changes_nothing_is_400_and_says_why(
    web: Web, phone: str, text: str, error: str
) -> None:
    job_id = await web.offered_job()
    status, body = await reply(web, phone, text)
    assert (status, body["ok"], body["error"]) == (400, False, error)
    assert body["detail"]
    if error == "unrecognized_response":
        assert body["expected"] == ["YES", "NO"]
    assert (await web.get(f"/jobs/{job_id}")).body["status"] == "offering"


async def test_a_bare_yes_to_two_offers_lists_both(web: Web) -> None:
    first = await web.offered_job()
    second = await web.offered_job(sheet_job_id="A-2")
    status, body = await reply(web, ONE, "YES")
    assert (status, body["error"]) == (400, "ambiguous_reply")
    assert {one["job_id"] for one in body["open_offers"]} == {first, second}
    code = body["open_offers"][1]["code"]
    accepted = (await reply(web, ONE, f"YES {code}"))[1]
    assert accepted["job_id"] == body["open_offers"][1]["job_id"]


async def test_late_and_cancelled_say_so(web: Web) -> None:
    job_id = await web.offered_job()
    await web.post(f"/jobs/{job_id}/assign", json={"agent_id": 2})
    assert (await reply(web, ONE, "YES"))[1]["error"] == "already_covered"
    other = await web.offered_job(sheet_job_id="A-2")
    await web.post(f"/jobs/{other}/cancel")
    assert (await reply(web, ONE, "YES", job_id=other))[1]["error"] == "job_cancelled"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"from": None}, "from"),
        ({"from": "07700 900001"}, "from"),
        ({"from": 447700900001}, "from"),
        ({"response": None}, "response"),
        ({"response": True}, "response"),
        ({"response": "x" * 2001}, "response"),
        ({"job_id": "1"}, "job_id"),
        ({"job_id": 0}, "job_id"),
        ({"offer_id": 2**63}, "offer_id"),
        ({"id": ""}, "id"),
        ({"id": "x" * 256}, "id"),
        ({"text": "YES"}, "text"),
    ],
)
async def test_a_wrong_field_is_422_naming_it(web: Web, change: dict[str, Any], named: str) -> None:
    sent = {"from": ONE, "response": "YES", **change}
    answered = await web.post("/webhooks/driver_response", json=sent)
    assert answered.status == 422, answered.text
    assert [one["field"] for one in answered.body["fields"]] == [named]


async def test_a_tick_times_out_and_asks_on(web: Web) -> None:
    job_id = await web.offered_job()
    quiet = await web.post("/tick")
    assert quiet.body == {"ok": True, "timed_out": 0, "advanced": 0, "alerts": 0}
    web.clock.advance(timedelta(minutes=31))
    answered = await web.post("/tick", json={})
    assert (answered.body["timed_out"], answered.body["advanced"]) == (1, 1)
    offers = (await web.get(f"/jobs/{job_id}")).body["offers"]
    assert [offer["status"] for offer in offers] == ["timed_out", "sent"]


async def test_an_offer_shows_how_far_it_got(web: Web) -> None:
    job_id = await web.offered_job()
    offer = (await web.get("/offers/1")).body
    assert set(offer) >= {
        "id",
        "job_id",
        "agent_id",
        "status",
        "sent_at",
        "responded_at",
        "expires_at",
        "round",
        "version",
        "code",
        "channel",
        "delivery",
    }
    assert (offer["job_id"], offer["status"], offer["delivery"]) == (job_id, "sent", "queued")
    assert (await web.get("/offers?status=sent")).body == {"offers": [offer], "next": None}
    assert (await web.get("/offers?status=accepted")).body["offers"] == []
    assert (await web.get("/offers/9")).body["error"] == "not_found"
