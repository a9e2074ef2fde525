"""What was said can be edited: which messages, what they say by now, what an update is of."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADDED = (
    "ALTER TABLE outbox ADD COLUMN editable BOOL NOT NULL DEFAULT FALSE",
    "ALTER TABLE outbox ADD COLUMN says VARCHAR(64) NULL",
    "ALTER TABLE outbox ADD COLUMN updates BIGINT NULL",
    "CREATE INDEX outbox_editable_by_job ON outbox (job_id) WHERE editable",
    "CREATE INDEX outbox_editable_by_alert ON outbox (alert_id) WHERE editable",
    "CREATE INDEX outbox_editable_by_address ON outbox (address_id) WHERE editable",
    "CREATE INDEX outbox_updates ON outbox (updates) WHERE updates IS NOT NULL",
)


class Migration(migrations.Migration):
    dependencies = [("models", "0004_hearing")]

    operations = [ops.RunSQL(ADDED)]
