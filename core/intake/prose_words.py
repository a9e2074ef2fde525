"""Open this to add words by which one line of prose tells where a job goes. Pure data."""

from __future__ import annotations

from core.intake.wording import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


TO_WORDS = _set("to into nach do la spre до")
ARROWS = _set("-> => → > ➡ ➔ --> >>")
FROM_WORDS = _set("from von ab z ze din від з із зі ex")
LEAD_IN = _set(
    "new job jobs booking order please pls plz thanks thx thank you hi hello hey urgent need needs "
    "needed collect collection pickup pick up for ref reference no nr number run going one way "
    "zlecenie nowe proszę comandă nouă rog vă замовлення нове прошу auftrag neuer bitte von"
)
POLITE = _set("please pls plz thanks thx ta cheers proszę dzięki mulțumesc mersi дякую bitte danke")
REFERENCE_WORDS = _set("ref reference job booking order no nr number zlecenie comandă auftrag")
# With one of these, a sentence is about something, and is not the line of a job.
SENTENCE_WORDS = _set(
    "i we im ill id you me us my your our he she they it its is are was were be am been see saw "
    "goes went "
    "want wants have has had will would can could should must may might know let get got go "
    "like love hope reply respond talk speak call ring forward confirm send sent attached if what "
    "when where why how who that this there not dont cant wont just also back according due thank "
    "able happy sorry looking trying asked asking told "
    "ich wir sie er es ist sind war nicht kann bitte jest są nie mogę este sunt nu pot "
    "я ми ви це є не можу"
)
NUMBERED = _set("unit gate bay dock terminal door hall building bldg block plot junction tor brama")
CURRENCIES = _set("gbp eur pln zł zl lei ron uah грн pounds pound quid euro euros usd")
SIGNS = "£€$₴"
MOST_PLACE_WORDS = 8
