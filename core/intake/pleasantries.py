"""Open this to add words that belong to letters, not to jobs: greetings, farewells, small print."""

from __future__ import annotations

import re

from core.intake.wording import fold

GREETINGS = (
    "hi, hello, hey, hiya, dear, good morning, good afternoon, good evening, morning, afternoon, "
    "please find, please see, please can you, can you, could you, see below, as discussed, "
    "job below, new job, hope you, many thanks, "
    "dzień dobry, witam, cześć, szanowni, proszę o, bună, salut, stimate, vă rog, добрий день, "
    "вітаю, доброго, шановні, прошу, guten tag, guten morgen, hallo, sehr geehrte, liebe, moin"
)
FAREWELLS = (
    "regards, kind regards, best regards, warm regards, best wishes, best, all the best, "
    "thanks, thank you, thanks in advance, many thanks, thx, ta, cheers, yours sincerely, "
    "yours faithfully, sincerely, kr, br, sent from my, get outlook for, sent via, "
    "pozdrawiam, z poważaniem, dziękuję, dzięki, mulțumesc, mersi, cu stimă, cu respect, "
    "toate cele bune, o zi bună, дякую, з повагою, щиро дякую, mit freundlichen grüßen, mfg, "
    "freundliche grüße, viele grüße, beste grüße, liebe grüße, danke, vielen dank, gruß, "
    "wysłane z, trimis de pe, надіслано з, gesendet von, von meinem"
)
SMALL_PRINT = (
    "this e-mail, this email, this message, the information in, the information contained, "
    "the contents of this, confidential, confidentiality, disclaimer, legal notice, important:, "
    "if you are not the intended, if you have received this, registered in, registered office, "
    "company registration, company no, vat no, please consider the environment, unsubscribe, "
    "you are receiving this, niniejsza wiadomość, ta wiadomość, acest mesaj, acest e-mail, "
    "це повідомлення, diese e-mail, diese nachricht"
)
_SIGNATURE_NAMES = (
    "tel, telephone, phone, mobile, mob, m, t, e, f, fax, email, e-mail, mail, web, website, www, "
    "direct, office, telefon, handy, telefonnummer, телефон"
)
_HEADER_NAMES = (
    "from, sent, date, to, cc, bcc, subject, reply-to, importance, attachments, von, gesendet, an, "
    "betreff, od, wysłano, do, temat, de, trimis, către, subiect, від, надіслано, кому, тема"
)
_SUBJECT_NAMES = "subject, betreff, temat, subiect, тема"


def _set(names: str) -> frozenset[str]:
    return frozenset(fold(name.strip()) for name in names.split(","))


SIGNATURE_NAMES, HEADER_NAMES = _set(_SIGNATURE_NAMES), _set(_HEADER_NAMES)
SUBJECT_NAMES = _set(_SUBJECT_NAMES)


def _beginnings(names: str) -> re.Pattern[str]:
    words = "|".join(re.escape(fold(name.strip())) for name in names.split(","))
    return re.compile(rf"(?:{words})(?![^\W_])")


_GREETING, _FAREWELL = _beginnings(GREETINGS), _beginnings(FAREWELLS)
_SMALL_PRINT = re.compile("|".join(re.escape(fold(n.strip())) for n in SMALL_PRINT.split(",")))
_MOST_WORDS = 6  # a farewell stands alone, with at most a name


def is_farewell(line: str) -> bool:
    """Tell whether a line ends a letter: what follows is who wrote it, and small print."""
    folded = fold(line[:200]).strip(" *_>")
    if folded in {"--", "__"} or _SMALL_PRINT.match(folded):
        return True
    return bool(_FAREWELL.match(folded)) and len(folded.split()) <= _MOST_WORDS


def is_polite(line: str) -> bool:
    """Tell whether a line is a greeting or a courtesy that says nothing about a job."""
    folded = fold(line[:200]).strip(" *_>")
    return bool(_GREETING.match(folded)) or is_farewell(line) or not re.search(r"\w", folded)
