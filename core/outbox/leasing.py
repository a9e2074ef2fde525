"""Open this for which messages are taken next: the oldest due, one at a time for each reader."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from core.columns import among
from core.models import OutboxMessage
from core.rows import MESSAGES
from core.work import Work

LEASE = timedelta(seconds=30)  # longer than any attempt to send may take

# The first that is due of each handle, from one handle to the next, 2 µs each. Looking at all that
# wait took 1 µs for each of them: 3,900 µs of the processor for one look at 3,000 to one handle,
# and 100 so (whole units); for one at 50 to as many handles 99, and 158 so (the statement).
_FIRSTS = (
    "WITH RECURSIVE handles(id) AS ("
    "SELECT (SELECT id FROM outbox{waiting} WHERE state = 'queued'"
    " ORDER BY channel, handle, id LIMIT 1)"
    " UNION ALL SELECT COALESCE("
    "(SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel = p.channel AND n.handle > p.handle ORDER BY n.handle, n.id LIMIT 1),"
    " (SELECT n.id FROM outbox AS n{waiting} WHERE n.state = 'queued'"
    " AND n.channel > p.channel ORDER BY n.channel, n.handle, n.id LIMIT 1))"
    " FROM handles JOIN outbox AS p ON p.id = handles.id)"
    " SELECT (SELECT w.id FROM outbox AS w{waiting} WHERE w.state = 'queued'"
    " AND w.channel = p.channel AND w.handle = p.handle AND w.due_at <= $2 ORDER BY w.id LIMIT 1)"
    " FROM handles JOIN outbox AS p ON p.id = handles.id"
)


async def lease(work: Work, limit: int) -> list[OutboxMessage]:
    """Keep up to `limit` messages from other relays for a while."""
    rows = await work.unit.records(_take(work.unit.dialect), work.now + LEASE, work.now, limit)
    ids = [row[0] for row in rows]
    found = f"{among('id', len(ids))} ORDER BY id"
    return await MESSAGES.all(work.unit, found, *ids) if ids else []


@cache
def _take(dialect: str) -> str:
    """Return the statement for one database; SQLite has to be told which index is short."""
    skip, waiting = " FOR UPDATE SKIP LOCKED", ""
    if dialect == "sqlite":
        skip, waiting = "", " INDEXED BY outbox_waiting"
    firsts = _FIRSTS.format(waiting=waiting)
    return (
        "UPDATE outbox SET leased_until = $1, attempts = attempts + 1,"
        " unsure = (unsure OR leased_until IS NOT NULL), claimed_at = COALESCE(claimed_at, $2)"
        f" WHERE id IN (SELECT id FROM outbox AS o WHERE o.id IN ({firsts})"
        " AND o.state = 'queued' AND (o.leased_until IS NULL OR o.leased_until <= $2)"
        f" ORDER BY o.due_at, o.id LIMIT $3{skip}) RETURNING id"
    )
