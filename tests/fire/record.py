"""The service's side of the story: the whole record as plain rows, read in one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.runner import Runner, Unit, open_runner
from core.work import plain

Row = Mapping[str, Any]

_QUERIES = {
    "jobs": "SELECT id, sheet_job_id, status, skills, policy, assigned_agent_id,"
    " assigned_by_hand, next_action_at FROM jobs ORDER BY id",
    "offers": "SELECT id, job_id, agent_id, status, round, version, width, expires_at"
    " FROM offers ORDER BY id",
    "events": "SELECT id, kind, job_id, offer_id, agent_id, source, target, facts FROM events"
    " ORDER BY id",
    "agents": "SELECT id, phone_e164, priority, skills, active FROM agents ORDER BY id",
    "inbox": "SELECT id, channel, external_id, state FROM inbox ORDER BY id",
    "outbox": "SELECT id, kind, state, job_id, offer_id, address_id, agent_id FROM outbox"
    " ORDER BY id",
}
_JSON = ("skills", "policy", "facts")


@dataclass(frozen=True, slots=True)
class Record:
    """Every row that the checker looks at."""

    jobs: Mapping[int, Row] = field(default_factory=dict)
    offers: Mapping[int, Row] = field(default_factory=dict)
    agents: Mapping[int, Row] = field(default_factory=dict)
    events: tuple[Row, ...] = ()
    inbox: tuple[Row, ...] = ()
    outbox: tuple[Row, ...] = ()

    def events_by(self, column: str) -> Mapping[int, list[Row]]:
        """Return the history by job or by offer, oldest first."""
        found: dict[int, list[Row]] = defaultdict(list)
        for event in self.events:
            if event[column] is not None:
                found[event[column]].append(event)
        return found

    def offers_by_job(self) -> Mapping[int, list[Row]]:
        """Return each job's offers, oldest first."""
        found: dict[int, list[Row]] = defaultdict(list)
        for offer in self.offers.values():
            found[offer["job_id"]].append(offer)
        return found


async def read_record(runner: Runner) -> Record:
    """Read everything in one snapshot."""

    async def query(unit: Unit) -> dict[str, list[dict[str, Any]]]:
        return {name: await unit.rows(sql) for name, sql in _QUERIES.items()}

    found = await runner.read(query)
    for rows in found.values():
        for row in rows:
            row.update({name: plain(row[name]) for name in _JSON if name in row})
    return Record(
        jobs=_by_id(found["jobs"]),
        offers=_by_id(found["offers"]),
        agents=_by_id(found["agents"]),
        events=tuple(found["events"]),
        inbox=tuple(found["inbox"]),
        outbox=tuple(found["outbox"]),
    )


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Runner]:
    """Open the record beside the service, and let go of it before the service is killed again."""
    runner = await open_runner(url)
    try:
        yield runner
    finally:
        await runner.close()


def _by_id(rows: Iterable[Row]) -> dict[int, Row]:
    return {row["id"]: row for row in rows}
