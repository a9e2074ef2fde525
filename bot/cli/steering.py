"""Open this for `dispatch jobs pause`, `skip`, `award`, `edit` and the other interventions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.jobs import AgentId, JobId, Reason
from bot.cli.running import CommandFailed, local_user, tell_decision, with_core

if TYPE_CHECKING:
    from bot.composition import Core
    from core.domain import Actor
    from core.outcomes import DecisionOutcome
    from core.router.overrides import Overrides

OfferId = Annotated[int, typer.Argument(metavar="OFFER", min=1)]
PolicyName = Annotated[str | None, typer.Option(help="A [policies.…] of plugins.toml.")]
LONGEST_EXTENSION = 10_080  # minutes: a week
Step = Callable[["Overrides", "Actor"], Awaitable["DecisionOutcome"]]


def add_to(app: typer.Typer) -> None:
    """Add these commands to `dispatch jobs`."""
    for command in (pause, resume, skip, extend, cutoff, reoffer, award, answer, complete, edit):
        app.command()(command)
    app.command("offer-next")(offer_next)
    app.command("take-back")(take_back)


def pause(job_id: JobId) -> None:
    """Ask nobody further until resumed; open offers run on."""
    _steer(job_id, lambda overrides, by: overrides.pause(job_id, by))


def resume(job_id: JobId) -> None:
    """Go on asking where the pause began."""
    _steer(job_id, lambda overrides, by: overrides.resume(job_id, by))


def skip(
    job_id: JobId,
    *,
    offer: Annotated[int | None, typer.Option(help="Only while this offer is open.", min=1)] = None,
) -> None:
    """Close what is open now and ask the next in line."""
    _steer(job_id, lambda overrides, by: overrides.skip(job_id, by, offer_id=offer))


def extend(
    job_id: JobId,
    minutes: Annotated[float, typer.Argument(metavar="MINUTES", min=0.1, max=LONGEST_EXTENSION)],
) -> None:
    """Give the drivers who are being asked more time, within the cutoff."""
    _steer(job_id, lambda overrides, by: overrides.extend(job_id, minutes, by))


def cutoff(
    job_id: JobId,
    date: Annotated[str, typer.Argument(metavar="DATE", help="30/01/2026 or 2026-01-30.")],
    time: Annotated[str, typer.Argument(metavar="TIME", help="13:30 or 1.30pm.")],
) -> None:
    """Settle the job by another moment, which must lie ahead."""

    async def set_cutoff(core: Core) -> DecisionOutcome:
        from bot.rows import moment_of

        at = moment_of(date, time, core.site)
        return await core.router.overrides.set_cutoff(job_id, at, local_user())

    tell_decision(with_core(set_cutoff), job_id)


def reoffer(job_id: JobId, *, policy: PolicyName = None) -> None:
    """Ask everybody anew about an uncovered job, also who declined."""

    async def ask(core: Core) -> DecisionOutcome:
        from bot.rows import known_policy

        known_policy(policy, core.site)
        return await core.router.overrides.reoffer(job_id, local_user(), policy=policy)

    tell_decision(with_core(ask), job_id)


def offer_next(job_id: JobId, agent_id: AgentId) -> None:
    """Put one driver at the head of the line."""
    _steer(job_id, lambda overrides, by: overrides.offer_next(job_id, agent_id, by))


def award(job_id: JobId, offer_id: OfferId) -> None:
    """Give a free job to the driver of an offer that ran out or was declined."""
    _steer(job_id, lambda overrides, by: overrides.award(job_id, offer_id, by))


def answer(
    job_id: JobId,
    offer_id: OfferId,
    verdict: Annotated[str, typer.Argument(metavar="YES|NO|DROP")],
    *,
    reason: Reason = None,
) -> None:
    """Answer an offer for its driver, who said it in some other way."""
    from core.domain import Verdict

    said = {v.value: v for v in (Verdict.YES, Verdict.NO, Verdict.DROP)}.get(verdict.upper())
    if said is None:
        raise typer.BadParameter("the answer is YES, NO or DROP")
    _steer(
        job_id,
        lambda overrides, by: overrides.answer(job_id, offer_id, said, by, reason=reason),
    )


def take_back(job_id: JobId, *, reason: Reason = None) -> None:
    """Take an assigned job back from its driver and ask the others."""
    _steer(job_id, lambda overrides, by: overrides.take_back(job_id, by, reason=reason))


def complete(job_id: JobId) -> None:
    """Say that an assigned job is done."""
    outcome = with_core(lambda core: core.router.complete(job_id, local_user()))
    tell_decision(outcome, job_id)


def edit(
    job_id: JobId,
    changes: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE…", help="As in the API; FIELD= empties it."),
    ],
    *,
    version: Annotated[int | None, typer.Option(help="The version that you saw.", min=1)] = None,
) -> None:
    """Change a job; what a driver decides by makes a new version, which is asked anew."""
    named = _named(changes)

    async def change(core: Core) -> DecisionOutcome:
        from bot.rows import job_changes
        from core.outcomes import UnreadablePickup

        values = job_changes(named, core.site)
        edit_job = core.router.overrides.edit
        outcome = await edit_job(job_id, values, local_user(), version=version)
        if isinstance(outcome, UnreadablePickup):
            raise CommandFailed(f"pickup: {outcome.reason}")
        return outcome

    tell_decision(with_core(change), job_id)


def _steer(job_id: int, step: Step) -> None:
    outcome = with_core(lambda core: step(core.router.overrides, local_user()))
    tell_decision(outcome, job_id)


def _named(changes: list[str]) -> dict[str, Any]:
    """Return the values by field; skills are parted by `;` as in files."""
    from bot.tables import SKILLS_APART

    named: dict[str, Any] = {}
    for change in changes:
        field, given, value = change.partition("=")
        if not given:
            raise typer.BadParameter(f"{change!r} is not FIELD=VALUE")
        named[field.strip()] = value or None
    if named.get("skills"):
        named["skills"] = [skill.strip() for skill in named["skills"].split(SKILLS_APART)]
    return named
