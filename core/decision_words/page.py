"""Open this for the page that lists the words: docs/decision-words.md is printed from here."""

from __future__ import annotations

from collections.abc import Iterator

from core.decision_words import WORDS, Asks, DecisionWords
from core.domain import LANGUAGES

_MEANINGS = {
    Asks.APPROVE: "approves the job",
    Asks.APPROVE_AND_OFFER: "approves it and asks drivers at once",
    Asks.REJECT: "refuses it for good, a reason may follow",
    Asks.CANCEL: "calls it off, a reason may follow",
    Asks.STATUS: "shows the job, or all that is under way",
    Asks.ACKNOWLEDGE: "stops an alert, as an answer to it",
    Asks.ASK_AGAIN: "asks every driver anew about an uncovered job",
}


def decision_words_page() -> str:
    """Return docs/decision-words.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Words that coordinators decide with"
    yield ""
    yield "A coordinator is understood in their language and in English. Only the first line"
    yield "counts, and it must begin with one of these words. In an answer to a message of ours the"
    yield "word is enough; anywhere else the reference of the job must follow: `APPROVE VC8Y-3`. A"
    yield "question, a condition (the last row) or two decisions in one line decide nothing: the"
    yield "answer says what to write. A job that changed since the message is shown again instead."
    yield ""
    yield "Printed from `core/decision_words` (`decision_words_page` in `page.py`); a test keeps"
    yield "the two equal."
    for language, words in WORDS.items():
        yield ""
        yield f"## {LANGUAGES[language]} (`{language}`)"
        yield ""
        yield from _language(words)


def _language(words: DecisionWords) -> Iterator[str]:
    yield "| means | words |"
    yield "|---|---|"
    for asks, said in words.actions.items():
        yield f"| {_MEANINGS[asks]} | {', '.join(said)} |"
    yield f"| polite, at the end | {', '.join(words.polite)} |"
    yield f"| decides nothing when it follows | {', '.join(words.not_a_reason)} |"
