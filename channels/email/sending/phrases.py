"""Open this for the few words that mail adds to the texts of the service, in each language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.domain import DEFAULT_LANGUAGE, language_of

_FILE = Path(__file__).parents[1] / "templates" / "phrases.toml"


@dataclass(frozen=True, slots=True)
class Phrases:
    """`yes` and `no` are what is sent; the labels must not read as an answer when quoted."""

    yes: str
    no: str
    yes_label: str
    no_label: str
    decide_by_answer: str
    alert_by_answer: str


@cache
def phrases_of(language: str) -> Phrases:
    """Return the phrases of a language tag; English for one that is not known."""
    known = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Phrases(**known[language_of(language) or DEFAULT_LANGUAGE])
