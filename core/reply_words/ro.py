"""Romanian.

"Nu" is also "not", so that a reason must be set apart from it: "nu întârzii" promises to be on
time. "Liber" (free for this, or off duty) and "poate" (perhaps) stay UNCLEAR.
"""

from core.domain import Verdict
from core.reply_words.shape import Words

ROMANIAN = Words(
    verdicts={
        Verdict.YES: (
            *("da", "ok", "okei", "sigur", "desigur", "bine", "de acord", "sunt de acord"),
            *("accept", "confirm", "o iau", "îl iau", "iau cursa"),
        ),
        Verdict.NO: (
            *("nu", "n", "refuz", "nu pot", "din păcate nu", "din păcate nu pot", "nu accept"),
            *("nu o iau", "nu am timp", "nu se poate", "imposibil", "nu sunt de acord"),
        ),
        Verdict.DROP: ("renunț", "renunț la cursă"),
        Verdict.ON: ("în tură",),
        Verdict.OFF: ("pauză", "în pauză"),
        Verdict.STOP: ("stop",),
        Verdict.START: ("start",),
        Verdict.HELP: ("ajutor",),
        Verdict.STATUS: ("status", "stare"),
    },
    polite=(
        *("vă rog", "te rog", "vă rog frumos", "mulțumesc", "mulțumesc mult", "vă mulțumesc"),
        *("mersi", "cu plăcere"),
    ),
    reason_after=("nu", "nu pot", "din păcate nu", "din păcate nu pot", "refuz"),
    reassuring=(
        *("nicio problemă", "nu e problemă", "nu e o problemă", "nu-i problemă", "nu contează"),
        *("nu este o problemă", "fără probleme", "fără problemă", "stai liniștit"),
    ),
    not_a_no=(
        *("pot", "vin", "mă duc", "merg", "nu știu", "nu vă faceți griji", "dar", "poate", "stai"),
        *("așteptați",),
    ),
    letters={
        "ă": ("a",),
        "â": ("a", "î"),
        "î": ("i", "â"),
        "ș": ("s", "ş"),  # with cedilla, as older keyboards type it
        "ț": ("t", "ţ"),
    },
    hours=("ore", "oră", "h"),
    minutes=("min", "minute"),
)
