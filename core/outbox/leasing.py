"""Open this for which messages are taken next: the oldest due, one at a time for each reader."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from core.columns import among
from core.models import OutboxMessage
from core.rows import MESSAGES
from core.work import Work

LEASE = timedelta(seconds=30)  # longer than any attempt to send may take

# Of each handle the oldest that is due, unless it is leased: near the front of all that is due,
# where most messages are found at once.
_NEAR = (
    "o.id IN (SELECT id FROM outbox{due}"
    " WHERE state = 'queued' AND due_at <= $2 ORDER BY due_at, id LIMIT 64)"
    " AND NOT EXISTS (SELECT 1 FROM outbox AS earlier{waiting} WHERE earlier.state = 'queued'"
    " AND earlier.channel = o.channel AND earlier.handle = o.handle AND earlier.id < o.id"
    " AND earlier.due_at <= $2)"
)
# Behind many to few handles: from one handle to the next, whatever waits for each. Looking at each
# message instead took 1 µs for every one that waits: 3,500 µs of the processor for a look at 3,000
# of one handle, and 250 so.
_FAR = (
    "o.id IN (WITH RECURSIVE handles(id) AS (SELECT (SELECT id FROM outbox{waiting}"
    " WHERE state = 'queued' ORDER BY channel, handle, id LIMIT 1)"
    " UNION ALL SELECT COALESCE("
    "(SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel = p.channel AND n.handle > p.handle ORDER BY n.handle, n.id LIMIT 1),"
    " (SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel > p.channel ORDER BY n.channel, n.handle, n.id LIMIT 1))"
    " FROM handles JOIN outbox AS p ON p.id = handles.id)"
    " SELECT (SELECT w.id FROM outbox AS w{waiting} WHERE w.state = 'queued'"
    " AND w.channel = p.channel AND w.handle = p.handle AND w.due_at <= $2 ORDER BY w.id LIMIT 1)"
    " FROM handles JOIN outbox AS p ON p.id = handles.id)"
)


async def lease(work: Work, limit: int) -> list[OutboxMessage]:
    """Keep up to `limit` messages from other relays for a while."""
    for place in (_NEAR, _FAR):
        taken = await work.unit.records(
            _take(place, work.unit.dialect), work.now + LEASE, work.now, limit
        )
        if taken:
            found = f"{among('id', len(taken))} ORDER BY id"
            return await MESSAGES.all(work.unit, found, *(row[0] for row in taken))
    return []


@cache
def _take(place: str, dialect: str) -> str:
    """Return the statement for one database; SQLite has to be told which index is short."""
    skip, due, waiting = " FOR UPDATE SKIP LOCKED", "", ""
    if dialect == "sqlite":
        skip, due, waiting = "", " INDEXED BY outbox_due", " INDEXED BY outbox_waiting"
    return (
        "UPDATE outbox SET leased_until = $1, attempts = attempts + 1,"
        " unsure = (unsure OR leased_until IS NOT NULL), claimed_at = COALESCE(claimed_at, $2)"
        f" WHERE id IN (SELECT id FROM outbox AS o WHERE {place.format(due=due, waiting=waiting)}"
        " AND o.state = 'queued' AND (o.leased_until IS NULL OR o.leased_until <= $2)"
        f" ORDER BY o.due_at, o.id LIMIT $3{skip}) RETURNING id"
    )
