"""Open this for the page that lists the words: docs/words.md is printed from here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.domain import LANGUAGES, Verdict
from core.done_words import WORDS as DELIVERED
from core.reply_words import WORDS, Words

_MEANINGS = {
    Verdict.YES: "takes the offer",
    Verdict.NO: "declines the offer",
    Verdict.DROP: "gives a job back, said twice",
    Verdict.ON: "on duty",
    Verdict.OFF: "off duty, for a while with `2h` or `30m`",
    Verdict.STOP: "no more messages",
    Verdict.START: "messages again",
    Verdict.HELP: "what can be answered",
    Verdict.STATUS: "own jobs and open offers",
}


def words_page() -> str:
    """Return docs/words.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Words that drivers answer with"
    yield ""
    yield "A driver is understood in the language they are listed with, and in English. A text is"
    yield "read only when every word of it stands here: case, one final `.` or `!` and polite words"
    yield "do not matter, anything else is UNCLEAR and goes to the coordinator. The first word of a"
    yield "line is the one that messages name. Offer codes stand before or after YES, NO and DROP."
    yield ""
    yield "Printed from `core/reply_words` (`words_page` in `page.py`); a test keeps the two equal."
    for language, words in WORDS.items():
        yield ""
        yield f"## {LANGUAGES[language]} (`{language}`)"
        yield ""
        yield from _language(language, words)


def _language(language: str, words: Words) -> Iterator[str]:
    yield "| means | words |"
    yield "|---|---|"
    for verdict, said in words.verdicts.items():
        yield f"| {verdict}: {_MEANINGS[verdict]} | {_listed(said)} |"
    yield f"| delivered: completes a job that they hold | {_listed(DELIVERED[language])} |"
    yield f"| polite, beside any of them | {_listed(words.polite)} |"
    if words.hours:
        yield f"| hours, minutes, beside `h` and `m` | {_listed((*words.hours, *words.minutes))} |"
    if words.not_english:
        yield f"| English words not understood here | {_listed(words.not_english)} |"
    if words.letters:
        ways = (f"{letter} as {' or '.join(other)}" for letter, other in words.letters.items())
        yield ""
        yield f"Letters may be typed otherwise: {', '.join(ways)}."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
