"""Open this for what a language says about its words, and how spellings are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from core.domain import Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, case-folded; every one is matched whole.

    The first word of a verdict is the one that texts name. A word that means "perhaps", or one
    thing before a YES and another after it, belongs to none: it stays UNCLEAR.
    """

    verdicts: Mapping[Verdict, tuple[str, ...]]
    polite: tuple[str, ...]  # may stand beside any verdict, mean nothing alone
    reason_after: tuple[str, ...]  # NO words that a free reason may follow
    not_a_no: tuple[str, ...]  # what after one of those words turns it into something else
    reason_after_space: bool = False  # else set apart, since the word for "no" may mean "not"
    reassuring: tuple[str, ...] = ()  # "no problem": with one of these it is never a refusal
    letters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # how else people type one
    hours: tuple[str, ...] = ()  # units of OFF 2h beside h and m
    minutes: tuple[str, ...] = ()
    not_english: tuple[str, ...] = ()  # English words that mean something else here

    def spellings(self, words: Iterable[str]) -> Iterator[str]:
        """Yield every way in which people type these words."""
        for word in words:
            ways = ((letter, *self.letters.get(letter, ())) for letter in word)
            yield from map("".join, product(*ways))
