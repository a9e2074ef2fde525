"""Open this for how reference, pay and vehicle are taken out of a line of prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.intake.moments import GAP
from core.intake.prose_words import (
    CURRENCIES,
    FROM_WORDS,
    LEAD_IN,
    POLITE,
    REFERENCE_WORDS,
    SIGNS,
)
from core.intake.references import is_reference
from core.intake.vehicles import vehicle_named
from core.intake.wording import Word

_AMOUNT = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3}){0,2}(?:zł|zl|lei|eur|gbp|грн)?")
MARKS = {",", ";", "(", ")", "|", "-", ".", ":"}
_PAID = {"for", "pay", "pays", "paying", "at", "@", "rate", "price", "fur", "za", "pentru", "за"}
_VEHICLE_LEADS = {"need", "needs", "needed", "a", "an", "1", "1x", "in", "with", "by", "required"}


def without_reference(words: Sequence[Word]) -> tuple[list[Word], str | None]:
    """Take the reference out: the first word of the line, or the word after `ref`."""
    rest = list(words)
    while rest and (rest[0].folded in LEAD_IN or rest[0].folded in MARKS):
        rest.pop(0)
    if rest and is_reference(token := rest[0].text.rstrip(":.#").lstrip("#")):
        rest.pop(0)
        while rest and rest[0].folded in MARKS - {"(", ")"}:
            rest.pop(0)
        return rest, token
    for at, word in enumerate(rest[1:], 1):
        token = word.text.strip(":.#")
        if rest[at - 1].folded in REFERENCE_WORDS and is_reference(token):
            return [*rest[: at - 1], GAP, *rest[at + 1 :]], token
    return rest, None


def without_pay(words: list[Word]) -> tuple[list[Word], str | None]:
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


def without_vehicle(words: list[Word], ladder: Sequence[str]) -> tuple[str | None, list[Word]]:
    """Take the vehicle out: a part between commas, or the end or the beginning of one."""
    for begin, end in _parts(words):
        part = words[begin:end]
        if named := vehicle_named(text_of(part), ladder):
            return _vehicle_said(part, named), [*words[:begin], GAP, *words[end:]]
        for length in (3, 2, 1):
            tail = part[-length:]
            if len(part) > length + 1 and vehicle_named(text_of(tail), ladder):
                return text_of(tail), [*words[:begin], *_cut(part[:-length]), GAP, *words[end:]]
            if said := _leading_vehicle(part, length, ladder):
                return said, [*words[:begin], *part[_leads(part) + length :], *words[end:]]
    return None, words


def _leading_vehicle(part: Sequence[Word], length: int, ladder: Sequence[str]) -> str | None:
    """Return the vehicle of `van from Leeds` or `a van Leeds`, if it has so many words."""
    leads = _leads(part)
    rest = part[leads:]
    goes_on = len(rest) > length and (leads > 0 or rest[length].folded in FROM_WORDS)
    named = goes_on and vehicle_named(text_of(rest[:length]), ladder)
    return text_of(rest[:length]) if named else None


def _leads(part: Sequence[Word]) -> int:
    return next((at for at, word in enumerate(part) if word.folded not in _VEHICLE_LEADS), 0)


def _vehicle_said(part: Sequence[Word], named: str) -> str:
    bare = [word for word in part if word.folded not in POLITE | _VEHICLE_LEADS]
    return text_of(bare) or named


def _cut(part: Sequence[Word]) -> list[Word]:
    rest = list(part)
    while rest and rest[-1].folded in _VEHICLE_LEADS:
        rest.pop()
    return rest


def _parts(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Return where each part between commas, brackets and gaps begins and ends, without pleases."""
    parts, begin = [], 0
    for at, word in enumerate((*words, GAP)):
        if word.folded in MARKS:
            end = at
            while end > begin and words[end - 1].folded in POLITE:
                end -= 1
            if end > begin:
                parts.append((begin, end))
            begin = at + 1
    return parts


def text_of(words: Sequence[Word]) -> str:
    """Return words as they were written, without marks at either end."""
    joined = " ".join(word.text for word in words)
    joined = re.sub(r" ([,;)])", r"\1", joined).replace("( ", "(")
    return joined.strip(" ,;:.!-")
