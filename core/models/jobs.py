"""Jobs and the offers made for them; invariants 1, 2 and 4 are constraints of the migration."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from core.domain import JobStatus, OfferStatus
from core.models.people import Address, Agent


class Job(Model):
    """One piece of transport work. The row is the lock: every unit writes it before its offers."""

    id = fields.BigIntField(primary_key=True)
    sheet_job_id = fields.CharField(max_length=200, unique=True)
    status = fields.CharField(max_length=20, default=JobStatus.NEEDS_APPROVAL.value)
    version = fields.IntField(default=1)
    source = fields.CharField(max_length=40, default="api")

    pickup_date = fields.CharField(max_length=100, null=True)  # as received
    pickup_time = fields.CharField(max_length=100, null=True)  # as received
    pickup_at = fields.DatetimeField(null=True)
    pickup_date_only = fields.BooleanField(default=False)
    origin = fields.CharField(max_length=500, null=True)
    destination = fields.CharField(max_length=500, null=True)
    vehicle_type = fields.CharField(max_length=100, null=True)
    skills: list[str] = fields.JSONField(default=list)
    notes: str | None = fields.TextField(null=True)
    pay = fields.CharField(max_length=100, null=True)
    pickup_address: str | None = fields.TextField(null=True)
    delivery_address: str | None = fields.TextField(null=True)
    contact_name = fields.CharField(max_length=200, null=True)
    contact_phone = fields.CharField(max_length=40, null=True)
    coordinator_email = fields.CharField(max_length=320, null=True)
    warnings: list[str] | None = fields.JSONField(null=True)  # what whoever read it was unsure of

    approval_nonce = fields.CharField(max_length=40)
    approved_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=200, null=True)
    decision_reason: str | None = fields.TextField(null=True)

    policy_name = fields.CharField(max_length=100, null=True)
    policy: dict[str, Any] | None = fields.JSONField(null=True)  # frozen at cascade start
    agent_order: list[int] | None = fields.JSONField(null=True)  # frozen with the policy
    round = fields.IntField(default=1)
    automatic_rounds = fields.IntField(default=1)  # how many of the policy's rounds are used
    round_opened_at = fields.DatetimeField(null=True)
    skipped: list[int] | None = fields.JSONField(null=True)  # agents it was taken back from
    asked_anew_at = fields.DatetimeField(null=True)  # refusals before are overruled
    cutoff = fields.DatetimeField(null=True)
    cutoff_by = fields.CharField(max_length=200, null=True)  # null: computed from the policy
    paused_at = fields.DatetimeField(null=True)
    risk_at = fields.DatetimeField(null=True)  # when to alert if nobody has it by then
    started_at = fields.DatetimeField(null=True)

    assigned_agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "models.Agent", null=True, related_name="jobs", on_delete=fields.RESTRICT
    )
    assigned_agent_id: int | None
    assigned_at = fields.DatetimeField(null=True)
    assigned_by_hand = fields.BooleanField(default=False)

    next_action = fields.CharField(max_length=20, null=True)
    next_action_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    purged_at = fields.DatetimeField(null=True)  # since then without personal data
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "jobs"


class Offer(Model):
    """One job put to one agent. `cutoff` and `width` are copies, so that the database checks."""

    id = fields.BigIntField(primary_key=True)
    job: fields.ForeignKeyRelation[Job] = fields.ForeignKeyField(
        "models.Job", related_name="offers", on_delete=fields.RESTRICT
    )
    job_id: int
    agent: fields.ForeignKeyRelation[Agent] = fields.ForeignKeyField(
        "models.Agent", related_name="offers", on_delete=fields.RESTRICT
    )
    agent_id: int
    address: fields.ForeignKeyNullableRelation[Address] = fields.ForeignKeyField(
        "models.Address", null=True, related_name="offers", on_delete=fields.RESTRICT
    )
    address_id: int | None
    status = fields.CharField(max_length=20, default=OfferStatus.SENT.value)
    version = fields.IntField()
    round = fields.IntField()
    code = fields.IntField()
    slot = fields.IntField()
    width = fields.IntField()
    cutoff = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    remind_at = fields.DatetimeField(null=True)
    responded_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    reason: str | None = fields.TextField(null=True)
    reserved_at = fields.DatetimeField(null=True)
    reconfirm_by = fields.DatetimeField(null=True)
    drop_asked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "offers"
