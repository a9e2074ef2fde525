"""What hearing needs: messages found by their reply token, answers counted, jobs numbered."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

ADDED = (
    "ALTER TABLE outbox ADD COLUMN reply_hash VARCHAR(64) NULL",
    "CREATE UNIQUE INDEX outbox_by_reply_hash ON outbox (reply_hash) WHERE reply_hash IS NOT NULL",
    "ALTER TABLE outbox ADD COLUMN limited_at TIMESTAMPTZ NULL",
    "CREATE INDEX outbox_limited ON outbox (channel, limited_at) WHERE limited_at IS NOT NULL",
    "ALTER TABLE jobs ADD COLUMN warnings JSON NULL",
)


class Migration(migrations.Migration):
    dependencies = [("models", "0003_overrides")]

    operations = [
        ops.CreateModel(
            name="Counter",
            fields=[
                ("name", fields.CharField(primary_key=True, max_length=100)),
                ("value", fields.BigIntField()),
            ],
            options={"table": "counters"},
        ),
        ops.RunSQL(ADDED),
    ]
