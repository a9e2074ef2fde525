"""All texts that people read: one template a message and language, with the facts as named fields.

The first line of a rendered template is the subject, the rest is the text. A language is read
from a tag such as `en-GB`; one that is not known falls back to English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from core.domain import DEFAULT_LANGUAGE, MessageKind, language_of
from core.texts.calendar import CALENDARS

__all__ = ["render"]

_FOLDER = Path(__file__).parent
_GAPS = re.compile(r"\n{3,}")  # what lines without a fact leave behind


def render(
    kind: MessageKind,
    facts: Mapping[str, Any],
    *,
    language: str,
    zone: ZoneInfo,
    repeat: bool = False,
) -> tuple[str, str]:
    """Return (subject, text) of a message; moments are shown in `zone`."""
    known = language_of(language) or DEFAULT_LANGUAGE
    shown = {name: _shown(name, value, known, zone) for name, value in facts.items()}
    shown["pickup"] = pickup_text(facts, known, zone)
    written = _template(known, _name(kind, facts)).render(facts=_Facts(shown), repeat=repeat)
    subject, _, text = written.strip().partition("\n")
    return subject.strip(), _GAPS.sub("\n\n", text.strip())


def _name(kind: MessageKind, facts: Mapping[str, Any]) -> str:
    """Return the template's name; an update of what is still open reads as that message does."""
    still_open = kind is MessageKind.UPDATE and facts.get("open")
    return str(facts["of"]) if still_open else kind.value


def pickup_text(facts: Mapping[str, Any], language: str, zone: ZoneInfo) -> str | None:
    """Return the pickup as people say it, such as `Fri 30 Jan 2026 14:30`; None when unknown."""
    moment = facts.get("pickup_at")
    if moment is None:
        return None
    local = datetime.fromisoformat(moment).astimezone(zone)
    day = CALENDARS[language].day(local)
    return day if facts.get("pickup_date_only") else f"{day} {local:%H:%M}"


class _Facts(dict[str, Any]):
    """Facts by name; one that is not known reads as empty."""

    def __missing__(self, name: str) -> None:
        return None


def _shown(name: str, value: Any, language: str, zone: ZoneInfo) -> Any:
    if name in ("answer_by", "until", "at") and isinstance(value, str):
        return CALENDARS[language].by(datetime.fromisoformat(value).astimezone(zone))
    return value


@cache
def _environment() -> Environment:
    return Environment(  # noqa: S701 - plain text; channels escape for their own form
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _template(language: str, name: str) -> Template:
    return _environment().get_template(f"{language}/{name}.txt")
