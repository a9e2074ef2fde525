"""What drivers really write, in each language: plain answers are understood, no YES is guessed."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import Verdict
from core.replies import Reading, read_reply

V = Verdict

# language: what is meant: texts, apart by a bar; a code of 34 where the text has one
PLAIN: dict[str, dict[Verdict, str]] = {
    "en": {
        V.YES: "Yes|YES please|y|Yep!|Yeah.|ok|OK thanks|Okay, thank you|Sure|👍|✅|👍🏽"
        "|yes 34|34 y|34👍",
        V.NO: "No|n|nope|No thanks|no, thank you|can’t|Cannot|Decline.|👎|❌|34 no|no 34 thanks",
        V.DROP: "Drop|DROP 34|34 drop please",
        V.ON: "on|On duty",
        V.OFF: "off|off duty",
        V.STOP: "STOP|stop all|Unsubscribe|END",
        V.START: "start|UNSTOP",
        V.HELP: "Help!",
        V.STATUS: "status please",
    },
    "pl": {
        V.YES: "Tak|TAK.|tak!|t|T|Tak jest|tak, dziękuję|tak proszę|tak poprosze|ok|okej|Dobra"
        "|dobrze|jasne|Zgoda|biorę|BIORE|przyjmuję|przyjmuje|oczywiscie|potwierdzam"
        "|tak 34|34 tak"
        "|34tak|yes|Yes please|yep|👍|ok dzieki|tak pozdrawiam",
        V.NO: "Nie|NIE.|n|nie, dziękuję|nie dziekuje|nie dzieki|nie mogę|Nie moge|nie dam rady"
        "|nie biore|niestety nie|Niestety|odmawiam|niemożliwe|niemozliwe|nie 34|34 nie"
        "|34 nie moge"
        "|nope|no thanks|No thank you|can't|👎|❌|nie mam czasu",
        V.DROP: "Oddaję|oddaje|ODDAJĘ 34|rezygnuję|drop",
        V.ON: "na zmianie|on duty",
        V.OFF: "przerwa|Po zmianie|off",
        V.STOP: "stop|STOP!",
        V.START: "start",
        V.HELP: "pomoc|help",
        V.STATUS: "status|stan",
    },
    "ro": {
        V.YES: "Da|DA.|da!|da, mulțumesc|da mulţumesc|da multumesc|da vă rog|da va rog"
        "|da, te rog"
        "|ok|OK mersi|sigur|Desigur|bine|de acord|sunt de acord|accept|confirm|o iau"
        "|îl iau|il iau"
        "|da 34|34 da|34da|yes|yes mersi|👍|✅|da, cu plăcere|da cu placere",
        V.NO: "Nu|NU.|n|nu, mulțumesc|nu multumesc|nu mersi|nu pot|Nu pot!|din păcate nu"
        "|din pacate nu|nu am timp|nu se poate|imposibil|refuz|nu accept|nu 34|34 nu"
        "|34 nu pot|no"
        "|no thanks|cannot|👎",
        V.DROP: "Renunț|renunt|renunţ 34|drop",
        V.ON: "în tură|in tura|on",
        V.OFF: "pauză|pauza|off duty",
        V.STOP: "stop",
        V.START: "start",
        V.HELP: "ajutor",
        V.STATUS: "status|stare",
    },
    "uk": {
        V.YES: "Так|ТАК.|так!|т|так, дякую|так будь ласка|ага|ок|Окей|добре|гаразд"
        "|згоден|Згодна"
        "|беру|звісно|приймаю|підтверджую|пiдтверджую|да|Да, спасибо|хорошо|согласен|конечно"
        "|так 34|34 так|34так|yes|ok|tak|da|👍",
        V.NO: "Ні|НІ.|н|нi|ні, дякую|ні дякую|нє|не|не можу|Не зможу|не беру|на жаль ні"
        "|немає часу|не підходить|відмовляюсь|нет|Нет, спасибо|не могу|не смогу|к сожалению нет"
        "|ні 34|34 ні|no|no thanks|ni|👎|не згоден|не згодна",
        V.DROP: "Віддаю|віддаю 34|отдаю|drop",
        V.ON: "на зміні|на смене",
        V.OFF: "перерва|не на зміні|перерыв",
        V.STOP: "стоп|STOP",
        V.START: "старт|start",
        V.HELP: "допомога|помощь",
        V.STATUS: "статус",
    },
    "de": {
        V.YES: "Ja|JA.|ja!|j|jo|Jep|jawohl|ja bitte|ja, danke|Ja, vielen Dank|ja gerne"
        "|gern|klar"
        "|na klar|passt|Passt!|einverstanden|in Ordnung|geht klar|mach ich|nehme ich|ok"
        "|okay danke"
        "|ja 34|34 ja|34ja|yes|sure|👍|✅",
        V.NO: "Nein|NEIN.|n|nee|ne|nö|noe|nein danke|Nein, danke!|leider nein|leider nicht"
        "|kann nicht|Kann leider nicht|geht nicht|Geht leider nicht|passt nicht|Passt mir nicht"
        "|keine Zeit|nicht möglich|nicht moeglich|unmöglich|nein 34|34 nein|no|no thanks|👎",
        V.DROP: "Abgeben|ABGEBEN 34|zurückgeben|zurueckgeben|drop",
        V.ON: "im Dienst|on duty",
        V.OFF: "Pause|außer Dienst|ausser Dienst",
        V.STOP: "stopp|STOP",
        V.START: "start",
        V.HELP: "Hilfe",
        V.STATUS: "Status",
    },
}
UNCLEAR: dict[str, str] = {
    "en": "yes?|yes but 15:00|no problem|no worries|not a problem|ok no|maybe"
    "|perhaps later|da|ja|tak"
    "|cancel|yes no|why not|yes 17|thanks|on my way|can do after 3",
    "pl": "no|No.|NO 34|no tak|no ok|no dobra|no nie|no dzięki|no, thanks|no mogę|tak?"
    "|tak ale o 15:00"
    "|nie, mogę|nie\nmogę|nie ma problemu|nie ma sprawy|nie wiem|nie no|może|pewnie"
    "|spoko|dziękuję"
    "|tak nie|ja|da|dlaczego nie|nie spóźnię się|tak 17|dostępny|koniec|ok niestety"
    "|wolne|nie tak",
    "ro": "da?|da dar la 15:00|da nu|nu, pot|nu e problemă|nu-i problemă|nicio problemă"
    "|nu știu|poate"
    "|mulțumesc|mda|no bine|ba da|de ce nu|nu întârzii|da 17|liber|ja|tak|nu contează"
    "|bine nu|ok nu"
    "|da nu pot|vin mai târziu",
    "uk": "так?|так але о 15:00|так ні|ні, можу|не, беру|немає проблем|без проблем"
    "|нет проблем|не проблема"
    "|не знаю|може|можна|давай|ну|но|да нет|НО|не так|дякую|не запізнюсь|так 17|не ок"
    "|мабуть|чому ні"
    "|ja|вільний",
    "de": "ja?|ja aber erst um 15:00|ja nein|jo ne|nein, passt|ne klar|kein Problem"
    "|keine Sorge|na ja|naja"
    "|vielleicht|danke|passt schon|alles klar|warum nicht|nie|da|nu|tak|frei|abmelden"
    "|abbestellen"
    "|ja 17|ok geht nicht|leider|passt, geht nicht|bin da|nicht",
}
READ = [
    (language, text, verdict)
    for language, cases in PLAIN.items()
    for verdict, texts in cases.items()
    for text in texts.split("|")
]
LEFT = [(language, text) for language, texts in UNCLEAR.items() for text in texts.split("|")]


def test_every_language_has_its_forty_cases() -> None:
    for language in PLAIN:
        assert sum(one[0] == language for one in [*READ, *LEFT]) >= 40


@pytest.mark.parametrize(("language", "text", "verdict"), READ)
def test_a_plain_answer_is_understood(language: str, text: str, verdict: Verdict) -> None:
    for reasons in (False, True):
        reading = read_reply(text, language, reasons=reasons)
        assert reading == Reading(verdict, 34 if "34" in text else None)


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_anything_else_is_unclear(language: str, text: str) -> None:
    assert read_reply(text, language) == Reading(V.UNCLEAR)


@pytest.mark.parametrize(("language", "text"), LEFT)
def test_by_mail_too_anything_else_is_unclear(language: str, text: str) -> None:
    assert read_reply(text, language, reasons=True) == Reading(V.UNCLEAR)


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("pl", "Nie, auto zepsute", "auto zepsute"),
        ("pl", "nie: za daleko", "za daleko"),
        ("pl", "Nie mogę, wizyta u lekarza", "wizyta u lekarza"),
        ("pl", "nie moge - urlop", "urlop"),
        ("pl", "nie, nie mam jak", "nie mam jak"),
        ("ro", "Nu, mașina e stricată", "mașina e stricată"),
        ("ro", "nu pot, concediu", "concediu"),
        ("ro", "Nu\nprea departe", "prea departe"),
        ("uk", "Ні, машина зламана", "машина зламана"),
        ("uk", "нет, далеко", "далеко"),
        ("uk", "не можу - відпустка", "відпустка"),
        ("de", "Nein, Auto kaputt", "Auto kaputt"),
        ("de", "nein: zu weit", "zu weit"),
        ("de", "Geht nicht, Urlaub", "Urlaub"),
        ("de", "nein, Problem mit dem Wagen", "Problem mit dem Wagen"),
        ("de", "no, van broken", "van broken"),
    ],
)
def test_by_mail_a_reason_may_follow_no(language: str, text: str, reason: str) -> None:
    assert read_reply(text, language, reasons=True) == Reading(V.NO, reason=reason)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("pl", "nie, nie ma problemu"), ("pl", "Nie, spoko, pojadę"), ("pl", "nie, mogę jechać")),
        *(
            ("pl", "nie zawiodę"),
            ("pl", "nie muszę odmawiać"),
            ("pl", "nie, naprawdę żaden problem"),
        ),
        *(("pl", "no, van broken"), ("pl", "no mogę jechać"), ("pl", "nie, no dobra")),
        *(("ro", "nu, nicio problemă"), ("ro", "nu vă faceți griji"), ("ro", "nu, vin eu")),
        *(("ro", "no, pot"), ("ro", "nu întârzii, promit"), ("ro", "nu, nu e o problema")),
        *(("uk", "ні, немає проблем"), ("uk", "нет проблем, еду"), ("uk", "ні, поїду")),
        *(("uk", "не запізнюся, обіцяю"), ("uk", "нет, вопросов нет, еду?"), ("uk", "ні, можу")),
        *(("de", "nein, kein Problem"), ("de", "nein ich komme"), ("de", "Nein, ich fahre das")),
        *(("de", "no kein Problem"), ("de", "nein, passt so"), ("de", "nein? zu weit")),
    ],
)
def test_by_mail_what_only_looks_like_a_refusal_is_none(language: str, text: str) -> None:
    assert read_reply(text, language, reasons=True) == Reading(V.UNCLEAR)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("pl", "przerwa 2h"), ("pl", "Przerwa 2 godz."), ("pl", "PRZERWA 2 GODZINY")),
        *(
            ("ro", "pauză 2h"),
            ("ro", "pauza 2 ore"),
            ("de", "Pause 2 Std."),
            ("de", "pause 120 Min"),
        ),
        *(
            ("uk", "ПЕРЕРВА 2 год"),
            ("uk", "перерва 120 хв"),
            ("uk", "перерыв 2 часа"),
            ("pl", "off 2h"),
        ),
    ],
)
def test_off_may_say_for_how_long(language: str, text: str) -> None:
    assert read_reply(text, language) == Reading(V.OFF, duration=timedelta(hours=2))


def test_a_bare_english_no_is_not_guessed_from_a_polish_driver() -> None:
    """In Polish it means "yeah"; nobody is booked or struck off for it."""
    assert read_reply("no", "pl") == Reading(V.UNCLEAR)
    assert read_reply("no", "pl-PL", reasons=True) == Reading(V.UNCLEAR)
    assert read_reply("no thanks", "pl") == read_reply("nie", "pl") == Reading(V.NO)
