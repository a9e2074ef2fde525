"""Open this for what counts as the reference of a job, and for a subject that cancels one."""

from __future__ import annotations

import re

from core.intake.wording import clean

# VC8Y-4, M-12, 2041/A: short, in one piece, with a digit.
_REFERENCE = re.compile(r"(?=[^0-9]{0,23}[0-9])[A-Za-z0-9][A-Za-z0-9/_.-]{0,22}[A-Za-z0-9]")
_NO_REFERENCE = re.compile(
    r"[0-9]{1,3}|[0-9]{1,2}([/.-])[0-9]{1,2}(\1[0-9]{2,4})?|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{1,4}(st|nd|rd|th|am|pm|h|hrs?|t|kg|km|m|x)|[0-9]{1,2}[.h][0-9]{2}([ap]m)?"
    r"|[0-9]+\.[0-9]+t?|[A-Z]{1,2}[0-9][0-9A-Z]?",  # the last: half a British postcode
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"(?:(?:re|fwd?|aw|wg|odp|pd)\s*:\s*){1,5}", re.IGNORECASE)
_CANCELS = re.compile(
    r"(?:please\s+|pls\s+)?(?:cancel(?:led|lation|ation)?|anuluj|anulowanie|anulare|anuleaza|anulează"
    r"|storno|stornieren|stornierung|скасувати|скасування|скасуйте)\b[\s:,-]{0,5}"
    r"(?:of\s+)?(?:the\s+)?(?:job|ref(?:erence)?|booking|order|auftrag|zlecenie|comanda|замовлення)?"
    r"(?:\s+(?:no|nr|number))?[\s.:#№-]{0,5}(\S{1,60})(?:\s+please)?[\s.!]{0,5}",
    re.IGNORECASE,
)
_CANCELLED = re.compile(
    r"(?:job|booking|order|ref(?:erence)?)?[\s.:#-]{0,5}(\S{1,60})\s+(?:is\s+)?"
    r"(?:cancel(?:led|ed)?|to be cancelled|anulowane|anulat|storniert|скасовано)[\s.!]{0,5}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:new\s+)?(?:job|ref(?:erence)?|booking|order|auftrag|zlecenie|comanda|замовлення)"
    r"(?:\s+(?:no|nr|number))?[\s.:#№-]{1,5}(\S{1,60})",
    re.IGNORECASE,
)


def is_reference(token: str) -> bool:
    """Tell whether a word can only be a reference: not a number, date, time, weight, postcode."""
    return bool(_REFERENCE.fullmatch(token)) and not _NO_REFERENCE.fullmatch(token)


def cancellation_of(subject: str) -> str | None:
    """Return the reference that a subject such as `cancel VC8Y-4` names, else None."""
    line = without_marks(subject)
    for form in (_CANCELS, _CANCELLED):
        if (found := form.fullmatch(line)) and _REFERENCE.fullmatch(
            named := found[1].strip(".,!#")
        ):
            return named
    return None


def reference_in(subject: str) -> str | None:
    """Return the reference of a subject that is nothing else, such as `Job VC8Y-4`."""
    line = " ".join(clean(subject[:500]).split()).rstrip(".")
    if is_reference(line):
        return line
    found = _NAMED.fullmatch(line)
    return found[1] if found and _REFERENCE.fullmatch(found[1]) else None


def without_marks(subject: str) -> str:
    """Return a subject on one line, without the marks of answers and forwards."""
    line = " ".join(clean(subject[:500]).split())
    found = _BEGINNING.match(line)
    return line[found.end() :] if found else line
