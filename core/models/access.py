"""Who may use the API: bearer tokens, of which only hashes are kept."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Token(Model):
    """A bearer token's hash and what it allows; its name is unique among those not revoked."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    scope = fields.CharField(max_length=20)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)  # to the hour

    class Meta:
        table = "tokens"
