"""Polish.

English "no" is left out: in Polish it means "yeah", so a bare one could be either and nobody may
guess. "No thanks" is plain. "Pewnie" (sure, or probably), "spoko" (cool, or never mind) and
"dostępny" (free for this, or on duty) stay UNCLEAR for the same reason. "Nie" is also "not", so
that a reason must be set apart from it: "nie spóźnię się" promises to be on time.
"""

from core.domain import Verdict
from core.reply_words.shape import Words

POLISH = Words(
    verdicts={
        Verdict.YES: (
            *("tak", "t", "tak jest", "ok", "okej", "oki", "dobra", "dobrze", "jasne", "zgoda"),
            *("biorę", "przyjmuję", "potwierdzam", "oczywiście"),
        ),
        Verdict.NO: (
            *("nie", "n", "odmawiam", "nie mogę", "niestety nie mogę", "nie dam rady", "nie biorę"),
            *("nie przyjmuję", "niestety nie", "niestety", "nie mam czasu", "niemożliwe"),
            *("nie pasuje", "no thanks", "no thank you"),
        ),
        Verdict.DROP: ("oddaję", "oddaję zlecenie", "rezygnuję"),
        Verdict.ON: ("na zmianie",),
        Verdict.OFF: ("przerwa", "na przerwie", "po zmianie"),
        Verdict.STOP: ("stop",),
        Verdict.START: ("start",),
        Verdict.HELP: ("pomoc",),
        Verdict.STATUS: ("status", "stan"),
    },
    polite=(
        *("proszę", "poproszę", "bardzo proszę", "dziękuję", "dziękuję bardzo", "dzięki"),
        *("pozdrawiam",),
    ),
    reason_after=("nie", "nie mogę", "nie dam rady", "niestety nie", "odmawiam"),
    reassuring=(
        *("nie ma problemu", "nie ma sprawy", "żaden problem", "bez problemu", "nie problem"),
        *("spoko", "luz"),
    ),
    not_a_no=(
        *("mogę", "dam radę", "pojadę", "jadę", "będę", "zrobię", "wezmę", "no", "nie wiem"),
        *("ale", "jednak", "chyba", "może", "czekaj"),
    ),
    letters={
        "ą": ("a",),
        "ć": ("c",),
        "ę": ("e",),
        "ł": ("l",),
        "ń": ("n",),
        "ó": ("o",),
        "ś": ("s",),
        "ź": ("z",),
        "ż": ("z",),
    },
    hours=("godz", "godzina", "godzinę", "godziny", "godzin"),
    minutes=("min", "minut", "minuty"),
    not_english=("no",),
)
