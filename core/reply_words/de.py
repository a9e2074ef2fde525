"""German; `ß` is folded to `ss`, here as in what drivers write.

"Nu" (yes in Saxony, "well" elsewhere), "passt schon" (fine, or never mind), "alles klar"
(understood) and "frei" (free for this, or off duty) stay UNCLEAR. STOP has no German word but
its spelling: "abmelden" could mean the shift, "abbestellen" the job.
"""

from core.domain import Verdict
from core.reply_words.shape import Words

GERMAN = Words(
    verdicts={
        Verdict.YES: (
            *("ja", "j", "jo", "jep", "jap", "jup", "jawohl", "ok", "okay", "okey", "klar"),
            *("na klar", "passt", "gerne", "gern", "einverstanden", "in ordnung", "geht klar"),
            *("mach ich", "mache ich", "nehm ich", "nehme ich"),
        ),
        Verdict.NO: (
            *("nein", "n", "nee", "ne", "nö", "leider nein", "leider nicht", "kann nicht"),
            *("kann leider nicht", "ich kann nicht", "ich kann leider nicht", "geht nicht"),
            *("geht leider nicht", "passt nicht", "passt mir nicht", "passt leider nicht"),
            *("keine zeit", "nicht möglich", "unmöglich", "schaffe ich nicht", "lehne ab"),
        ),
        Verdict.DROP: ("abgeben", "auftrag abgeben", "zurückgeben"),
        Verdict.ON: ("im dienst", "dienst an"),
        Verdict.OFF: ("pause", "ausser dienst", "dienst aus"),
        Verdict.STOP: ("stop", "stopp"),
        Verdict.START: ("start",),
        Verdict.HELP: ("hilfe",),
        Verdict.STATUS: ("status",),
    },
    polite=(
        *("bitte", "bitte sehr", "danke", "danke schön", "dankeschön", "vielen dank"),
        *("besten dank",),
    ),
    reason_after=(
        *("nein", "nee", "ne", "nö", "leider nein", "leider nicht", "kann nicht", "geht nicht"),
        *("kann leider nicht", "geht leider nicht", "passt nicht", "lehne ab"),
    ),
    reassuring=(
        *("kein problem", "keine sorge", "kein ding", "kein thema", "kein stress"),
        *("keine frage", "macht nichts", "passt schon"),
    ),
    not_a_no=(
        *("ich komme", "ich kann", "ich mach", "ich mache", "ich fahr", "ich fahre", "ich nehm"),
        *("ich nehme", "ich übernehme", "ich weiss nicht", "doch", "aber", "warte", "moment"),
        *("vielleicht",),
    ),
    letters={"ä": ("ae", "a"), "ö": ("oe", "o"), "ü": ("ue", "u")},
    hours=("std", "stunde", "stunden"),
    minutes=("min", "minuten"),
)
