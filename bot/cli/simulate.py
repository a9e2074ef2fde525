"""Open this for `dispatch simulate`: past jobs under other policies, nothing sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.progress import progress
from bot.cli.running import CommandFailed
from bot.cli.showing import AsJson, show_json, show_rows

if TYPE_CHECKING:
    from bot.rehearsing import Comparison, Wish


def add_to(app: typer.Typer) -> None:
    """Add the command to the top."""
    app.command()(simulate)


def simulate(
    *,
    jobs: Annotated[int | None, typer.Option(min=1, help="The last N jobs; 200 if unsaid.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Jobs since that day instead.")
    ] = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="One of plugins.toml; may be given again. Else all.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change the default policy; again: more."),
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="An invented day of 100 jobs.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Live past jobs again under other policies and compare; sends and changes nothing."""
    import asyncio

    from bot.rehearsing import Wish, compare

    if sum((jobs is not None, since is not None, sample)) > 1:
        raise typer.BadParameter("give one of --jobs, --since and --sample")
    wish = Wish(jobs, since, tuple(policy or ()), tuple(changes or ()), sample, seed)
    with progress("simulating") as told:
        comparison = asyncio.run(compare(wish, told))
    if comparison is None:
        raise CommandFailed("there are no such jobs: --sample compares on an invented day")
    if as_json:
        show_json(_as_json(comparison, wish))
    else:
        _show(comparison)


def _show(comparison: Comparison) -> None:
    typer.echo(
        f"{comparison.jobs} jobs from {comparison.begins:%Y-%m-%d %H:%M}"
        f" to {comparison.ends:%Y-%m-%d %H:%M} UTC"
    )
    names = ["", *(account.name for account in comparison.accounts)]
    figures = [account.figures for account in comparison.accounts]
    rows = [[label, *(shown(getattr(f, key)) for f in figures)] for key, label, shown in SHOWN]
    show_rows(names, rows)
    differing = comparison.differing
    if differing:
        named = ", ".join(differing[:10]) + (", …" if len(differing) > 10 else "")
        typer.echo(
            f"{len(differing)} of {comparison.jobs} jobs could not be replayed exactly: {named}"
        )
    else:
        typer.echo("replayed unchanged, every job went exactly as it did")


def _as_json(comparison: Comparison, wish: Wish) -> dict[str, Any]:
    from dataclasses import asdict

    from core.policy import policy_as_json

    return {
        "jobs": comparison.jobs,
        "from": comparison.begins,
        "to": comparison.ends,
        "seed": wish.seed,
        "sample": wish.sample,
        "columns": [
            {
                "name": account.name,
                "policy": policy_as_json(account.policy) if account.policy is not None else None,
                **asdict(account.figures),
            }
            for account in comparison.accounts
        ],
        "differing": list(comparison.differing),
    }


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02}m" if hours else f"{minutes}m {rest:02}s"


SHOWN: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("offered", "jobs offered", str),
    ("covered", "covered by a driver", str),
    ("fill_rate", "fill rate", _share),
    ("time_to_cover_median", "time to cover, median", _duration),
    ("time_to_cover_p90", "time to cover, p90", _duration),
    ("offers", "offers", str),
    ("offers_per_cover", "offers per cover", _number),
    ("timed_out", "offers timed out", str),
    ("uncovered", "uncovered", str),
    ("by_hand", "given by hand", str),
)
