"""What coordinators change while a job is under way: asking anew, and the moment of risk."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADDED = (
    "ALTER TABLE jobs ADD COLUMN asked_anew_at TIMESTAMPTZ NULL",
    "ALTER TABLE jobs ADD COLUMN risk_at TIMESTAMPTZ NULL",
    "CREATE INDEX offers_to_reconfirm ON offers (reconfirm_by) WHERE reconfirm_by IS NOT NULL",
    "CREATE INDEX jobs_at_risk ON jobs (risk_at) WHERE risk_at IS NOT NULL",
)


class Migration(migrations.Migration):
    dependencies = [("models", "0002_tokens")]

    operations = [ops.RunSQL(ADDED)]
