"""Open this for `dispatch jobs …`: bring in, look at and decide jobs from a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.running import (
    CommandFailed,
    all_rows,
    local_user,
    no_job,
    tell_decision,
    with_core,
)
from bot.cli.showing import AsJson, show_json, show_rows

if TYPE_CHECKING:
    from bot.composition import Core
    from core.outcomes import AlreadyExists, Created, KeyReused, StartOutcome
    from core.views import JobView

app = typer.Typer(help="Jobs.", no_args_is_help=True)

JobId = Annotated[int, typer.Argument(metavar="ID", min=1)]
AgentId = Annotated[int, typer.Argument(metavar="AGENT", min=1)]
Reason = Annotated[str | None, typer.Option(help="Kept in the job's history.")]
Status = Annotated[str | None, typer.Option(help="Only jobs in this state.")]

LISTED = ("id", "sheet_job_id", "status", "pickup_at", "origin", "destination", "vehicle_type")


@app.command("list")
def list_jobs(
    *,
    status: Status = None,
    search: Annotated[str | None, typer.Option(help="Words in reference or places.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show jobs, newest last."""
    jobs = jobs_in(status, search)
    if as_json:
        show_json(jobs)
    else:
        show_rows(LISTED, ([getattr(job, column) for column in LISTED] for job in jobs))


@app.command("add")
def add_job(
    ref: Annotated[str, typer.Argument(metavar="REF", help="Your own name for the job.")],
    *,
    date: Annotated[str | None, typer.Option(help="30/01/2026 or 2026-01-30.")] = None,
    time: Annotated[str | None, typer.Option(help="14:30 or 2.30pm.")] = None,
    origin: Annotated[str | None, typer.Option("--origin", "--from")] = None,
    destination: Annotated[str | None, typer.Option("--destination", "--to")] = None,
    vehicle: str | None = None,
    skill: Annotated[list[str] | None, typer.Option(help="May be given again.")] = None,
    notes: str | None = None,
    pay: str | None = None,
    pickup_address: str | None = None,
    delivery_address: str | None = None,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    coordinator: Annotated[str | None, typer.Option(help="Mail address.")] = None,
    policy: Annotated[str | None, typer.Option(help="A [policies.…] of plugins.toml.")] = None,
) -> None:
    """Add one job, which then waits for approval; a known REF changes nothing."""
    values = {
        "sheet_job_id": ref,
        "pickup_date": date,
        "pickup_time": time,
        "origin": origin,
        "destination": destination,
        "vehicle_type": vehicle,
        "skills": skill or None,
        "notes": notes,
        "pay": pay,
        "pickup_address": pickup_address,
        "delivery_address": delivery_address,
        "contact_name": contact_name,
        "contact_phone": contact_phone,
        "coordinator_email": coordinator,
        "policy": policy,
    }

    async def add(core: Core) -> Created | AlreadyExists | KeyReused:
        from bot.rows import job_draft

        draft = job_draft(values, core.site)
        return await core.router.create_job(draft, local_user(), source="command line")

    _tell_created(with_core(add))


@app.command("approve")
def approve_job(
    job_id: JobId,
    *,
    start: Annotated[bool, typer.Option("--start", help="Begin to offer it at once.")] = False,
) -> None:
    """Approve a job."""
    outcome = with_core(lambda core: core.router.approve(job_id, local_user(), start=start))
    tell_decision(outcome, job_id)


@app.command("reject")
def reject_job(job_id: JobId, *, reason: Reason = None) -> None:
    """Refuse a job for good."""
    outcome = with_core(lambda core: core.router.reject(job_id, local_user(), reason=reason))
    tell_decision(outcome, job_id)


@app.command("cancel")
def cancel_job(job_id: JobId, *, reason: Reason = None) -> None:
    """Call a job off; whoever has an offer of it or the job itself is told."""
    outcome = with_core(lambda core: core.router.cancel(job_id, local_user(), reason=reason))
    tell_decision(outcome, job_id)


@app.command("assign")
def assign_job(
    job_id: JobId,
    agent_id: AgentId,
    *,
    reason: Reason = None,
) -> None:
    """Give a job to a driver by hand."""
    outcome = with_core(
        lambda core: core.router.assign(job_id, agent_id, local_user(), reason=reason)
    )
    tell_decision(outcome, job_id)


@app.command("start")
def start_job(job_id: JobId) -> None:
    """Begin to offer an approved job; a running `serve` sends the message."""
    _tell_started(with_core(lambda core: core.router.start_offers(job_id, local_user())), job_id)


def jobs_in(status: str | None, search: str | None) -> list[JobView]:
    """Return the jobs in a state, all when None; usage error when there is no such state."""
    from core.domain import JobStatus

    if status is not None and status not in set(JobStatus):
        raise typer.BadParameter(f"--status is one of {', '.join(JobStatus)}")
    return with_core(
        lambda core: all_rows(
            lambda cursor: core.router.records.jobs(
                status=status, q=search, limit=500, cursor=cursor
            )
        )
    )


def _tell_created(outcome: Created | AlreadyExists | KeyReused) -> None:
    from core.outcomes import AlreadyExists, Created, KeyReused

    match outcome:
        case Created(job, approve_url):
            typer.echo(f"job {job.id} is {job.status}: {approve_url}")
        case AlreadyExists(job, _, changed):
            differs = f" ({', '.join(changed)} differ and stay as they were)" if changed else ""
            typer.echo(f"job {job.id} exists already and is {job.status}{differs}")
        case KeyReused():  # only with an idempotency key, which a shell does not give
            raise CommandFailed("that key was used for another job")


def _tell_started(outcome: StartOutcome, job_id: int) -> None:
    from core.outcomes import (
        GivenToReserve,
        NobodyLeft,
        NotFound,
        OthersAsked,
        Refused,
        Scheduled,
        Started,
    )

    match outcome:
        case Started(offer, agent):
            typer.echo(f"job {job_id} is offered to {agent.name} until {offer.expires_at}")
        case Scheduled(at):
            typer.echo(f"job {job_id} will be offered from {at} on")
        case GivenToReserve(_, agent):
            typer.echo(f"job {job_id} goes to {agent.name}, who had said yes before")
        case OthersAsked():
            typer.echo(f"job {job_id} is being offered already")
        case NobodyLeft(_, excluded):
            reasons = sorted({exclusion.reason.value for exclusion in excluded})
            why = ", ".join(reasons) or "there are no drivers"
            raise CommandFailed(f"job {job_id} is uncovered, nobody can be asked: {why}")
        case Refused(_, reason, job):
            raise CommandFailed(f"job {job_id} is {job.status}: {reason}")
        case NotFound():
            raise CommandFailed(no_job(job_id))
