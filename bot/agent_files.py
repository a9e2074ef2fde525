"""Open this for the files that drivers are brought in from and taken out to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.rows import agent_draft
from bot.tables import SKILLS_APART, drafts_of, read_rows
from core.drafts import AgentDraft
from core.views import AgentView

COLUMNS = (
    *("name", "phone_e164", "priority", "active", "vehicle_type", "skills"),
    *("email", "telegram", "language", "quiet_hours"),
)


def read_agents(path: Path) -> list[AgentDraft]:
    """Return the drivers in a CSV or JSON file; BadRows lists every row that is wrong."""
    return drafts_of(read_rows(path, "agents", _value), agent_draft, "phone_e164")


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
