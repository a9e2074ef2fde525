"""What happened, and what a coordinator must act on."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Event(Model):
    """One line of history: who, when, from, to, why.

    Never deleted, and never changed but for the words of or about a driver who is forgotten.
    """

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=40)
    job_id = fields.BigIntField(null=True)
    offer_id = fields.BigIntField(null=True)
    agent_id = fields.BigIntField(null=True)
    actor = fields.CharField(max_length=200)
    source = fields.CharField(max_length=20, null=True)
    target = fields.CharField(max_length=20, null=True)
    reason: str | None = fields.TextField(null=True)
    facts: dict[str, Any] | None = fields.JSONField(null=True)

    class Meta:
        table = "events"


class Alert(Model):
    """Open until acknowledged or until its cause is gone; said again at `next_at` while open."""

    id = fields.BigIntField(primary_key=True)
    cause = fields.CharField(max_length=40)
    # what the cause is about: "job:7", "agent:3", "job:7/agent:3"
    subject = fields.CharField(max_length=60)
    job_id = fields.BigIntField(null=True)
    agent_id = fields.BigIntField(null=True)
    reason: str | None = fields.TextField(null=True)
    raised_at = fields.DatetimeField()
    next_at = fields.DatetimeField(null=True)  # null once closed
    times_said = fields.IntField(default=0)
    acknowledged_at = fields.DatetimeField(null=True)
    acknowledged_by = fields.CharField(max_length=200, null=True)
    resolved_at = fields.DatetimeField(null=True)

    class Meta:
        table = "alerts"
