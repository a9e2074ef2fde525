"""Open this for jobs in one line of prose: `VC8Y-4 Leeds to York tomorrow 2pm, van please`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.intake.moments import GAP, Found, find_moment
from core.intake.pleasantries import is_farewell, is_polite
from core.intake.prose_words import (
    ARROWS,
    CURRENCIES,
    FROM_WORDS,
    LEAD_IN,
    MOST_PLACE_WORDS,
    NUMBERED,
    POLITE,
    REFERENCE_WORDS,
    SENTENCE_WORDS,
    SIGNS,
    TO_WORDS,
)
from core.intake.references import is_reference
from core.intake.values import Description, Said, Surroundings
from core.intake.vehicles import vehicle_named
from core.intake.wording import Word, fold, words_of

LONGEST_LINE = 400
_AMOUNT = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3}){0,2}(?:zł|zl|lei|eur|gbp|грн)?")
_MARKS = {",", ";", "(", ")", "|", "-", ".", ":"}
_PAID = {"for", "pay", "pays", "paying", "at", "@", "rate", "price", "fur", "za", "pentru", "за"}
_VEHICLE_LEADS = {"need", "needs", "needed", "a", "an", "1", "1x", "in", "with", "by", "required"}


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
    words, reference = _without_reference(words_of(line))
    found = find_moment(words, around.today, firmly=False)
    words, pay = _without_pay(list(found.left))
    vehicle, words = _without_vehicle(words, around.ladder)
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


def _without_reference(words: Sequence[Word]) -> tuple[list[Word], str | None]:
    """Take the reference out: the first word of the line, or the word after `ref`."""
    rest = list(words)
    while rest and (rest[0].folded in LEAD_IN or rest[0].folded in _MARKS):
        rest.pop(0)
    if rest and is_reference(token := rest[0].text.rstrip(":.#").lstrip("#")):
        rest.pop(0)
        while rest and rest[0].folded in _MARKS - {"(", ")"}:
            rest.pop(0)
        return rest, token
    for at, word in enumerate(rest[1:], 1):
        token = word.text.strip(":.#")
        if rest[at - 1].folded in REFERENCE_WORDS and is_reference(token):
            return [*rest[: at - 1], GAP, *rest[at + 1 :]], token
    return rest, None


def _without_pay(words: list[Word]) -> tuple[list[Word], str | None]:
    """Take a sum of money out, with the word that leads to it."""
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else GAP
        amount = word.folded.strip(SIGNS)
        if word.folded in set(SIGNS) and _AMOUNT.fullmatch(after.folded):
            taken = 2
        elif not _AMOUNT.fullmatch(amount):
            continue
        elif after.folded in CURRENCIES:
            taken = 2
        elif amount != word.folded or not amount[-1].isdigit():
            taken = 1
        else:
            continue
        begin = at
        while begin and words[begin - 1].folded in _PAID:
            begin -= 1
        said = " ".join(part.text.rstrip(".!") for part in words[at : at + taken])
        return [*words[:begin], GAP, *words[at + taken :]], said
    return words, None


def _without_vehicle(words: list[Word], ladder: Sequence[str]) -> tuple[str | None, list[Word]]:
    """Take the vehicle out: a part between commas, or the end or the beginning of one."""
    for begin, end in _parts(words):
        part = words[begin:end]
        if named := vehicle_named(_text(part), ladder):
            return _vehicle_said(part, named), [*words[:begin], GAP, *words[end:]]
        for length in (3, 2, 1):
            tail = part[-length:]
            if len(part) > length + 1 and vehicle_named(_text(tail), ladder):
                return _text(tail), [*words[:begin], *_cut(part[:-length]), GAP, *words[end:]]
            if said := _leading_vehicle(part, length, ladder):
                return said, [*words[:begin], *part[_leads(part) + length :], *words[end:]]
    return None, words


def _leading_vehicle(part: Sequence[Word], length: int, ladder: Sequence[str]) -> str | None:
    """Return the vehicle of `van from Leeds` or `a van Leeds`, if it has so many words."""
    leads = _leads(part)
    rest = part[leads:]
    goes_on = len(rest) > length and (leads > 0 or rest[length].folded in FROM_WORDS)
    named = goes_on and vehicle_named(_text(rest[:length]), ladder)
    return _text(rest[:length]) if named else None


def _leads(part: Sequence[Word]) -> int:
    return next((at for at, word in enumerate(part) if word.folded not in _VEHICLE_LEADS), 0)


def _vehicle_said(part: Sequence[Word], named: str) -> str:
    bare = [word for word in part if word.folded not in POLITE | _VEHICLE_LEADS]
    return _text(bare) or named


def _cut(part: Sequence[Word]) -> list[Word]:
    rest = list(part)
    while rest and rest[-1].folded in _VEHICLE_LEADS:
        rest.pop()
    return rest


def _parts(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return where each part between commas, brackets and gaps begins and ends, without pleases."""
    parts, begin = [], 0
    for at, word in enumerate((*words, GAP)):
        if word.folded in _MARKS:
            end = at
            while end > begin and words[end - 1].folded in POLITE:
                end -= 1
            if end > begin:
                parts.append((begin, end))
            begin = at + 1
    return parts


def _route(words: Sequence[Word]) -> tuple[str, str, list[str]] | None:
    """Return origin, destination and what is said beside them; None when it is not one route."""
    ways = [at for at, word in enumerate(words) if word.folded in TO_WORDS | ARROWS]
    if len(ways) != 1:
        return None
    before, after = list(words[: ways[0]]), list(words[ways[0] + 1 :])
    while before and before[0].folded in LEAD_IN | _MARKS | FROM_WORDS:
        before.pop(0)
    origins, destinations = _places(before), _places(after)
    if not origins or not destinations or not after or after[0].folded in _MARKS:
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
            text = _text([inner for inner in part if inner.folded not in POLITE])
            texts += [text] if re.search(r"\w", text) else []
            part = []
        else:
            part.append(word)
    return texts


def _text(words: Sequence[Word]) -> str:
    joined = " ".join(word.text for word in words)
    joined = re.sub(r" ([,;)])", r"\1", joined).replace("( ", "(")
    return joined.strip(" ,;:.!-")


def _is_sentence(texts: Iterable[str]) -> bool:
    return any(word.folded in SENTENCE_WORDS for text in texts for word in words_of(text))


def _ends_in_a_number(place: str) -> bool:
    """Tell whether a place may end in a time; `Gate 2` does not."""
    words = place.split()
    numbered = len(words) > 1 and fold(words[-2]) in NUMBERED
    return bool(re.fullmatch(r"[0-9]{1,4}", words[-1])) and not numbered
