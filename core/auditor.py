"""The auditor: looks at the whole record for what must never be so."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.runner import Runner, Unit

SLACK = timedelta(seconds=2)  # an overdue offer may stay open that long while the service runs

# Each query names the rows that break one invariant; $1 is the moment up to which things are due.
CHECKS: tuple[tuple[str, str], ...] = (
    (
        "job {id} has more than one accepted offer",
        "SELECT job_id AS id FROM offers WHERE status = 'accepted'"
        " GROUP BY job_id HAVING COUNT(*) > 1",
    ),
    (
        "job {id} is assigned, but not to the driver of its accepted offer or by hand",
        "SELECT j.id FROM jobs j LEFT JOIN offers o ON o.job_id = j.id AND o.status = 'accepted'"
        " WHERE j.status IN ('assigned', 'completed') AND (j.assigned_agent_id IS NULL"
        " OR (o.id IS NULL AND NOT j.assigned_by_hand)"
        " OR (o.id IS NOT NULL AND o.agent_id <> j.assigned_agent_id))",
    ),
    (
        "job {id} has an accepted offer but is not assigned",
        "SELECT j.id FROM jobs j JOIN offers o ON o.job_id = j.id AND o.status = 'accepted'"
        " WHERE j.status NOT IN ('assigned', 'completed')",
    ),
    (
        "job {id} has open offers but is not offering",
        "SELECT DISTINCT j.id FROM jobs j JOIN offers o ON o.job_id = j.id AND o.status = 'sent'"
        " WHERE j.status <> 'offering'",
    ),
    (
        "job {id} has more open offers than its policy's width",
        "SELECT job_id AS id FROM offers WHERE status = 'sent' AND width > 0"
        " GROUP BY job_id, width HAVING COUNT(*) > width",
    ),
    (
        "job {id} is offering, but nobody is asked and nothing is planned",
        "SELECT j.id FROM jobs j WHERE j.status = 'offering' AND j.next_action_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.job_id = j.id AND o.status = 'sent')",
    ),
    (
        "job {id} just sits: nothing is planned for it",
        "SELECT id FROM jobs WHERE status IN ('needs_approval', 'approved', 'uncovered',"
        " 'assigned') AND next_action_at IS NULL",
    ),
    (
        "job {id} is uncovered and nobody was alerted",
        "SELECT j.id FROM jobs j WHERE j.status = 'uncovered' AND NOT EXISTS ("
        "SELECT 1 FROM alerts a WHERE a.job_id = j.id AND a.cause = 'uncovered'"
        " AND a.resolved_at IS NULL)",
    ),
    (
        "offer {id} ends after its job's cutoff",
        "SELECT id FROM offers WHERE expires_at > cutoff",
    ),
    (
        "offer {id} is open although its time is over",
        "SELECT id FROM offers WHERE status = 'sent' AND expires_at < $1",
    ),
    (
        "job {id} is {status}, but its history says {told}",
        "SELECT j.id, j.status, e.target AS told FROM jobs j JOIN events e ON e.id ="
        " (SELECT MAX(id) FROM events WHERE job_id = j.id AND target IN ('needs_approval',"
        " 'approved', 'offering', 'uncovered', 'assigned', 'completed', 'rejected',"
        " 'cancelled')) WHERE e.target <> j.status",
    ),
)


async def audit(runner: Runner, now: datetime, *, running: bool = True) -> tuple[str, ...]:
    """Return one sentence per broken invariant; empty when all is well.

    With `running` False, overdue offers are no fault: no clock runs that would settle them.
    """

    async def query(unit: Unit) -> tuple[str, ...]:
        found: list[str] = []
        for said, sql in CHECKS:
            if "$1" in sql:
                if not running:
                    continue
                rows = await unit.rows(sql, now - SLACK)
            else:
                rows = await unit.rows(sql)
            found += [said.format(**row) for row in rows]
        return tuple(found)

    return await runner.read(query)
