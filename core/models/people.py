"""Who is asked and who decides: agents, coordinators, their Addresses, links to join a channel."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from core.domain import AddressState


class Agent(Model):
    """A driver."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=200)
    phone_e164 = fields.CharField(max_length=20, unique=True)
    priority = fields.IntField()
    active = fields.BooleanField(default=True)
    on_duty = fields.BooleanField(default=True)
    off_until = fields.DatetimeField(null=True)
    vehicle_type = fields.CharField(max_length=100, null=True)
    skills: list[str] = fields.JSONField(default=list)
    language = fields.CharField(max_length=10, null=True)
    quiet_hours = fields.CharField(max_length=20, null=True)
    last_asked_at = fields.DatetimeField(null=True)
    forgotten_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "agents"


class Coordinator(Model):
    """Someone who approves, overrides and is alerted."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=320, null=True, unique=True)
    active = fields.BooleanField(default=True)
    is_default = fields.BooleanField(default=False)  # of jobs that name nobody
    language = fields.CharField(max_length=10, null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "coordinators"


class Address(Model):
    """Where one agent or coordinator is reached: (channel name, handle), in order of `position`."""

    id = fields.BigIntField(primary_key=True)
    agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "models.Agent", null=True, related_name="addresses", on_delete=fields.RESTRICT
    )
    agent_id: int | None
    coordinator: fields.ForeignKeyNullableRelation[Coordinator] = fields.ForeignKeyField(
        "models.Coordinator", null=True, related_name="addresses", on_delete=fields.RESTRICT
    )
    coordinator_id: int | None
    channel = fields.CharField(max_length=60)
    handle = fields.CharField(max_length=320)
    position = fields.IntField(default=0)
    state = fields.CharField(max_length=20, default=AddressState.USABLE.value)
    state_reason: str | None = fields.TextField(null=True)
    state_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "addresses"


class Link(Model):
    """A one-use invitation to join a channel; only the token's hash is kept."""

    id = fields.BigIntField(primary_key=True)
    token_hash = fields.CharField(max_length=64, unique=True)
    channel = fields.CharField(max_length=60)
    agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "models.Agent", null=True, related_name="links", on_delete=fields.RESTRICT
    )
    agent_id: int | None
    coordinator: fields.ForeignKeyNullableRelation[Coordinator] = fields.ForeignKeyField(
        "models.Coordinator", null=True, related_name="links", on_delete=fields.RESTRICT
    )
    coordinator_id: int | None
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "links"
