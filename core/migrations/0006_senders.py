"""What waits in the inbox is found sender by sender, however much each of them has sent."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ADDED = ("CREATE INDEX inbox_waiting ON inbox (channel, handle, id) WHERE state = 'stored'",)


class Migration(migrations.Migration):
    dependencies = [("models", "0005_edits")]

    operations = [ops.RunSQL(ADDED)]
