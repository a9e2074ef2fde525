"""Open this for `dispatch jobs show`: one job, who is asked next, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.jobs import JobId
from bot.cli.running import CommandFailed, no_job, with_core
from bot.cli.showing import AsJson, show_facts, show_json, show_rows

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.composition import Core
    from core.views import CandidatesView, EventView, JobView

OFFER_COLUMNS = ("id", "agent_id", "status", "sent_at", "expires_at", "code", "delivery", "reason")
EVENT_COLUMNS = ("at", "kind", "actor", "source", "target", "agent_id", "reason")


def add_to(app: typer.Typer) -> None:
    """Add this command to `dispatch jobs`."""
    app.command("show")(show_job)


def show_job(job_id: JobId, *, as_json: AsJson = False) -> None:
    """Show one job, its offers and history, who would be asked next and why not the others."""

    async def read(core: Core) -> tuple[JobView, list[EventView], CandidatesView, ZoneInfo]:
        records = core.router.records
        job = await records.job(job_id)
        page = await records.events(job_id, limit=500)
        line = await records.candidates(job_id)
        if job is None or page is None or line is None:
            raise CommandFailed(no_job(job_id))
        return job, list(page.rows), line, core.site.zone

    job, events, line, zone = with_core(read)
    named = [(agent_id, line.names.get(agent_id, "")) for agent_id in line.candidates]
    excluded = list(_excluded(line, zone))
    if as_json:
        candidates = [{"agent_id": agent_id, "name": name} for agent_id, name in named]
        show_json({**asdict(job), "candidates": candidates, "excluded": excluded})
        return
    show_facts({name: getattr(job, name) for name in job.__slots__ if name != "offers"})
    typer.echo()
    show_rows(OFFER_COLUMNS, ([getattr(o, c) for c in OFFER_COLUMNS] for o in job.offers or ()))
    typer.echo()
    show_rows(EVENT_COLUMNS, ([getattr(e, c) for c in EVENT_COLUMNS] for e in events))
    typer.echo()
    show_rows(("rank", "agent_id", "asked next"), [(n, *who) for n, who in enumerate(named, 1)])
    typer.echo()
    show_rows(("agent_id", "why not"), [(one["agent_id"], one["why"]) for one in excluded])


def _excluded(line: CandidatesView, zone: ZoneInfo) -> Iterable[dict[str, Any]]:
    """Return each driver who would not be asked, with one sentence that says why."""
    from core.eligibility import sentence

    for one in line.excluded:
        why = sentence(one, line.names.get(one.agent_id, "This driver"), zone=zone)
        yield {"agent_id": one.agent_id, "reason": one.reason, "until": one.until, "why": why}
