"""Open this for which rows our use cases write, as plain statements with the same values.

tests/bench compares the tables that these leave behind with those of the use cases.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from bench.plainly import Transaction, insert, update
from bench.plan import Plan
from bench.rows import Row, offer_row, phone

WINDOW = timedelta(minutes=30)  # of the default policy
ENDS_AFTER = timedelta(days=7)  # an assigned job without a pickup


def yes(plan: Plan, n: int, now: datetime) -> Transaction:
    """Return what a YES to the n-th open offer writes: inbox, job, offer, two events."""
    job_id, agent_id = plan.id_of(n), plan.agent_of(n)
    said = {"from": phone(agent_id), "response": "YES", "job_id": None, "offer_id": None}
    answer = {"ok": True, "code": "accepted", "facts": {"job_id": job_id, "agent_id": agent_id}}
    entry = {
        "channel": "webhook",
        "handle": phone(agent_id),
        "payload": json.dumps(said).encode(),
        "received_at": now,
        "state": "handled",
        "attempts": 0,
        "due_at": now,
        "handled_at": now,
        "agent_id": agent_id,
        "job_id": job_id,
        "offer_id": job_id,
        "verdict": "YES",
        "answer": _json(answer),
    }
    job = {
        "status": "assigned",
        "assigned_agent_id": agent_id,
        "assigned_at": now,
        "assigned_by_hand": False,
        "next_action": "complete",
        "next_action_at": now + ENDS_AFTER,
        "updated_at": now,
    }
    line = _line(job_id, job_id, agent_id, now) | {"actor": f"agent {agent_id}"}
    accepted = line | {"kind": "accepted", "source": "sent", "target": "accepted"}
    assigned = line | {"kind": "assigned", "source": "offering", "target": "assigned"}
    return [
        insert("inbox", entry),
        update("jobs", job_id, job, status="offering"),
        update("offers", job_id, {"status": "accepted", "responded_at": now}, status="sent"),
        insert("events", accepted),
        insert("events", assigned),
    ]


def expiry(plan: Plan, n: int, now: datetime) -> Transaction:
    """Return what the end of the n-th open offer writes: the next driver is asked.

    Job, offer, event; new offer, driver, message, event.
    """
    job_id, offer_id = plan.id_of(n), plan.id_of(plan.open_offers) + n
    next_id, code, expires_at = plan.agent_of(n + 1), _next_code(plan, n), now + WINDOW
    facts = {
        "expires_at": expires_at.isoformat(),
        "round": 1,
        "version": 1,
        "slot": 0,
        "code": code,
        "channel": "console",
    }
    closed = _line(job_id, job_id, plan.agent_of(n), now)
    opened = _line(job_id, offer_id, next_id, now)
    offer = offer_row(offer_id, next_id, code, now, expires_at, ended=False)
    return [
        update("jobs", job_id, {"updated_at": now}, status="offering"),
        update("offers", job_id, {"status": "timed_out", "closed_at": now}, status="sent"),
        insert("events", closed | {"kind": "timed_out", "source": "sent", "target": "timed_out"}),
        insert("offers", offer | {"job_id": job_id}),
        update("agents", next_id, {"last_asked_at": now}),
        insert("outbox", _message(job_id, offer_id, next_id, code, now)),
        insert("events", opened | {"kind": "offered", "target": "sent", "facts": _json(facts)}),
    ]


def _line(job_id: int, offer_id: int, agent_id: int, now: datetime) -> Row:
    ids = {"job_id": job_id, "offer_id": offer_id, "agent_id": agent_id}
    return {"at": now, "actor": "clock", **ids}


def _message(job_id: int, offer_id: int, agent_id: int, code: int, now: datetime) -> Row:
    facts: Row = {
        "name": f"Driver {agent_id}",
        "language": "en",
        "job_id": job_id,
        "offer_id": offer_id,
        "agent_id": agent_id,
        "reference": f"J-{job_id}",
        "origin": "Leeds",
        "destination": "York",
        "vehicle_type": None,
        "skills": [],
        "pickup_at": None,
        "pickup_date_only": False,
        "pay": None,
        "notes": None,
        "code": code,
        "version": 1,
    }
    return {
        "token": f"{offer_id:032x}",
        "reply_hash": f"{offer_id:064x}",
        "kind": "offer",
        "channel": "console",
        "handle": phone(agent_id),
        "address_id": agent_id,
        "agent_id": agent_id,
        "job_id": job_id,
        "offer_id": offer_id,
        "facts": _json(facts),
        "state": "queued",
        "attempts": 0,
        "unsure": False,
        "created_at": now,
        "due_at": now,
    }


def _next_code(plan: Plan, n: int) -> int:
    """Return the code of the new offer: its driver's codes so far are those of the plan."""
    held = len(range(plan.agent_of(n + 1), plan.open_offers + 1, plan.drivers))
    return plan.code_of(1) + held + (n - 1) // plan.drivers


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
