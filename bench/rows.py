"""Open this for the rows of prepared databases, one function a table; columns left out are NULL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.domain import Policy
from core.policy_forms import policy_as_json

Row = dict[str, Any]  # column -> value

POLICY = json.dumps(policy_as_json(Policy()), separators=(",", ":"))


def phone(agent_id: int) -> str:
    """Return the number, which is the console's handle too, of a driver."""
    return f"+4477{agent_id:08d}"


def agent_row(agent_id: int, at: datetime) -> Row:
    """Return a driver on duty, asked in the order of ids."""
    return {
        "id": agent_id,
        "name": f"Driver {agent_id}",
        "phone_e164": phone(agent_id),
        "priority": agent_id,
        "active": True,
        "on_duty": True,
        "skills": "[]",
        "created_at": at,
        "updated_at": at,
    }


def address_row(agent_id: int, at: datetime) -> Row:
    """Return the driver's one Address, at the console."""
    return {
        "id": agent_id,
        "agent_id": agent_id,
        "channel": "console",
        "handle": phone(agent_id),
        "position": 0,
        "state": "usable",
        "created_at": at,
    }


def job_row(
    job_id: int, status: str, at: datetime, order: Sequence[int], *, taken_by: int | None = None
) -> Row:
    """Return a job whose cascade has started; with `taken_by`, one that has ended."""
    return {
        "id": job_id,
        "sheet_job_id": f"J-{job_id}",
        "status": status,
        "version": 1,
        "source": "api",
        "pickup_date_only": False,
        "origin": "Leeds",
        "destination": "York",
        "skills": "[]",
        "approval_nonce": f"{job_id:032x}",
        "approved_at": at,
        "decided_at": at,
        "decided_by": "coordinator Jo",
        "policy_name": "default",
        "policy": POLICY,
        "agent_order": json.dumps(order),
        "round": 1,
        "automatic_rounds": 1,
        "round_opened_at": at,
        "started_at": at,
        "assigned_by_hand": False,
        "assigned_agent_id": taken_by,
        "assigned_at": at if taken_by else None,
        "closed_at": at if taken_by else None,
        "created_at": at,
        "updated_at": at,
    }


def offer_row(
    offer_id: int, agent_id: int, code: int, at: datetime, expires_at: datetime, *, ended: bool
) -> Row:
    """Return the offer of the job with the same id: open, or accepted and done long ago."""
    return {
        "id": offer_id,
        "job_id": offer_id,
        "agent_id": agent_id,
        "address_id": agent_id,
        "status": "accepted" if ended else "sent",
        "version": 1,
        "round": 1,
        "code": code,
        "slot": 0,
        "width": 1,
        "sent_at": at,
        "expires_at": expires_at,
        "responded_at": at if ended else None,
        "closed_at": at if ended else None,
    }


def event_row(job_id: int, agent_id: int | None, kind: str, target: str, at: datetime) -> Row:
    """Return one line of history."""
    return {
        "at": at,
        "kind": kind,
        "job_id": job_id,
        "agent_id": agent_id,
        "actor": "clock",
        "target": target,
    }


def reply_row(job_id: int, agent_id: int, at: datetime) -> Row:
    """Return the inbox entry of a YES that was acted on."""
    return {
        "channel": "webhook",
        "handle": phone(agent_id),
        "payload": b'{"response": "YES"}',
        "received_at": at,
        "state": "handled",
        "attempts": 0,
        "due_at": at,
        "handled_at": at,
        "agent_id": agent_id,
        "job_id": job_id,
        "offer_id": job_id,
        "verdict": "YES",
    }


def message_row(job_id: int, agent_id: int, at: datetime) -> Row:
    """Return the outbox message of an offer, as handed over."""
    return {
        "token": f"{job_id:032x}",
        "kind": "offer",
        "channel": "console",
        "handle": phone(agent_id),
        "address_id": agent_id,
        "agent_id": agent_id,
        "job_id": job_id,
        "offer_id": job_id,
        "facts": '{"reference":"J","origin":"Leeds","destination":"York"}',
        "state": "sent",
        "attempts": 1,
        "unsure": False,
        "created_at": at,
        "due_at": at,
        "settled_at": at,
    }
