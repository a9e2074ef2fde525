"""Open this to add a language's words for days and times. Pure data; case and accents do not count.

`mar` is March in most languages and Tuesday in Romanian: it counts as a month only.
"""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

from collections.abc import Mapping

from core.intake.wording import fold

WEEKDAYS = (
    "mon monday poniedziałek pon luni понеділок пн montag",
    "tue tues tuesday wtorek wt marți вівторок вт dienstag",
    "wed weds wednesday środa środę śr miercuri середа середу ср mittwoch",
    "thu thur thurs thursday czwartek czw joi четвер чт donnerstag",
    "fri friday piątek pt vineri п'ятниця п'ятницю пт freitag",
    "sat saturday sobota sobotę sob sâmbătă субота суботу сб samstag sonnabend",
    "sun sunday niedziela niedzielę niedz duminică неділя неділю нд sonntag",
)
SHORT_WEEKDAYS = ("mo", "di lun", "mi mie", "do", "fr vin", "sa sâm", "so dum nd")
MONTHS = (
    "january jan styczeń stycznia sty ianuarie ian січень січня січ januar jänner",
    "february feb luty lutego lut februarie fev лютий лютого лют februar",
    "march mar marzec marca martie mart березень березня бер märz mrz",
    "april apr kwiecień kwietnia kwi aprilie квітень квітня квіт",
    "may maj maja mai травень травня трав",
    "june jun czerwiec czerwca cze iunie iun червень червня черв juni",
    "july jul lipiec lipca lip iulie iul липень липня лип juli",
    "august aug sierpień sierpnia sie серпень серпня серп",
    "september sep sept wrzesień września wrz septembrie вересень вересня вер",
    "october oct październik października paź octombrie жовтень жовтня жовт oktober okt",
    "november nov listopad listopada lis noiembrie noi листопад листопада лист",
    "december dec grudzień grudnia gru decembrie грудень грудня груд dezember dez",
)
TODAY = "today tonight dziś dzisiaj azi astăzi сьогодні heute"
TOMORROW = "tomorrow tomorow tommorow tmrw tmr tomo jutro mâine завтра morgen"
DAY_AFTER = "overmorrow pojutrze poimâine післязавтра übermorgen"
NEXT = (
    "next przyszły przyszłą następny następną viitoare viitor наступний наступного наступну "
    "nächsten nächster nächste kommenden"
)
THIS = "this coming ten ta tę acest această цей ця цю diesen dieser"
ORDINALS = "st nd rd th"
NOON = "noon midday południe amiază полудень mittag mittags"
MIDNIGHT = "midnight północ północy опівночі mitternacht"
FORENOON = "am a.m"
AFTERNOON = "pm p.m"
HOURS = "h hr hrs hour hours uhr godz год година годині"
OF_THE_CLOCK = "oclock"
AT = "at @ um gegen godz o ora ore orele об о годині"
BESIDE = (
    "on the of at @ date time and w we o dnia pe la în ora ore у в на о об um am den der de "
    "from by approx around about circa ca"
)
PARTS_OF_DAY = (
    "morning afternoon evening night rano popołudnie popołudniu wieczorem dimineață dimineața "
    "după-amiază seara вранці вдень ввечері увечері vormittag vormittags nachmittag nachmittags "
    "abends"
)
SOON = (
    "asap a.s.a.p urgent urgently immediately now pilne natychmiast imediat терміново негайно "
    "sofort dringend"
)
LATER = "tbc tbd tba n/a na - flexible flexi anytime unknown ? later"
UNTIL = "- to and until till do i до і și bis und"
BETWEEN = "between zwischen między între між"
BOUNDS = "before by after from ab vor nach przed po od до після від până după"


def _folded(rows: tuple[str, ...]) -> Mapping[str, int]:
    return {fold(word): number for number, row in enumerate(rows) for word in row.split()}


def _set(*rows: str) -> frozenset[str]:
    return frozenset(fold(word) for row in rows for word in row.split())


WEEKDAY_NUMBERS = _folded(WEEKDAYS)
SHORT_WEEKDAY_NUMBERS = _folded(SHORT_WEEKDAYS)
MONTH_NUMBERS = {name: number + 1 for name, number in _folded(MONTHS).items()}
DAYS_AHEAD = {
    **dict.fromkeys(_set(TODAY), 0),
    **dict.fromkeys(_set(TOMORROW), 1),
    **dict.fromkeys(_set(DAY_AFTER), 2),
}
NEXT_WORDS, THIS_WORDS, ORDINAL_ENDS = _set(NEXT), _set(THIS), _set(ORDINALS)
NOON_WORDS, MIDNIGHT_WORDS = _set(NOON), _set(MIDNIGHT)
FORENOON_WORDS, AFTERNOON_WORDS, HOUR_WORDS = _set(FORENOON), _set(AFTERNOON), _set(HOURS)
AT_WORDS, BESIDE_WORDS, PART_WORDS = _set(AT), _set(BESIDE), _set(PARTS_OF_DAY)
SOON_WORDS, LATER_WORDS = _set(SOON), _set(LATER)
UNTIL_WORDS, BETWEEN_WORDS, BOUND_WORDS = _set(UNTIL), _set(BETWEEN), _set(BOUNDS)
