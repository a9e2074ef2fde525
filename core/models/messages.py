"""What came in and what must go out, with the leases under which that happens once."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from core.domain import InboxState, OutboxState


class InboxEntry(Model):
    """Something received; stored before it was acknowledged, acted on exactly once."""

    id = fields.BigIntField(primary_key=True)
    channel = fields.CharField(max_length=60)
    external_id = fields.CharField(max_length=255, null=True)  # unique per channel; null: no id
    handle = fields.CharField(max_length=320, null=True)  # the sender, when known at arrival
    payload = fields.BinaryField()
    received_at = fields.DatetimeField()
    state = fields.CharField(max_length=20, default=InboxState.STORED.value)
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    leased_until = fields.DatetimeField(null=True)
    handled_at = fields.DatetimeField(null=True)
    reason: str | None = fields.TextField(null=True)
    agent_id = fields.BigIntField(null=True)
    job_id = fields.BigIntField(null=True)
    offer_id = fields.BigIntField(null=True)
    verdict = fields.CharField(max_length=20, null=True)
    answer: dict[str, Any] | None = fields.JSONField(null=True)

    class Meta:
        table = "inbox"


class OutboxMessage(Model):
    """Something that the system has promised to say; sent outside the unit that promised it."""

    id = fields.BigIntField(primary_key=True)
    token = fields.CharField(max_length=40, unique=True)  # the message's name for the outside
    kind = fields.CharField(max_length=40)
    channel = fields.CharField(max_length=60)
    handle = fields.CharField(max_length=320)
    address_id = fields.BigIntField(null=True)
    agent_id = fields.BigIntField(null=True)
    coordinator_id = fields.BigIntField(null=True)
    job_id = fields.BigIntField(null=True)
    offer_id = fields.BigIntField(null=True)
    alert_id = fields.BigIntField(null=True)
    inbox_id = fields.BigIntField(null=True)
    facts: dict[str, Any] = fields.JSONField()
    state = fields.CharField(max_length=20, default=OutboxState.QUEUED.value)
    attempts = fields.IntField(default=0)
    unsure = fields.BooleanField(default=False)  # an earlier attempt may have arrived
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    leased_until = fields.DatetimeField(null=True)
    claimed_at = fields.DatetimeField(null=True)  # the first claim
    settled_at = fields.DatetimeField(null=True)
    receipt: dict[str, Any] | None = fields.JSONField(null=True)
    editable = fields.BooleanField(default=False)  # it is edited when what it says has changed
    says = fields.CharField(max_length=64, null=True)  # mark of its last update; null: as sent
    updates = fields.BigIntField(null=True)  # the message that this update is of
    reason: str | None = fields.TextField(null=True)
    reply_hash = fields.CharField(max_length=64, null=True)  # of the token that answers it
    limited_at = fields.DatetimeField(null=True)  # set: one of those of which few are sent

    class Meta:
        table = "outbox"


class Counter(Model):
    """The last number given out under a name."""

    name = fields.CharField(max_length=100, primary_key=True)
    value = fields.BigIntField()

    class Meta:
        table = "counters"


class Lease(Model):
    """The right to be the only one who runs something, until it lapses."""

    name = fields.CharField(max_length=100, primary_key=True)
    holder = fields.CharField(max_length=100)
    until = fields.DatetimeField()

    class Meta:
        table = "leases"


class PluginState(Model):
    """Small values that a plugin keeps, such as the offset of a poller."""

    id = fields.BigIntField(primary_key=True)
    owner = fields.CharField(max_length=60)
    name = fields.CharField(max_length=100)
    value = fields.TextField()

    class Meta:
        table = "plugin_state"


class IdempotencyKey(Model):
    """A client's name for a request that it may repeat, with a fingerprint of what it sent."""

    key = fields.CharField(max_length=255, primary_key=True)
    fingerprint = fields.CharField(max_length=64)
    job_id = fields.BigIntField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
