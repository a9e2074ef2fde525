"""Open this for jobs in one line of prose: `VC8Y-4 Leeds to York tomorrow 2pm, van please`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.intake.moments import GAP, Found, find_moment
from core.intake.pleasantries import is_farewell, is_polite
from core.intake.prose_parts import (
    MARKS,
    text_of,
    without_pay,
    without_reference,
    without_vehicle,
)
from core.intake.prose_words import (
    ARROWS,
    FROM_WORDS,
    LEAD_IN,
    MOST_PLACE_WORDS,
    NUMBERED,
    POLITE,
    SENTENCE_WORDS,
    TO_WORDS,
)
from core.intake.values import Description, Said, Surroundings
from core.intake.wording import Word, fold, words_of

LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Prose:
    """The jobs of a text's lines, and lines that may be jobs but cannot be read for certain."""

    jobs: tuple[Description, ...] = ()
    unread: tuple[str, ...] = ()


def read_prose(text: str, around: Surroundings) -> Prose:
    """Return the job of each line that is one; a line that only adds to it may follow."""
    jobs: list[Description] = []
    unread: list[str] = []
    said = ""  # the words of the last job, while lines may still add to it
    for line in text.split("\n"):
        bare = line.strip(" \t>*_\u2022\u00b7")
        if is_farewell(bare):
            break
        if not bare:
            said = ""
        if not bare or (is_polite(bare) and not _has_route(bare)):
            continue
        read = _read(bare, around)
        if isinstance(read, Description):
            jobs.append(read)
            said = bare
        elif read is not None:
            unread.append(read)
        elif jobs:
            jobs[-1], said = _with_more(jobs[-1], said, bare, around)
    return Prose(tuple(jobs), tuple(unread))


def _with_more(
    job: Description, said: str, line: str, around: Surroundings
) -> tuple[Description, str]:
    """Return a job with what the line below it adds, or with the line beside it."""
    longer = _read(f"{said}, {line}", around) if said else None
    if isinstance(longer, Description) and len(longer.beside) == len(job.beside):
        return longer, f"{said}, {line}"
    return Description(job.said, (*job.beside, line)), ""


def _has_route(line: str) -> bool:
    return any(word.folded in TO_WORDS | ARROWS for word in words_of(line[:LONGEST_LINE]))


def _read(line: str, around: Surroundings) -> Description | str | None:
    """Return the job of a line, the line itself when it may be one, or None."""
    if len(line) > LONGEST_LINE or not _has_route(line):
        return None
    words, reference = without_reference(words_of(line))
    found = find_moment(words, around.today, firmly=False)
    words, pay = without_pay(list(found.left))
    vehicle, words = without_vehicle(words, around.ladder)
    route = _route(words)
    hints = sum((bool(found.days or found.problems), bool(found.clocks), bool(vehicle), bool(pay)))
    told = bool(reference) or hints > 1
    if route is None or _is_sentence(route[:2]) or (not reference and _is_sentence(route[2])):
        about = _is_sentence([word.text for word in words])
        return line if (reference and found.taken) or (told and not about) else None
    origin, destination, beside = route
    if not (told or (hints and origin[:1].isupper() and destination[:1].isupper())):
        return None
    if _ends_in_a_number(origin) or _ends_in_a_number(destination):
        return line
    return Description(_facts(reference, origin, destination, found, vehicle, pay), tuple(beside))


def _facts(
    reference: str | None,
    origin: str,
    destination: str,
    found: Found,
    vehicle: str | None,
    pay: str | None,
) -> tuple[Said, ...]:
    named = (
        ("ref", reference),
        ("from", origin),
        ("to", destination),
        ("when", ", ".join(found.taken)),
        ("vehicle", vehicle),
        ("pay", pay),
    )
    return tuple(Said(name, text) for name, text in named if text)


def _route(words: Sequence[Word]) -> tuple[str, str, list[str]] | None:
    """Return origin, destination and what is said beside them; None when it is not one route."""
    ways = [at for at, word in enumerate(words) if word.folded in TO_WORDS | ARROWS]
    if len(ways) != 1:
        return None
    before, after = list(words[: ways[0]]), list(words[ways[0] + 1 :])
    while before and before[0].folded in LEAD_IN | MARKS | FROM_WORDS:
        before.pop(0)
    origins, destinations = _places(before), _places(after)
    if not origins or not destinations or not after or after[0].folded in MARKS:
        return None
    origin = origins[-1]
    destination, more = _place_alone(destinations[0])
    if any(len(place.split()) > MOST_PLACE_WORDS for place in (origin, destination)):
        return None
    if not (re.search(r"[^\W\d_]", origin) and re.search(r"[^\W\d_]", destination)):
        return None
    return origin, destination, [*origins[:-1], *more, *destinations[1:]]


def _place_alone(text: str) -> tuple[str, list[str]]:
    """Part `York, Gate 2, 3 pallets` into the place and what no name or number of a place is."""
    first, *rest = text.split(", ")
    for at, part in enumerate(rest):
        words = part.split()
        named = any(word[:1].isupper() for word in words)
        if not named and not (words and fold(words[0]) in NUMBERED):
            return ", ".join([first, *rest[:at]]), rest[at:]
    return text, []


def _places(words: Sequence[Word]) -> list[str]:
    """Return the texts between gaps; commas stay inside them, courtesies do not."""
    texts: list[str] = []
    part: list[Word] = []
    for word in (*words, GAP):
        if word.folded == "|":
            text = text_of([inner for inner in part if inner.folded not in POLITE])
            texts += [text] if re.search(r"\w", text) else []
            part = []
        else:
            part.append(word)
    return texts


def _is_sentence(texts: Iterable[str]) -> bool:
    return any(word.folded in SENTENCE_WORDS for text in texts for word in words_of(text))


def _ends_in_a_number(place: str) -> bool:
    """Tell whether a place may end in a time; `Gate 2` does not."""
    words = place.split()
    numbered = len(words) > 1 and fold(words[-2]) in NUMBERED
    return bool(re.fullmatch(r"[0-9]{1,4}", words[-1])) and not numbered
