"""The judge itself, with histories that are wrong on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.fire.checker import judge
from tests.fire.ledger import Answer, Ask, Ledger
from tests.fire.record import Record

Rows = dict[str, list[dict[str, Any]]]
Change = Callable[[Rows], None]


def event(kind: str, source: str | None, target: str | None, **ids: int) -> dict[str, Any]:
    empty = {"job_id": 1, "offer_id": None, "agent_id": None, "facts": None}
    return {**empty, "kind": kind, "source": source, "target": target, **ids}


def offer(offer_id: int, agent_id: int, status: str) -> dict[str, Any]:
    facts = {"job_id": 1, "round": 1, "version": 1, "width": 1, "expires_at": "2026-01-30"}
    return {**facts, "id": offer_id, "agent_id": agent_id, "status": status}


def good_rows() -> Rows:
    """Return a job that the first driver declined and the second has."""
    first, second = {"offer_id": 1, "agent_id": 1}, {"offer_id": 2, "agent_id": 2}
    job = {
        "id": 1,
        "sheet_job_id": "J-1",
        "status": "assigned",
        "skills": [],
        "policy": {"width": 1},
    }
    return {
        "jobs": [{**job, "assigned_agent_id": 2, "assigned_by_hand": False, "next_action_at": "z"}],
        "offers": [offer(1, 1, "declined"), offer(2, 2, "accepted")],
        "events": [
            event("created", None, "needs_approval"),
            event("approved", "needs_approval", "approved"),
            event("offering_started", "approved", "offering"),
            event("offered", None, "sent", **first),
            event("declined", "sent", "declined", **first),
            event("offered", None, "sent", **second),
            event("accepted", "sent", "accepted", **second),
            event("assigned", "offering", "assigned", **second),
        ],
        "agents": [
            {"id": n, "phone_e164": f"+{n}", "priority": n, "skills": [], "active": True}
            for n in (1, 2, 3)
        ],
        "inbox": [{"id": 1, "channel": "webhook", "external_id": "m-1", "state": "handled"}],
        "outbox": [
            {"kind": "offer", "state": "sent", "job_id": 1, "offer_id": n, "address_id": n}
            for n in (1, 2)
        ],
    }


def record_of(rows: Rows) -> Record:
    return Record(
        jobs={row["id"]: row for row in rows["jobs"]},
        offers={row["id"]: row for row in rows["offers"]},
        agents={row["id"]: row for row in rows["agents"]},
        events=tuple({**row, "id": n} for n, row in enumerate(rows["events"], 1)),
        inbox=tuple(rows["inbox"]),
        outbox=tuple(rows["outbox"]),
    )


def promised(*more: tuple[Ask, Answer]) -> Ledger:
    """Return what the clients of the good history were told."""
    ledger = Ledger()
    said = {"message": "accepted", "job_id": 1, "agent_id": 2}
    step = {"message": "offer_sent", "offer_id": 1}
    for ask, answer in (
        (Ask("create", "J-1", "", {"sheet_job_id": "J-1"}), Answer(201, {"id": 1})),
        (Ask("approve", "a", "", job_id=1), Answer(200)),
        (Ask("start", "s", "", job_id=1), Answer(200, step)),
        (Ask("reply", "m-1", "", {"id": "m-1"}, job_id=1, agent_id=2), Answer(200, said)),
        *more,
    ):
        ledger.answered(ledger.asked(ask), answer)
    return ledger


def test_a_history_in_which_all_is_well_has_no_findings() -> None:
    assert judge(record_of(good_rows()), promised()) == []


def two_winners(rows: Rows) -> None:
    rows["offers"][0]["status"] = "accepted"
    rows["events"][4] = event("accepted", "sent", "accepted", offer_id=1, agent_id=1)


def held_by_two_for_a_while(rows: Rows) -> None:
    two_winners(rows)
    rows["offers"][0]["status"] = "withdrawn"
    gone = event("dropped", "accepted", "withdrawn", offer_id=1, agent_id=1)
    rows["events"].append(gone)


def another_than_the_winner(rows: Rows) -> None:
    rows["jobs"][0]["assigned_agent_id"] = 3


def a_stuck_job(rows: Rows) -> None:
    rows["jobs"][0].update(status="offering", next_action_at=None, assigned_agent_id=None)
    rows["offers"].pop()
    del rows["events"][5:]


def a_job_that_just_sits(rows: Rows) -> None:
    rows["jobs"][0]["next_action_at"] = None


def an_offer_left_open(rows: Rows) -> None:
    rows["offers"].append(offer(3, 3, "sent"))
    rows["events"].append(event("offered", None, "sent", offer_id=3, agent_id=3))
    rows["outbox"].append({**rows["outbox"][0], "offer_id": 3, "address_id": 3})


def the_wrong_order(rows: Rows) -> None:
    rows["agents"][0]["priority"] = 9


def a_driver_passed_over(rows: Rows) -> None:
    rows["agents"].append({**rows["agents"][0], "id": 4, "priority": 0})


def asked_twice(rows: Rows) -> None:
    rows["outbox"].append(rows["outbox"][0])


def never_told(rows: Rows) -> None:
    rows["outbox"].pop()


def approved_twice(rows: Rows) -> None:
    rows["events"].insert(2, rows["events"][1])


def a_missing_line_of_history(rows: Rows) -> None:
    del rows["events"][2]


def half_an_answer(rows: Rows) -> None:
    rows["offers"][0]["status"] = "sent"


def a_status_without_history(rows: Rows) -> None:
    rows["jobs"][0]["status"] = "cancelled"


def the_same_message_twice(rows: Rows) -> None:
    rows["inbox"].append({**rows["inbox"][0], "id": 2})


def the_same_reference_twice(rows: Rows) -> None:
    rows["jobs"].append({**rows["jobs"][0], "id": 2})


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (two_winners, "job 1 has 2 winners"),
        (held_by_two_for_a_while, "held by offers [1, 2] at the same time"),
        (another_than_the_winner, "belongs to 3"),
        (a_stuck_job, "job 1 is stuck: offering"),
        (a_job_that_just_sits, "job 1 is stuck: assigned"),
        (an_offer_left_open, "a driver is still asked"),
        (the_wrong_order, "the line is [2, 3, 1]"),
        (a_driver_passed_over, "the line is [4, 1, 2, 3]"),
        (asked_twice, "offer 1 was promised 2 times"),
        (never_told, "offer 2 was never promised"),
        (approved_twice, "job 1 was approved 2 times"),
        (a_missing_line_of_history, "assigned came from offering, but it was approved"),
        (half_an_answer, "offer 1 is sent, but its history says declined"),
        (a_status_without_history, "job 1 is cancelled, but its history says assigned"),
        (the_same_message_twice, "message m-1 of webhook was stored 2 times"),
        (the_same_reference_twice, "reference J-1 is 2 jobs"),
    ],
)
def test_a_planted_fault_is_found(spoil: Change, told: str) -> None:
    rows = good_rows()
    spoil(rows)
    assert told in "\n".join(judge(record_of(rows)))


def ask(what: str, key: str, **facts: Any) -> Ask:
    return Ask(what, key, "", **{"job_id": 1, **facts})


@pytest.mark.parametrize(
    ("asked", "answer", "told"),
    [
        (ask("create", "J-2", body={"sheet_job_id": "J-2"}), Answer(201, {"id": 2}), "no such job"),
        (ask("create", "J-1", body={"sheet_job_id": "J-1"}), Answer(200, {"id": 7}), "job is 1"),
        (ask("cancel", "c"), Answer(200), "never cancelled"),
        (ask("assign", "h", agent_id=3), Answer(200), "driver 3 never had job 1"),
        (ask("start", "s2"), Answer(200, {"message": "offer_sent", "offer_id": 8}), "offer 8"),
        (ask("start", "s3"), Answer(200, {"message": "no_more_agents"}), "never uncovered"),
        (ask("reply", "m-2", body={"id": "m-2"}), Answer(200, {"message": "help"}), "not stored"),
        (
            ask("reply", "n", agent_id=3),
            Answer(200, {"message": "declined_advanced", "next": {}}),
            "never declined",
        ),
        (ask("reply", "y", agent_id=3), Answer(200, {"message": "accepted"}), "driver 3 never had"),
        (ask("tick", "t"), Answer(200, {"timed_out": 1}), "told of 1 time-outs, but there were 0"),
        (
            ask("reply", "m-1", body={"id": "m-1"}, agent_id=2),
            Answer(200, {"message": "standby"}),
            "and then {'message': 'standby'}",
        ),
        (ask("approve", "e"), Answer(500), "was answered 500"),
        (ask("approve", "b"), Answer(503), "503 without Retry-After"),
        (
            ask("sync", "c", body={"agents": [{"phone_e164": "+9"}]}),
            Answer(200),
            "1 drivers are missing",
        ),
    ],
)
def test_a_broken_promise_is_found(asked: Ask, answer: Answer, told: str) -> None:
    found = judge(record_of(good_rows()), promised((asked, answer)))
    assert told in "\n".join(found)


def test_a_lost_job_is_found() -> None:
    empty = replace(record_of(good_rows()), jobs={}, offers={}, events=(), outbox=())
    assert "LOST: create J-1" in "\n".join(judge(empty, promised()))


def test_what_was_refused_or_never_answered_is_no_promise() -> None:
    ledger = promised((ask("cancel", "c"), Answer(409)))
    ledger.asked(ask("cancel", "never answered"))
    assert judge(record_of(good_rows()), ledger) == []
    assert [one.key for one in ledger.unanswered] == ["never answered"]
