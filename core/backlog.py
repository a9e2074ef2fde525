"""How much lies where: the figures of /metrics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain import JobStatus
from core.runner import Unit


async def backlog(unit: Unit) -> Mapping[str, int]:
    """Count what lies where, by queries that indexes answer."""
    counted: dict[str, Any] = {f"jobs_{status.value}": 0 for status in JobStatus}
    for row in await unit.rows("SELECT status, COUNT(*) AS n FROM jobs GROUP BY status"):
        counted[f"jobs_{row['status']}"] = row["n"]
    for name, query in _COUNTS.items():
        counted[name] = (await unit.rows(query))[0]["n"]
    return counted


_COUNTS = {
    "offers_open": "SELECT COUNT(*) AS n FROM offers WHERE status = 'sent'",
    "outbox_queued": "SELECT COUNT(*) AS n FROM outbox WHERE state = 'queued'",
    "outbox_failed": "SELECT COUNT(*) AS n FROM outbox WHERE state = 'failed'",
    "inbox_waiting": "SELECT COUNT(*) AS n FROM inbox WHERE state = 'stored'",
    "alerts_open": "SELECT COUNT(*) AS n FROM alerts WHERE resolved_at IS NULL",
}
