"""Open this for the files that drivers are brought in from and taken out to: CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from bot.rows import BadRow, agent_draft
from core.drafts import AgentDraft
from core.views import AgentView

COLUMNS = (
    *("name", "phone_e164", "priority", "active", "vehicle_type", "skills"),
    *("email", "telegram", "language", "quiet_hours"),
)
SKILLS_APART = ";"


class BadRows(Exception):
    """Rows that cannot be taken: one line each."""

    def __init__(self, *rows: str) -> None:
        super().__init__(*rows)
        self.rows = rows


def read_agents(path: Path) -> list[AgentDraft]:
    """Return the drivers in a CSV or JSON file; BadRows lists every row that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = _json_rows(text) if path.suffix.lower() == ".json" else _csv_rows(text)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        raise BadRows(f"the file cannot be read: {error}") from error
    drafts: list[AgentDraft] = []
    problems: list[str] = []
    first: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        try:
            draft = agent_draft(row)
        except BadRow as bad:
            problems.append(f"row {number}: {bad}")
            continue
        if first.setdefault(draft.phone_e164, number) != number:
            problems.append(
                f"row {number}: phone_e164: stands in row {first[draft.phone_e164]} too"
            )
        drafts.append(draft)
    if problems:
        raise BadRows(*problems)
    return drafts


def _csv_rows(text: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows as JSON would hold them; an empty cell is a field that is not given."""
    reader = csv.DictReader(text.splitlines(), restkey="cells without a column", strict=True)
    return [{name: _value(name, cell) for name, cell in row.items() if cell} for row in reader]


def _value(name: str, cell: str) -> object:
    """Return a cell as its column's kind; as it stands when it is none, for the rules to refuse."""
    match name:
        case "priority" | "telegram" if cell.strip().lstrip("-").isdecimal():
            return int(cell)
        case "active":
            return {"true": True, "yes": True, "false": False, "no": False}.get(cell.lower(), cell)
        case "skills":
            return [skill.strip() for skill in cell.split(SKILLS_APART)]
        case _:
            return cell


def _json_rows(text: str) -> Sequence[Mapping[str, Any]]:
    """Return the list, or the one under "agents" as `POST /agents/sync` takes it."""
    found = json.loads(text)
    rows = found.get("agents") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError('it must hold a list of objects, or {"agents": [...]}')
    return rows


def as_rows(agents: Iterable[AgentView]) -> list[dict[str, object]]:
    """Return drivers in the fields that an import reads, those that are known."""
    return [
        {column: value for column, value in _fields(agent).items() if value is not None}
        for agent in agents
    ]


def _fields(agent: AgentView) -> dict[str, object]:
    handles = {address.channel: address.handle for address in agent.addresses}
    telegram = handles.get("telegram")
    return {
        "name": agent.name,
        "phone_e164": agent.phone_e164,
        "priority": agent.priority,
        "active": agent.active,
        "vehicle_type": agent.vehicle_type,
        "skills": list(agent.skills),
        "email": handles.get("email"),
        "telegram": None if telegram is None else int(telegram),
        "language": agent.language,
        "quiet_hours": agent.quiet_hours,
    }


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]], file: IO[str]) -> None:
    """Write rows under their columns; no text in them starts a formula in a spreadsheet."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = SKILLS_APART.join(str(item) for item in value)
    if isinstance(value, str) and value[:1] in ("=", "@", "-", "+", "\t", "\r"):
        is_number = value[1:].isdecimal()  # phone numbers
        return value if is_number else f"'{value}"
    return value
