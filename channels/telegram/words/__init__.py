"""The chat's own words in every language of the house, as data."""

from __future__ import annotations

from collections.abc import Mapping

from channels.telegram.words.de import GERMAN
from channels.telegram.words.en import ENGLISH
from channels.telegram.words.pl import POLISH
from channels.telegram.words.ro import ROMANIAN
from channels.telegram.words.shape import Words
from channels.telegram.words.uk import UKRAINIAN
from core.domain import DEFAULT_LANGUAGE, language_of

__all__ = ["REASONS", "WORDS", "Words", "words_in"]

WORDS: Mapping[str, Words] = {
    "en": ENGLISH,
    "pl": POLISH,
    "ro": ROMANIAN,
    "uk": UKRAINIAN,
    "de": GERMAN,
}

# what the coordinator reads, whatever language the driver pressed in
REASONS = ("too far", "busy then", "pay too low", "wrong vehicle", "other reason")


def words_in(language: str | None) -> Words:
    """Return the words of a language tag; English for one that nobody speaks here."""
    return WORDS[language_of(language) or DEFAULT_LANGUAGE]
