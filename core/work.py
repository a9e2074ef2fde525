"""What a unit of work has in hand: its transaction, one reading of the clock, its history."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from core.codes import Codes
from core.columns import moment_text
from core.domain import Actor, EventKind, JobStatus
from core.models import Event
from core.row_statements import together
from core.rows import ENTRIES, EVENTS, JOBS, MESSAGES, rows_of
from core.showing import shown
from core.views import EventView

if TYPE_CHECKING:
    from tortoise.models import Model

    from core.cascade.opening import Opening
    from core.fleet import Fleet
    from core.links import ApprovalLinks
    from core.models import InboxEntry, Job
    from core.runner import Unit
    from core.site import Site


class _Again:
    """Marks a unit that lost a race after it began to write."""


Line = dict[str, Any]  # of history: its columns
MOST_TOGETHER = 50  # lines of history in one statement with an inbox entry
AGAIN = _Again()  # raise Abandon(AGAIN): the router rolls back, reads anew and decides again


@dataclass(slots=True)
class Work:
    """Handed to every step; lives for one unit of work. `now` is read once, at its start."""

    unit: Unit
    now: datetime
    site: Site
    links: ApprovalLinks
    events: list[Line] = field(default_factory=list)  # lines of history, as written
    fleet: Fleet | None = None  # read once by a unit that asks for several jobs
    openings: list[Opening] = field(default_factory=list)  # offers opened, not written yet
    codes: Codes = field(default_factory=Codes)  # of the drivers whom it asks
    promised: bool = False  # a message was added to the outbox
    _messages: list[dict[str, Any]] = field(default_factory=list)  # promised, not written yet
    _lines: list[Line] = field(default_factory=list)  # of history, not written yet

    async def note(
        self,
        kind: EventKind,
        by: Actor,
        *,
        job_id: int | None = None,
        offer_id: int | None = None,
        agent_id: int | None = None,
        source: str | None = None,
        target: str | None = None,
        reason: str | None = None,
        **facts: Any,
    ) -> Line:
        """Append one line of history; it is written at the end of the unit, with the others.

        Until then, what is not known yet may be added to the line that this returns.
        """
        told: Line | None = None
        if facts:
            told = {k: moment_text(v) if isinstance(v, datetime) else v for k, v in facts.items()}
        line = {
            "at": self.now,
            "kind": str(kind),
            "job_id": job_id,
            "offer_id": offer_id,
            "agent_id": agent_id,
            "actor": str(by)[:200],
            "source": source,
            "target": target,
            "reason": reason,
            "facts": told,
        }
        self._lines.append(line)
        return line

    async def write_history(self) -> None:
        """Write the lines noted so far; the router calls it as the last step of every unit."""
        lines, self._lines = self._lines, []
        self._written(lines, await EVENTS.insert_all(self.unit, lines))

    async def store(self, entry: InboxEntry) -> bool:
        """Store what this unit has answered; False when that was stored before: then abandon.

        On PostgreSQL with the history noted so far: one round trip less, and a YES makes 0.62 x of
        what bare asyncpg does instead of 0.55 (medians of six, in turns, busy).
        """
        lines = self._lines
        if self.unit.dialect != "postgres" or not 0 < len(lines) <= MOST_TOGETHER:
            return await ENTRIES.insert_new(self.unit, entry) is not None
        inbox, given = ENTRIES.insertion(entry)
        history, values = EVENTS.insertion_of_all(lines, self.unit.dialect)
        sql = together(inbox, len(given), history)
        found = await self.unit.records(sql, *given, *values)
        self._lines = []
        self._written(lines, sorted(line_id for line_id, _ in found))
        return bool(found[0][1])

    async def store_all(self, entries: Sequence[dict[str, object]]) -> bool:
        """Do what `store` does for several, each given as its columns, of the same names.

        False when one was stored before: then abandon.
        """
        return await ENTRIES.insert_each_new(self.unit, entries) == len(entries)

    def _written(self, lines: Sequence[Line], ids: Sequence[int]) -> None:
        for line_id, line in zip(ids, lines, strict=True):
            line["id"] = line_id
        self.events += lines

    async def add_message(self, **columns: Any) -> None:
        """Add a message to the outbox; a unit that asks for several jobs writes them at its end."""
        self.promised = True
        self._messages.append(columns)
        if self.fleet is None:
            await self.write_messages()

    async def write_messages(self) -> None:
        """Write the messages promised so far; the router calls it at the end of every unit."""
        rows, self._messages = self._messages, []
        await MESSAGES.insert_all(self.unit, rows)

    async def hold_job(self, job_id: int, *statuses: JobStatus, version: int | None = None) -> bool:
        """Write the job row first, as every unit must; False when it is not in those statuses.

        From here to the commit no other unit of work changes the job or its offers.
        """
        where, values = _job_in(job_id, statuses, version)
        return bool(await JOBS.change(self.unit, where, *values, updated_at=self.now))

    async def hold(self, job: Job, *statuses: JobStatus) -> bool:
        """Do what `hold_job` does, and make `job` the whole row as it is afterwards."""
        where, values = _job_in(job.id, statuses, None)
        return await JOBS.renew(self.unit, job, where, *values, updated_at=self.now)

    async def move_job(
        self,
        job_id: int,
        sources: tuple[JobStatus, ...],
        target: JobStatus,
        *,
        version: int | None = None,
        **values: Any,
    ) -> bool:
        """Compare and set a job's status; False when it was not in one of `sources`."""
        where, known = _job_in(job_id, sources, version)
        values |= {"status": target.value, "updated_at": self.now}
        return bool(await JOBS.change(self.unit, where, *known, **values))

    async def move_on(
        self,
        job: Job,
        sources: tuple[JobStatus, ...],
        target: JobStatus,
        *,
        version: int,
        **values: Any,
    ) -> bool:
        """Do what `move_job` does, and make `job` what it is afterwards."""
        where, known = _job_in(job.id, sources, version)
        values |= {"status": target.value, "updated_at": self.now}
        return await JOBS.move(self.unit, job, where, *known, **values)

    async def move_jobs(
        self,
        jobs: Sequence[tuple[int, int, Mapping[str, object]]],
        source: JobStatus,
        target: JobStatus,
    ) -> bool:
        """Do what `move_job` does for jobs by id, version and what else changes.

        False when one of them was not in `source`, or not of that version: then abandon.
        """
        where, _ = _job_in(0, (source,), 0)
        also = {"status": target.value, "updated_at": self.now}
        rows = [((job_id, source.value, version), {**v, **also}) for job_id, version, v in jobs]
        return await JOBS.change_each(self.unit, where, rows) == len(rows)

    async def insert_new(self, row: Model) -> int | None:
        """Insert unless a unique index refuses it; return the new id, None when it is there.

        The database decides, so that two units which insert the same at once agree.
        """
        return await rows_of(type(row)).insert_new(self.unit, row)


def _job_in(
    job_id: int, statuses: tuple[JobStatus, ...], version: int | None
) -> tuple[str, list[object]]:
    """Return the condition that the job is in one of `statuses`, and of that version."""
    values: list[object] = [job_id, *(status.value for status in statuses)]
    where = _in_one_of(len(statuses), of_version=version is not None)
    return where, values if version is None else [*values, version]


@cache
def _in_one_of(amount: int, *, of_version: bool) -> str:
    marks = ", ".join(f"${number}" for number in range(2, amount + 2))
    where = f"id = $1 AND status IN ({marks})"
    return f"{where} AND version = ${amount + 2}" if of_version else where


def event_view(line: Event) -> EventView:
    """Show one line of history."""
    return shown(EventView, line)


def plain(value: Mapping[str, Any] | str | None) -> Any:
    """Return a JSON column as read by raw SQL: text on one database, values on the other."""
    return json.loads(value) if isinstance(value, str) else value
