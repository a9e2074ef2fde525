"""Open this to add a language, or a word that coordinators decide with. Pure data, case-folded.

One file a language; a coordinator is understood in their own and in English.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.decision_words.de import GERMAN
from core.decision_words.en import ENGLISH
from core.decision_words.pl import POLISH
from core.decision_words.ro import ROMANIAN
from core.decision_words.shape import Asks, DecisionWords
from core.decision_words.uk import UKRAINIAN
from core.domain.languages import DEFAULT_LANGUAGE, language_of

__all__ = ["WORDS", "Asks", "DecisionWords", "spoken_with", "word_for"]

WORDS: Mapping[str, DecisionWords] = {
    "en": ENGLISH,
    "pl": POLISH,
    "ro": ROMANIAN,
    "uk": UKRAINIAN,
    "de": GERMAN,
}


def spoken_with(language: str | None) -> tuple[DecisionWords, ...]:
    """Return the words that a coordinator of that language is understood by, their own last."""
    own = WORDS[language_of(language) or DEFAULT_LANGUAGE]
    return (ENGLISH,) if own is ENGLISH else (ENGLISH, own)


def word_for(asks: Asks, language: str | None) -> str:
    """Return the word that texts in that language tell people to answer, in capitals."""
    return spoken_with(language)[-1].actions[asks][0].upper()
