"""What a unit of work has in hand: its transaction, one reading of the clock, its history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.domain import Actor, EventKind, JobStatus
from core.models import Event, Job
from core.showing import shown
from core.views import EventView

if TYPE_CHECKING:
    from tortoise.models import Model

    from core.links import ApprovalLinks
    from core.runner import Unit
    from core.site import Site


class _Again:
    """Marks a unit that lost a race after it began to write."""


AGAIN = _Again()  # raise Abandon(AGAIN): the router rolls back, reads anew and decides again


@dataclass(slots=True)
class Work:
    """Handed to every step; lives for one unit of work. `now` is read once, at its start."""

    unit: Unit
    now: datetime
    site: Site
    links: ApprovalLinks
    events: list[EventView] = field(default_factory=list)
    promised: bool = False  # a message was added to the outbox

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
    ) -> None:
        """Append one line of history; readers hear of it after the commit."""
        told = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in facts.items()}
        line = await Event.create(
            at=self.now,
            kind=kind.value,
            job_id=job_id,
            offer_id=offer_id,
            agent_id=agent_id,
            actor=str(by)[:200],
            source=source,
            target=target,
            reason=reason,
            facts=told or None,
        )
        self.events.append(event_view(line))

    async def hold_job(self, job_id: int, *statuses: JobStatus, version: int | None = None) -> bool:
        """Write the job row first, as every unit must; False when it is not in those statuses.

        From here to the commit no other unit of work changes the job or its offers.
        """
        row = Job.filter(id=job_id, status__in=[s.value for s in statuses])
        if version is not None:
            row = row.filter(version=version)
        return bool(await row.update(updated_at=self.now))

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
        row = Job.filter(id=job_id, status__in=[s.value for s in sources])
        if version is not None:
            row = row.filter(version=version)
        return bool(await row.update(status=target.value, updated_at=self.now, **values))

    async def insert_new(self, row: Model) -> int | None:
        """Insert unless a unique index refuses it; return the new id, None when it is there.

        The database decides, so that two units which insert the same at once agree.
        """
        meta = row._meta  # noqa: SLF001 - Tortoise has no public form of "insert or ignore"
        names = [n for n in meta.fields_db_projection if n != meta.pk_attr or row.pk is not None]
        columns = ", ".join(f'"{meta.fields_db_projection[n]}"' for n in names)
        marks = ", ".join(f"${i}" for i in range(1, len(names) + 1))
        values = [meta.fields_map[n].to_db_value(getattr(row, n), row) for n in names]
        found = await self.unit.rows(
            f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})'
            f' ON CONFLICT DO NOTHING RETURNING "{meta.db_pk_column}" AS id',
            *values,
        )
        return found[0]["id"] if found else None


def event_view(line: Event) -> EventView:
    """Show one line of history."""
    return shown(EventView, line)


def plain(value: Mapping[str, Any] | str | None) -> Any:
    """Return a JSON column as read by raw SQL: text on one database, values on the other."""
    return json.loads(value) if isinstance(value, str) else value
