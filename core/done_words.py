"""Open this for the words by which a driver says that a job is delivered. Pure data and a reading.

They are no Verdict: they count only for a driver who holds a job.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.languages import DEFAULT_LANGUAGE, language_of

WORDS: Mapping[str, tuple[str, ...]] = {
    "en": ("delivered", "done", "job done", "all done", "completed", "dropped off"),
    "pl": ("dostarczone", "dostarczono", "zrobione", "gotowe", "dowiezione"),
    "ro": ("livrat", "livrată", "livrata", "am livrat", "gata", "făcut", "facut"),
    "uk": ("доставлено", "доставив", "зроблено", "готово"),
    "de": ("geliefert", "zugestellt", "erledigt", "abgeliefert", "fertig"),
}
_CODE = r"[1-9][0-9]{1,3}"


@dataclass(frozen=True, slots=True)
class SaysDone:
    """A driver says that a job is delivered; `code` tells which one when they hold several."""

    code: int | None = None


def read_done(text: str, language: str | None) -> SaysDone | None:
    """Return what a driver of that language says, in it or in English; None for anything else."""
    own = language_of(language) or DEFAULT_LANGUAGE
    words = "|".join(re.escape(word) for word in {*WORDS["en"], *WORDS[own]})
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).removesuffix("👍")
    found = re.fullmatch(
        rf"(?:(?P<before>{_CODE}) )?(?:{words})(?: (?P<after>{_CODE}))?[.!]?", plain.strip()
    )
    if found is None or (found["before"] and found["after"]):
        return None
    code = found["before"] or found["after"]
    return SaysDone(int(code) if code else None)


def done_word(language: str | None) -> str:
    """Return the word that texts in that language tell drivers to answer, in capitals."""
    return WORDS[language_of(language) or DEFAULT_LANGUAGE][0].upper()
