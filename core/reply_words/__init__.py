"""Open this to add a language, or a word that drivers answer with. Pure data, case-folded.

One file a language; a driver is understood in their own and in English, except for the English
words that mean something else in theirs. docs/words.md is printed from here.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.domain import Verdict
from core.domain.languages import DEFAULT_LANGUAGE, language_of
from core.reply_words.de import GERMAN
from core.reply_words.en import ENGLISH
from core.reply_words.pl import POLISH
from core.reply_words.ro import ROMANIAN
from core.reply_words.shape import Words
from core.reply_words.uk import UKRAINIAN

__all__ = ["ENGLISH", "VERDICT_WORDS", "WORDS", "Words", "spoken_with", "word_for"]

WORDS: Mapping[str, Words] = {
    "en": ENGLISH,
    "pl": POLISH,
    "ro": ROMANIAN,
    "uk": UKRAINIAN,
    "de": GERMAN,
}
VERDICT_WORDS: Mapping[str, Mapping[Verdict, tuple[str, ...]]] = {
    language: words.verdicts for language, words in WORDS.items()
}


def spoken_with(language: str | None) -> tuple[Words, ...]:
    """Return the words that a driver of that language is understood by, their own last."""
    own = WORDS[language_of(language) or DEFAULT_LANGUAGE]
    return (ENGLISH,) if own is ENGLISH else (ENGLISH, own)


def word_for(verdict: Verdict, language: str | None) -> str:
    """Return the word that texts in that language tell people to answer, in capitals."""
    return spoken_with(language)[-1].verdicts[verdict][0].upper()
