"""A driver's language is one that texts and words exist in, or is refused by name."""

from __future__ import annotations

import pytest

from core.domain import LANGUAGES
from web.body import Fields
from web.errors import InvalidFields
from web.fields import load
from web.people_forms import AgentRow

DAVE = {"name": "Dave", "phone_e164": "+447700900001", "priority": 1}


def language_kept(tag: str | None) -> str | None:
    return load(AgentRow, Fields({**DAVE, "language": tag}, by_form=False)).language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_known_language_is_kept(language: str) -> None:
    assert language_kept(language) == language


@pytest.mark.parametrize(
    ("tag", "language"), [("en-GB", "en"), ("PL", "pl"), ("de_AT", "de"), (" ", None), (None, None)]
)
def test_a_tag_is_kept_as_its_language(tag: str | None, language: str | None) -> None:
    assert language_kept(tag) == language


@pytest.mark.parametrize("tag", ["tlh", "polish", "ua", "-", "../en"])
def test_another_language_is_refused_with_the_ones_that_are_known(tag: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        language_kept(tag)
    (problem,) = refused.value.facts["fields"]
    assert problem.field == "language"
    assert problem.problem == "must be one of en, pl, ro, uk, de, or a tag of one like en-GB"
