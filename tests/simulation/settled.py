"""Open this for what must be so when a world has come to rest: nothing left over or untold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from core.runner import Runner, Unit, as_utc
from tests.simulation.journal import Journal
from tests.simulation.ledger import Ledger

Row = dict[str, Any]

# each names what is left over at the end, although everything should have ended
LEFT_OVER = {
    "job {id} is {status} for ever": "SELECT id, status FROM jobs"
    " WHERE status NOT IN ('rejected', 'cancelled', 'completed')",
    "job {id} is over and still has something planned": "SELECT id FROM jobs"
    " WHERE next_action_at IS NOT NULL",
    "offer {id} is open for ever": "SELECT id FROM offers WHERE status = 'sent'",
    "offer {id} is in reserve for ever": "SELECT id FROM offers WHERE reserved_at IS NOT NULL",
    "message {id} was neither sent nor given up": "SELECT id FROM outbox WHERE state = 'queued'",
    "message {id} failed for no reason": "SELECT id FROM outbox"
    " WHERE state = 'failed' AND (reason IS NULL OR reason = '')",
    "entry {id} was never read": "SELECT id FROM inbox WHERE state = 'stored'",
    "alert {id} is about a job that is over": "SELECT a.id FROM alerts a"
    " WHERE a.resolved_at IS NULL AND a.acknowledged_at IS NULL AND a.job_id IS NOT NULL",
    "alert {id} is closed and would be said again": "SELECT id FROM alerts"
    " WHERE next_at IS NOT NULL",
    "message {id} ({kind}) failed and no coordinator was told": "SELECT o.id, o.kind FROM outbox o"
    " WHERE o.state = 'failed' AND o.kind NOT IN ('alert', 'offer') AND NOT EXISTS ("
    "SELECT 1 FROM alerts a WHERE a.cause = 'message_failed' AND (a.job_id = o.job_id"
    " OR a.agent_id = o.agent_id) AND a.raised_at <= o.settled_at)",
    "message {id} ({kind}) found nobody and no coordinator was told": "SELECT o.id, o.kind"
    " FROM outbox o WHERE o.state = 'dropped' AND o.reason = 'its reader is not there any more'"
    " AND (o.kind IN ('booked', 'changed') OR o.kind = 'withdrawn' AND EXISTS ("
    "SELECT 1 FROM outbox m WHERE m.kind = 'offer' AND m.offer_id = o.offer_id"
    " AND m.state IN ('sent', 'delivered'))) AND NOT EXISTS (SELECT 1 FROM outbox m"
    " WHERE m.id > o.id AND m.kind = o.kind AND m.job_id = o.job_id AND m.agent_id = o.agent_id)"
    " AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.cause = 'undeliverable'"
    " AND a.job_id = o.job_id AND a.agent_id = o.agent_id AND a.raised_at <= o.settled_at)",
    "offer {id} timed out although {word} had come in time": "SELECT o.id, i.verdict AS word"
    " FROM offers o JOIN inbox i ON i.offer_id = o.id AND i.verdict IN ('YES', 'NO')"
    " WHERE o.status = 'timed_out' AND i.received_at < o.expires_at",
    "alert {id} says {cause} without a cause": "SELECT a.id, a.cause FROM alerts a"
    " WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.at = a.raised_at"
    " AND (e.job_id = a.job_id OR e.agent_id = a.agent_id)"
    " AND ((a.cause = 'uncovered' AND e.kind = 'uncovered')"
    " OR (a.cause = 'dropped' AND e.kind = 'reopened')"
    " OR (a.cause = 'opted_out' AND e.kind = 'opted_out')"
    " OR (a.cause = 'unclear_reply' AND e.kind = 'unclear_reply')"
    " OR (a.cause = 'undeliverable' AND e.kind = 'undeliverable')"
    " OR (a.cause = 'undeliverable' AND e.kind = 'assigned' AND e.agent_id = a.agent_id)"
    " OR (a.cause = 'undeliverable' AND e.kind IN ('taken_back', 'cancelled', 'expired'))))"
    " AND NOT (a.cause = 'undeliverable' AND EXISTS (SELECT 1 FROM outbox o"
    " WHERE o.state = 'dropped' AND o.reason = 'its reader is not there any more'"
    " AND o.job_id = a.job_id AND o.agent_id = a.agent_id AND o.settled_at = a.raised_at))"
    " AND NOT (a.cause = 'message_failed' AND EXISTS (SELECT 1 FROM outbox o"
    " WHERE o.state = 'failed' AND o.settled_at = a.raised_at))"
    " AND NOT a.cause IN ('unapproved', 'never_started', 'at_risk')",
    "alert {id} says {cause} about a job that was not so": "SELECT a.id, a.cause FROM alerts a"
    " JOIN events e ON e.id = (SELECT MAX(id) FROM events WHERE job_id = a.job_id"
    " AND at <= a.raised_at AND target IN ('needs_approval', 'approved', 'offering', 'uncovered',"
    " 'assigned', 'completed', 'rejected', 'cancelled') AND id < (SELECT MIN(id) FROM events"
    " WHERE job_id = a.job_id AND kind = 'alerted' AND at = a.raised_at AND reason = a.reason))"
    " WHERE (a.cause = 'unapproved' AND e.target <> 'needs_approval')"
    " OR (a.cause = 'never_started' AND e.target <> 'approved')"
    " OR (a.cause = 'at_risk' AND e.target NOT IN ('needs_approval', 'approved', 'offering'))",
    "event {id} says {kind} and nobody was alerted": "SELECT e.id, e.kind FROM events e"
    " WHERE e.kind IN ('uncovered', 'reopened', 'unclear_reply') AND NOT EXISTS ("
    "SELECT 1 FROM alerts a WHERE a.raised_at <= e.at"
    " AND (a.resolved_at IS NULL OR a.resolved_at >= e.at)"
    " AND (a.job_id = e.job_id OR (e.job_id IS NULL AND a.agent_id = e.agent_id))"
    " AND a.cause = CASE e.kind WHEN 'reopened' THEN 'dropped' ELSE e.kind END)",
    "driver {agent_id} was not told that offer {id} was taken back": "SELECT o.id, o.agent_id"
    " FROM offers o WHERE o.status = 'rescinded' AND EXISTS (SELECT 1 FROM outbox m"
    " WHERE m.offer_id = o.id AND m.kind = 'offer' AND m.state IN ('sent', 'delivered'))"
    " AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.agent_id = o.agent_id"
    " AND m.created_at >= o.closed_at AND ((m.kind = 'withdrawn' AND m.offer_id = o.id)"
    " OR (m.kind = 'booked' AND m.job_id = o.job_id)))"
    " AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.cause = 'undeliverable'"
    " AND a.agent_id = o.agent_id AND a.raised_at = o.closed_at)",
    "driver {agent_id} was given job {job_id} and not told": "SELECT e.agent_id, e.job_id"
    " FROM events e WHERE e.kind = 'assigned' AND NOT EXISTS (SELECT 1 FROM outbox m"
    " WHERE m.kind = 'booked' AND m.agent_id = e.agent_id AND m.job_id = e.job_id"
    " AND m.created_at >= e.at) AND NOT EXISTS (SELECT 1 FROM inbox i"
    " WHERE i.channel = 'webhook' AND i.agent_id = e.agent_id AND i.job_id = e.job_id"
    " AND i.verdict = 'YES' AND i.handled_at = e.at) AND NOT EXISTS (SELECT 1 FROM alerts a"
    " WHERE a.cause = 'undeliverable' AND a.agent_id = e.agent_id AND a.job_id = e.job_id"
    " AND a.raised_at <= e.at AND (a.resolved_at IS NULL OR a.resolved_at >= e.at))",
}


async def unsettled(
    runner: Runner, ledger: Ledger, journal: Journal, references: Mapping[int, str]
) -> list[str]:
    """Return one sentence for each thing that a world at rest should not show."""

    async def query(unit: Unit) -> list[str]:
        found = [
            said.format(**row) for said, sql in LEFT_OVER.items() for row in await unit.rows(sql)
        ]
        found += _differences(await unit.rows("SELECT * FROM jobs ORDER BY id"), ledger)
        found += _offers_differ(await unit.rows("SELECT * FROM offers ORDER BY id"), ledger)
        found += _untold(await unit.rows(_BOOKINGS), ledger)
        found += _told_twice(await unit.rows(_HEARD_YES), journal, ledger, references)
        kept = [row["id"] for row in await unit.rows("SELECT id FROM events ORDER BY id")]
        if kept != [e.id for e in journal.events()]:
            found.append("the kept history is not the one that was told after the commits")
        return found

    return await runner.read(query)


def _differences(rows: list[Row], ledger: Ledger) -> Iterator[str]:
    """Compare each job with what its history says (invariant 9)."""
    for row in rows:
        told = ledger.jobs[row["id"]]
        if (row["status"], row["assigned_agent_id"]) != (told.status, told.holder):
            yield f"job {row['id']} is {row['status']}, history says {told.status}, {told.holder}"
        if as_utc(row["cutoff"]) != told.cutoff:
            yield f"job {row['id']} has cutoff {row['cutoff']}, history says {told.cutoff}"


def _offers_differ(rows: list[Row], ledger: Ledger) -> Iterator[str]:
    for row in rows:
        told = ledger.jobs[row["job_id"]].offers[row["id"]]
        kept = (row["status"], row["agent_id"], row["round"], as_utc(row["expires_at"]))
        if kept != (told.status, told.agent, told.round, told.expires_at):
            yield f"offer {row['id']} is {kept}, history says {told}"


# the last thing promised to each driver about each job
_BOOKINGS = (
    "SELECT o.job_id, o.agent_id, o.kind, o.state, o.reason, EXISTS ("
    "SELECT 1 FROM alerts a WHERE a.cause = 'undeliverable' AND a.job_id = o.job_id"
    " AND a.agent_id = o.agent_id AND a.raised_at >= o.settled_at) AS office_knows FROM outbox o"
    " WHERE o.agent_id IS NOT NULL AND o.kind IN ('booked', 'withdrawn') AND o.id = (SELECT MAX(id)"
    " FROM outbox WHERE job_id = o.job_id AND agent_id = o.agent_id"
    " AND kind IN ('booked', 'withdrawn'))"
)
# how often each driver may be told BOOKED: once for each YES that was heard in a channel
_HEARD_YES = (
    "SELECT job_id, agent_id FROM inbox WHERE verdict = 'YES' AND channel <> 'webhook'"
    " AND job_id IS NOT NULL"
)


def _untold(rows: list[Row], ledger: Ledger) -> Iterator[str]:
    """Nobody but the holder may be left believing that the job is theirs, STOP apart.

    The office is to know of whoever cannot be told.
    """
    for row in rows:
        job = ledger.jobs[row["job_id"]]
        believes = row["kind"] == "booked" and row["state"] in ("sent", "delivered")
        knows = row["agent_id"] in job.dropped_by or row["agent_id"] in job.lost_in_silence
        if believes and not (knows or row["office_knows"]) and job.holder != row["agent_id"]:
            yield f"driver {row['agent_id']} still believes to hold job {job.id}"


def _told_twice(
    heard: list[Row], journal: Journal, ledger: Ledger, references: Mapping[int, str]
) -> Iterator[str]:
    """BOOKED comes for each time the job was given, edited, or YES was said in a channel."""
    yes = Counter((row["job_id"], row["agent_id"]) for row in heard)
    booked = Counter(
        (line.message.facts["reference"], line.message.name)
        for line in journal.arrived()
        if line.message.kind == "booked" and not line.message.repeat
    )
    for job in ledger.jobs.values():
        for agent in sorted(set(job.assigned_to)):
            given = job.assigned_to.count(agent)
            told = booked[references[job.id], f"Driver {agent}"]
            if told > given + yes[job.id, agent] + job.edits:
                yield f"driver {agent} was told BOOKED {told} times for job {job.id}, given {given}"
