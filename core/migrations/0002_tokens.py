"""Bearer tokens by their hashes, and which jobs hold no personal data any more."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

ADDED = (
    # a revoked token's name may be used again
    "CREATE UNIQUE INDEX one_live_token_per_name ON tokens (name) WHERE revoked_at IS NULL",
    "ALTER TABLE jobs ADD COLUMN purged_at TIMESTAMPTZ NULL",
    "CREATE INDEX jobs_to_purge ON jobs (closed_at) WHERE closed_at IS NOT NULL"
    " AND purged_at IS NULL",
)


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [
        ops.CreateModel(
            name="Token",
            fields=[
                ("id", fields.BigIntField(primary_key=True)),
                ("name", fields.CharField(max_length=100)),
                ("scope", fields.CharField(max_length=20)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", fields.DatetimeField()),
                ("revoked_at", fields.DatetimeField(null=True)),
                ("last_used_at", fields.DatetimeField(null=True)),
            ],
            options={"table": "tokens"},
        ),
        ops.RunSQL(ADDED),
    ]
