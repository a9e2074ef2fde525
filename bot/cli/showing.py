"""Open this for how commands print: tables at a terminal, tabs elsewhere, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show_json(value: Any) -> None:
    """Print views and plain values as JSON."""
    typer.echo(json.dumps(as_plain(value), indent=2, ensure_ascii=False))


def show_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns: a table at a terminal, tabs between cells elsewhere."""
    cells = [[_text(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in ([*columns], *cells):
            typer.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for line in cells:
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)


def show_facts(facts: Mapping[str, object]) -> None:
    """Print one thing, a line per fact that is known."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        if value not in (None, "", ()):
            typer.echo(f"{name:{width}}  {_text(value)}")


def as_plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(key): as_plain(item) for key, item in value.items()}
        case str() | int() | float() | None:
            return value
        case Iterable():
            return [as_plain(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return as_plain(asdict(value))
        case _:
            return str(value)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case tuple():
            return ", ".join(_text(item) for item in value)
        case _:
            return str(value)
