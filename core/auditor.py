"""The auditor: looks at the whole record for what must never be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.runner import Runner, Unit

SLACK = timedelta(seconds=2)  # an overdue offer may stay open that long while the service runs
SLACK_OF_PLANS = timedelta(minutes=1)  # what else is due may wait behind a backlog
SLACK_OF_MESSAGES = timedelta(minutes=10)  # many messages to one handle leave one by one


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant. The query names the rows that break it.

    With `overdue`, $1 is the moment since which they are; asked only while the service runs.
    `thorough`: reads finished work too, so its cost grows with history.
    """

    said: str
    sql: str
    overdue: timedelta | None = None
    thorough: bool = False


CHECKS = (
    Check(
        "job {id} has more than one accepted offer",
        "SELECT job_id AS id FROM offers WHERE status = 'accepted'"
        " GROUP BY job_id HAVING COUNT(*) > 1",
        thorough=True,
    ),
    Check(
        "job {id} is assigned, but not to the driver of its accepted offer or by hand",
        "SELECT j.id FROM jobs j LEFT JOIN offers o ON o.job_id = j.id AND o.status = 'accepted'"
        " WHERE j.status = 'assigned' AND (j.assigned_agent_id IS NULL"
        " OR (o.id IS NULL AND NOT j.assigned_by_hand)"
        " OR (o.id IS NOT NULL AND o.agent_id <> j.assigned_agent_id))",
    ),
    Check(
        "job {id} was completed, but not by the driver of its accepted offer or by hand",
        "SELECT j.id FROM jobs j LEFT JOIN offers o ON o.job_id = j.id AND o.status = 'accepted'"
        " WHERE j.status = 'completed' AND (j.assigned_agent_id IS NULL"
        " OR (o.id IS NULL AND NOT j.assigned_by_hand)"
        " OR (o.id IS NOT NULL AND o.agent_id <> j.assigned_agent_id))",
        thorough=True,
    ),
    Check(
        "job {id} has an accepted offer but is not assigned",
        "SELECT j.id FROM jobs j JOIN offers o ON o.job_id = j.id AND o.status = 'accepted'"
        " WHERE j.status NOT IN ('assigned', 'completed')",
        thorough=True,
    ),
    Check(
        "job {id} names a driver but is {status}",
        "SELECT id, status FROM jobs WHERE assigned_agent_id IS NOT NULL"
        " AND status IN ('needs_approval', 'approved', 'offering', 'uncovered')",
    ),
    Check(
        "job {id} has open offers but is not offering",
        "SELECT DISTINCT j.id FROM jobs j JOIN offers o ON o.job_id = j.id AND o.status = 'sent'"
        " WHERE j.status <> 'offering'",
    ),
    Check(
        "job {id} has more open offers than its policy's width",
        "SELECT job_id AS id FROM offers WHERE status = 'sent' AND width > 0"
        " GROUP BY job_id, width HAVING COUNT(*) > width",
    ),
    Check(
        "job {id} is offering, but nobody is asked and nothing is planned",
        "SELECT j.id FROM jobs j WHERE j.status = 'offering' AND j.next_action_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.job_id = j.id AND o.status = 'sent')",
    ),
    Check(
        "job {id} just sits: nothing is planned for it",
        "SELECT id FROM jobs WHERE status IN ('needs_approval', 'approved', 'uncovered',"
        " 'assigned') AND next_action_at IS NULL",
    ),
    Check(
        "job {id} is {status}, but something is planned for it",
        "SELECT id, status FROM jobs WHERE next_action_at IS NOT NULL"
        " AND status IN ('rejected', 'cancelled', 'completed')",
    ),
    Check(
        "job {id} is uncovered and nobody was alerted",
        "SELECT j.id FROM jobs j WHERE j.status = 'uncovered' AND NOT EXISTS ("
        "SELECT 1 FROM alerts a WHERE a.subject = 'job:' || j.id AND a.cause = 'uncovered'"
        " AND a.resolved_at IS NULL)",
    ),
    Check(
        "alert {id} says {cause}, but its job is {status}",
        "SELECT a.id, a.cause, j.status FROM alerts a JOIN jobs j ON j.id = a.job_id"
        " WHERE a.resolved_at IS NULL AND a.cause IN ('uncovered', 'unapproved', 'never_started')"
        " AND j.status <> CASE a.cause WHEN 'uncovered' THEN 'uncovered'"
        " WHEN 'unapproved' THEN 'needs_approval' ELSE 'approved' END",
    ),
    Check(
        "alert {id} is closed and would be said again",
        "SELECT id FROM alerts WHERE next_at IS NOT NULL"
        " AND (resolved_at IS NOT NULL OR acknowledged_at IS NOT NULL)",
    ),
    Check(
        "offer {id} ends after its job's cutoff",
        "SELECT id FROM offers WHERE status = 'sent' AND expires_at > cutoff",
    ),
    Check(
        "offer {id} has another cutoff than its job",
        "SELECT o.id FROM offers o JOIN jobs j ON j.id = o.job_id WHERE o.status = 'sent'"
        " AND (o.cutoff <> j.cutoff OR (o.cutoff IS NULL) <> (j.cutoff IS NULL))",
    ),
    Check(
        "offer {id} waits in reserve, but its job is {status}",
        "SELECT o.id, j.status FROM offers o JOIN jobs j ON j.id = o.job_id"
        " WHERE o.reserved_at IS NOT NULL AND j.status NOT IN ('offering', 'uncovered')",
    ),
    Check(
        "message {id} failed and says no reason",
        "SELECT id FROM outbox WHERE state = 'failed' AND reason IS NULL",
    ),
    Check(
        "offer {id} is open although its time is over",
        "SELECT id FROM offers WHERE status = 'sent' AND expires_at < $1",
        overdue=SLACK,
    ),
    Check(
        "job {id} was due for '{next_action}' and nothing happened",
        "SELECT id, next_action FROM jobs WHERE next_action_at < $1",
        overdue=SLACK_OF_PLANS,
    ),
    Check(
        "alert {id} was to be said again and was not",
        "SELECT id FROM alerts WHERE next_at < $1",
        overdue=SLACK_OF_PLANS,
    ),
    Check(
        "message {id} is due and nobody sends it",
        "SELECT id FROM outbox WHERE state = 'queued' AND due_at < $1"
        " AND (leased_until IS NULL OR leased_until < $1)",
        overdue=SLACK_OF_MESSAGES,
    ),
    Check(
        "inbox entry {id} is stored and nobody reads it",
        "SELECT id FROM inbox WHERE state = 'stored' AND due_at < $1"
        " AND (leased_until IS NULL OR leased_until < $1)",
        overdue=SLACK_OF_MESSAGES,
    ),
    Check(
        "job {id} is {status}, but its history says {told}",
        "SELECT j.id, j.status, e.target AS told FROM jobs j JOIN events e ON e.id ="
        " (SELECT MAX(id) FROM events WHERE job_id = j.id AND target IN ('needs_approval',"
        " 'approved', 'offering', 'uncovered', 'assigned', 'completed', 'rejected',"
        " 'cancelled')) WHERE e.target <> j.status",
        thorough=True,
    ),
    Check(
        "job {id} is {status}, but drivers were asked about it",
        "SELECT DISTINCT j.id, j.status FROM jobs j JOIN offers o ON o.job_id = j.id"
        " WHERE j.status IN ('needs_approval', 'approved', 'rejected')",
        thorough=True,
    ),
    Check(
        "offer {id} timed out before its end",
        "SELECT id FROM offers WHERE status = 'timed_out' AND closed_at < expires_at",
        thorough=True,
    ),
    Check(
        "offer {id} is {status}, but its job's history says {told}",
        "SELECT o.id, o.status, e.target AS told FROM offers o JOIN events e ON e.id ="
        " (SELECT MAX(id) FROM events WHERE job_id = o.job_id AND offer_id = o.id AND target IN"
        " ('sent', 'accepted', 'declined', 'timed_out', 'rescinded', 'undeliverable',"
        " 'withdrawn')) WHERE e.target <> o.status",
        thorough=True,
    ),
)


async def audit(
    runner: Runner, now: datetime, *, running: bool = True, thorough: bool = True
) -> tuple[str, ...]:
    """Return one sentence per broken invariant; empty when all is well.

    With `running` False, what is overdue is no fault: no clock runs that would settle it.
    Without `thorough`, only live work is looked at, by queries that indexes answer.
    """

    async def query(unit: Unit) -> tuple[str, ...]:
        found: list[str] = []
        for check in CHECKS:
            if (check.thorough and not thorough) or (check.overdue is not None and not running):
                continue
            params = () if check.overdue is None else (now - check.overdue,)
            found += [check.said.format(**row) for row in await unit.rows(check.sql, *params)]
        return tuple(found)

    return await runner.read(query)
