"""Jobs as they arrive and as they are read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import BASE, JOB, Web

KEYS = {
    "id",
    "sheet_job_id",
    "pickup_date",
    "pickup_time",
    "pickup_at",
    "cutoff",
    "origin",
    "destination",
    "vehicle_type",
    "notes",
    "pay",
    "coordinator_email",
    "approved_at",
    "status",
    "assigned_agent_id",
    "created_at",
    "updated_at",
    "version",
    "policy",
    "next_action_at",
}


async def test_the_seeds_job_is_created(web: Web) -> None:
    answered = await web.post("/jobs", json=JOB)
    assert answered.status == 201
    assert answered.body.pop("approve_url").startswith(f"{BASE}/approve?token=")
    assert answered.body == {"id": 1, "status": "needs_approval", "warnings": []}
    assert answered.headers["location"] == "/jobs/1"


async def test_the_same_reference_again_answers_with_the_job_as_it_is(web: Web) -> None:
    job_id = await web.new_job()
    again = await web.post("/jobs", json={**JOB, "origin": "York", "notes": "ring first"})
    assert again.status == 200
    assert again.body["id"] == job_id
    assert again.body["message"] == "already_exists"
    assert again.body["status"] == "needs_approval"
    assert set(again.body["changed"]) == {"origin", "notes"}
    assert "/approve?token=" in again.body["approve_url"]
    await web.post(f"/jobs/{job_id}/approve")
    decided = await web.post("/jobs", json=JOB)
    assert decided.body["status"] == "approved"
    assert decided.body["changed"] == []
    assert "approve_url" not in decided.body


async def test_a_job_by_form_is_taken_too(web: Web) -> None:
    answered = await web.post("/jobs", form=JOB)
    assert answered.status == 201
    assert answered.body["warnings"] == []


async def test_a_job_as_curl_sends_it_by_default_is_taken(web: Web) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answered = await web.post("/jobs", data=b' {"sheet_job_id":"A-1"}', headers=form)
    assert answered.status == 201


@pytest.mark.parametrize(
    ("number", "text"), [(1042, "1042"), (12.5, "12.5"), (0, "0"), (-3, "-3"), (" A-1 ", "A-1")]
)
async def test_a_number_as_reference_is_text(web: Web, number: Any, text: str) -> None:
    job_id = await web.new_job(sheet_job_id=number)
    assert (await web.get(f"/jobs/{job_id}")).body["sheet_job_id"] == text


async def test_what_drivers_will_miss_is_a_warning(web: Web) -> None:
    answered = await web.post("/jobs", json={"sheet_job_id": "A-1", "origin": " "})
    assert answered.status == 201
    said = " ".join(answered.body["warnings"])
    for missing in ("origin", "destination", "pickup date", "vehicle"):
        assert f"no {missing}" in said
    dated = await web.post("/jobs", json={**JOB, "sheet_job_id": "A-2", "pickup_time": None})
    assert ["no pickup time" in warning for warning in dated.body["warnings"]] == [True]


async def test_a_time_without_a_date_is_kept_and_warned_of(web: Web) -> None:
    job_id = await web.new_job(pickup_date=None)
    job = (await web.get(f"/jobs/{job_id}")).body
    assert (job["pickup_date"], job["pickup_time"], job["pickup_at"]) == (None, "14:30", None)
    unreadable = {"sheet_job_id": "A-2", "pickup_time": "teatime"}
    assert (await web.post("/jobs", json=unreadable)).status == 422


async def test_unknown_fields_are_left_out_and_named_with_the_nearest_known_one(web: Web) -> None:
    sent = {**JOB, "orgin": "Hull", "status": "approved", "id": 9, "x" * 90: 1, "zz": {"deep": [1]}}
    answered = await web.post("/jobs", json=sent)
    warnings = answered.body["warnings"]
    assert answered.body["status"] == "needs_approval"
    assert "unknown field 'orgin' was left out; did you mean 'origin'?" in warnings
    assert "'status' is not for clients to set and was left out" in warnings
    assert "'id' is not for clients to set and was left out" in warnings
    assert "unknown field 'zz' was left out" in warnings
    assert max(map(len, warnings)) < 120


async def test_many_unknown_fields_are_counted(web: Web) -> None:
    sent = JOB | {f"custom{number}": number for number in range(50)}
    warnings = (await web.post("/jobs", json=sent)).body["warnings"]
    assert len(warnings) == 21
    assert warnings[-1] == "30 more unknown fields were left out"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sheet_job_id": None}, "sheet_job_id"),
        ({"sheet_job_id": "  "}, "sheet_job_id"),
        ({"sheet_job_id": "x" * 201}, "sheet_job_id"),
        ({"sheet_job_id": True}, "sheet_job_id"),
        ({"sheet_job_id": ["A"]}, "sheet_job_id"),
        ({"origin": 5}, "origin"),
        ({"origin": "x" * 501}, "origin"),
        ({"notes": ["a"]}, "notes"),
        ({"skills": "tail lift"}, "skills"),
        ({"skills": [1]}, "skills.0"),
        ({"policy": "hasty"}, "policy"),
        ({"coordinator_email": "jo"}, "coordinator_email"),
        ({"pickup_date": "31/02/2026"}, "pickup_date"),
        ({"pickup_date": "soon"}, "pickup_date"),
        ({"pickup_date": "2026-01-30T14:30:00Z"}, "pickup_time"),
        ({"pickup_time": "25:00"}, "pickup_time"),
        ({"pickup_date": "2026-03-29", "pickup_time": "01:30"}, "pickup_time"),
        ({"pickup_date": "2026-10-25", "pickup_time": "01:30"}, "pickup_time"),
        ({"contact_name": "a\u202eb"}, "contact_name"),
    ],
)
async def test_a_wrong_field_is_422_naming_it(
    web: Web, changes: dict[str, Any], named: str
) -> None:
    answered = await web.post("/jobs", json={**JOB, **changes})
    assert answered.status == 422, answered.text
    assert [problem["field"] for problem in answered.body["fields"]] == [named]
    assert named in answered.body["detail"]
    assert (await web.get("/jobs")).body["jobs"] == []


async def test_every_wrong_field_is_named_at_once(web: Web) -> None:
    answered = await web.post("/jobs", json={"origin": 1, "pay": 2, "notes": 3, "destination": 4})
    named = {problem["field"] for problem in answered.body["fields"]}
    assert named == {"sheet_job_id", "origin", "pay", "notes", "destination"}
    assert answered.body["detail"].endswith("and 2 more, see fields")


async def test_an_idempotency_key_stands_for_one_body(web: Web) -> None:
    key = {"Idempotency-Key": "row-7"}
    first = await web.post("/jobs", json=JOB, headers=key)
    same = await web.post("/jobs", json=dict(reversed(JOB.items())), headers=key)
    other = await web.post("/jobs", json={**JOB, "origin": "Hull"}, headers=key)
    assert (first.status, same.status, other.status) == (201, 200, 422)
    assert other.body["error"] == "idempotency_key_reused"
    assert "Idempotency-Key" in other.body["detail"]


@pytest.mark.parametrize("key", ["x" * 256, "é", "a\tb"])
async def test_an_idempotency_key_is_short_plain_text(web: Web, key: str) -> None:
    answered = await web.post("/jobs", json=JOB, headers={"Idempotency-Key": key})
    assert answered.status == 422
    assert answered.body["fields"][0]["field"] == "Idempotency-Key"


async def test_a_job_shows_all_its_keys_and_never_its_link(web: Web) -> None:
    link = await web.new_link(pay="£80", notes="ring first")
    job = await web.get("/jobs/1")
    assert set(job.body) >= KEYS | {"offers"}
    assert job.body["pickup_at"] == "2026-01-30T14:30:00+00:00"
    assert job.body["pickup_date"] == "30/01/2026"
    assert job.body["created_at"].endswith("+00:00")
    assert job.body["offers"] == []
    token = link.removeprefix("/approve?token=")
    for path in ("/jobs/1", "/jobs", "/jobs/1/events", "/jobs/1/candidates", "/inbox", "/alerts"):
        assert token not in (await web.get(path)).text, path
    assert "nonce" not in job.text


async def test_a_job_that_is_not_there_is_404(web: Web) -> None:
    answered = await web.get("/jobs/7")
    assert (answered.status, answered.body["error"]) == (404, "not_found")
    for path in ("/jobs/7/events", "/jobs/7/candidates"):
        assert (await web.get(path)).status == 404, path


async def test_jobs_are_listed_in_pages_without_their_offers(web: Web) -> None:
    for number in range(5):
        await web.new_job(sheet_job_id=f"A-{number}", destination=f"Town {number}")
    seen, cursor, pages = [], "", 0
    while True:
        page = (await web.get(f"/jobs?limit=2{cursor}")).body
        seen += [job["sheet_job_id"] for job in page["jobs"]]
        assert all(set(job) >= KEYS and "offers" not in job for job in page["jobs"])
        pages += 1
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert (sorted(seen), pages) == ([f"A-{number}" for number in range(5)], 3)


async def test_jobs_are_found_by_status_and_words(web: Web) -> None:
    first = await web.new_job(sheet_job_id="A-1", destination="Hull")
    await web.new_job(sheet_job_id="A-2")
    await web.post(f"/jobs/{first}/approve")
    by_status = (await web.get("/jobs?status=approved")).body["jobs"]
    by_words = (await web.get("/jobs?q=Hull")).body["jobs"]
    assert [job["id"] for job in by_status] == [job["id"] for job in by_words] == [first]
    assert (await web.get("/jobs?q=")).status == 200


async def test_the_history_of_a_job_is_listed(web: Web) -> None:
    job_id = await web.new_job()
    await web.post(f"/jobs/{job_id}/approve")
    events = (await web.get(f"/jobs/{job_id}/events")).body["events"]
    assert [event["kind"] for event in events] == ["created", "approved"]
    assert events[0]["at"] == "2026-01-30T12:00:00+00:00"


async def test_candidates_are_ranked_and_the_others_have_a_reason(web: Web) -> None:
    await web.sync()
    await web.post("/agents/2/duty", json={"on": False, "until": "2026-01-30T13:00:00+00:00"})
    job_id = await web.new_job()
    answered = await web.get(f"/jobs/{job_id}/candidates")
    assert answered.body == {
        "candidates": [{"agent_id": 1, "rank": 1, "name": "Driver One"}],
        "excluded": [
            {
                "agent_id": 2,
                "reason": "off_duty",
                "until": "2026-01-30T13:00:00+00:00",
                "name": "Driver Two",
                "why": "Driver Two is off duty until Fri 30 Jan 13:00.",
            }
        ],
    }
