"""Open this for what counts as a phone number, and for its one normal form."""

from __future__ import annotations

import re
import unicodedata

_WRITTEN = re.compile(r"\+[0-9 ()./\u2010-\u2015-]{6,40}")


def normalise_phone(text: str) -> str:
    """Return the number as E.164, such as `+447700900001`; ValueError in one line.

    It must be possible, not valid: numbers reserved for fiction and newly opened ranges count.
    """
    import phonenumbers  # 2 MB, for services that never meet a number that is not known

    written = unicodedata.normalize("NFKC", text).strip()
    written = f"+{written[2:]}" if written.startswith("00") else written
    if _WRITTEN.fullmatch(written):
        try:
            number = phonenumbers.parse(written)
        except phonenumbers.NumberParseException:
            number = None
        if number is not None and phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise ValueError(
        f"{text[:40]!r} is not a phone number: write it with its country code like +447700900001"
    )
