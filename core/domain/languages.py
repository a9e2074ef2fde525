"""The languages that people are written to in, and may answer in."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT_LANGUAGE = "en"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "pl": "Polish",
    "ro": "Romanian",
    "uk": "Ukrainian",
    "de": "German",
}


def language_of(tag: str | None) -> str | None:
    """Return the known language of a tag such as `pl` or `en-GB`; None for any other."""
    base = re.split(r"[-_]", (tag or "").strip(), maxsplit=1)[0].casefold()
    return base if base in LANGUAGES else None
