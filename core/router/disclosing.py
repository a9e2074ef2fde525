"""Everything that is kept about one driver, for the driver to have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tortoise.models import Model

from core.models import Address, Agent, Alert, Event, InboxEntry, Job, Offer, OutboxMessage
from core.runner import Unit


async def agent_data(unit: Unit, agent_id: int) -> dict[str, Any] | None:
    """Return the rows about a driver by table; None when there never was one of that id."""
    agent = await Agent.get_or_none(id=agent_id)
    if agent is None:
        return None
    handles = await Address.filter(agent_id=agent_id).values_list("handle", flat=True)
    said = await InboxEntry.filter(agent_id=agent_id).order_by("id")
    unread = InboxEntry.filter(agent_id=None, handle__in=[agent.phone_e164, *handles])
    return {
        "agent": _row(agent),
        "addresses": _rows(await Address.filter(agent_id=agent_id).order_by("id")),
        "offers": _rows(await Offer.filter(agent_id=agent_id).order_by("id")),
        "jobs": [
            {"id": job.id, "sheet_job_id": job.sheet_job_id, "status": job.status}
            for job in await Job.filter(assigned_agent_id=agent_id).order_by("id")
        ],
        "received": _rows([*said, *await unread.order_by("id")]),
        "sent": _rows(await OutboxMessage.filter(agent_id=agent_id).order_by("id")),
        "alerts": _rows(await Alert.filter(agent_id=agent_id).order_by("id")),
        "history": _rows(await Event.filter(agent_id=agent_id).order_by("id")),
    }


def _rows(rows: Iterable[Model]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Model) -> dict[str, Any]:
    meta = row._meta  # noqa: SLF001 - Tortoise has no public list of a model's columns
    values = {column: getattr(row, name) for name, column in meta.fields_db_projection.items()}
    return {
        column: value.decode(errors="replace") if isinstance(value, bytes) else value
        for column, value in values.items()
        if value is not None and column != "token"
    }
