"""Open this to add a language, or a word that drivers answer with. Pure data, case-folded.

CANCEL is no word of ours: carriers take it as an opt-out, people mean the job. It stays UNCLEAR,
so that the driver is asked for DROP or STOP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import Verdict


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; every one is matched whole."""

    verdicts: Mapping[Verdict, tuple[str, ...]]
    polite: tuple[str, ...]  # may stand beside any verdict, mean nothing alone
    reason_after: tuple[str, ...]  # NO words that a free reason may follow
    not_a_no: tuple[str, ...]  # what after one of those words turns it into something else


ENGLISH = Words(
    verdicts={
        Verdict.YES: ("yes", "y", "yep", "yeah", "ok", "okay", "sure", "👍", "✅"),
        Verdict.NO: ("no", "n", "nope", "decline", "can't", "cant", "cannot", "👎", "❌"),
        Verdict.DROP: ("drop",),
        Verdict.ON: ("on", "on duty"),
        Verdict.OFF: ("off", "off duty"),
        Verdict.STOP: ("stop", "stopall", "stop all", "unsubscribe", "end", "quit"),
        Verdict.START: ("start", "unstop"),
        Verdict.HELP: ("help",),
        Verdict.STATUS: ("status",),
    },
    polite=("please", "pls", "thanks", "thank you", "thx"),
    reason_after=("no", "nope", "decline", "can't", "cant", "cannot"),
    not_a_no=(
        *("problem", "problems", "prob", "probs", "worries", "bother", "trouble", "issue"),
        *("issues", "sweat", "hassle", "doubt", "rush", "question", "questions", "need", "fuss"),
        *("objection", "objections", "biggie", "drama", "stress", "complaints", "matter"),
        *("idea", "one", "wait", "but", "actually", "longer", "later", "hang on", "hold on"),
        *("i can", "i'll", "i will", "wonder", "way"),
    ),
)

WORDS: Mapping[str, Words] = {"en": ENGLISH}
VERDICT_WORDS: Mapping[str, Mapping[Verdict, tuple[str, ...]]] = {
    language: words.verdicts for language, words in WORDS.items()
}
