"""Open this for the words by which mail programs mark what their user did not write."""

# ruff: noqa: RUF001 - letters of other alphabets are meant

from __future__ import annotations

import re
from collections.abc import Sequence

QUOTES = (">", "|", "»", "＞")
SPREAD = 4  # lines over which an attribution may be wrapped
HEADERS_WITHIN = 6  # lines in which a second header follows the first

_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|schrieben|a écrit|écrivait|napisała?|napisał\(a\)|pisze|napisana"
    r"|napisano|a scris|scrie|пише|пишет|написала?|написав|написав\(-ла\)|написал\(а\)|escribió"
    r"|escribe|ha scritto|scrive|escreveu|schreef|skrev|kirjoitti|napsala?|napísala?|írta"
    r"|napisao|yazdı|έγραψε)(?!\w)",
    re.IGNORECASE,
)
_OPENS_ATTRIBUTION = re.compile(
    r"(?:On|Am|Le|El|Il|Em|Op|Den|Dne|Dňa|Dnia|W dniu|Wiadomość|În|In data|Pe|La data|At"
    r"|[^\W\d_]{2,12}[.,]+ \d|[^\W\d_]{2,12}[.,]+ [^\W\d_]{3,12}\.? \d"
    r"|\d{1,2}[./-]\d|\d{4}-\d|\d{1,2} [^\W\d_]{3,12}\.? \d{4})(?!\w{3})",
    re.IGNORECASE,
)
_HEADERS = (
    "from|von|de|od|da|van|från|fra|від|от|de la|expéditeur|nadawca|remitente",
    "sent|date|gesendet|datum|envoyé|envoyé le|wysłano|wysłane|data|trimis|dată|enviado"
    "|enviado el|fecha|inviato|надіслано|дата|відправлено|отправлено|verzonden|skickat|sendt",
    "to|an|à|do|către|para|per|кому|aan|till|til|a|pour",
    "subject|betreff|objet|temat|subiect|asunto|oggetto|тема|onderwerp|ämne|emne|assunto",
)
_HEADER = re.compile(
    "|".join(rf"(?P<h{n}>[*_]*(?:{names})[*_]*\s?:)" for n, names in enumerate(_HEADERS)),
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=*~─—]{3,}|[-_]{2,} ?[^\W\d_][^\n]{2,60}? ?[-_]{2,}|-- ?|—|__")
_FORWARDED = re.compile(
    r"(?:begin forwarded message|anfang der weitergeleiteten|début du message (?:transféré|réexp)"
    r"|początek przekazanej|inizio messaggio inoltrato|inicio del mensaje reenviado"
    r"|începutul mesajului|початок пересланого)",
    re.IGNORECASE,
)
_MACHINE_MADE = re.compile(
    r"(?:sent (?:from|via|with|by|using) |get outlook for |gesendet (?:von|mit|über) "
    r"|von mein\w+ .{2,40} gesendet|diese nachricht wurde von mein|outlook für |holen sie sich outl"
    r"|envoyé (?:de|depuis|avec|à partir) |télécharge[rz] outlook|obtenir outlook"
    r"|wysłan[eo] (?:z|za) |pobierz (?:program )?outlook|trimis (?:de pe|din|cu) "
    r"|descărcați outlook|obțineți outlook|надіслано (?:з|із|зі|через) |відправлено (?:з|із|через) "
    r"|отправлено (?:с|из|через) |скачать outlook|отримати outlook|завантажити outlook"
    r"|enviado (?:desde|con|do|a partir) |obtener outlook|obtén outlook|inviato (?:da|con) "
    r"|scarica outlook|ottieni outlook|verzonden (?:met|vanaf|via) |skickat från|sendt fra"
    r"|virus[- ]?free|virenfrei|no virus found|checked by avg|wolny od wirusów|nie zawiera wirus"
    r"|sans virus|libre de virus|privo di virus|fără viruși|без вірусів"
    r"|caution:|warning:|\[?external\b|this e?-?mail originated|yahoo mail:)",
    re.IGNORECASE,
)


def attribution_at(lines: Sequence[str], at: int) -> int:
    """Return how many lines "On … Jo wrote:" takes here; 0 when there is none."""
    joined = ""
    for count, line in enumerate(lines[at : at + SPREAD], start=1):
        if not line or line.startswith(QUOTES):
            return 0
        joined = f"{joined} {line}".strip()
        if _is_attribution(joined) and (count == 1 or _may_be_wrapped(lines[at])):
            return count
    return 0


def _is_attribution(text: str) -> bool:
    """Tell by the verb, or by an address beside a date, in any language."""
    if len(text) > 600 or not text.endswith((":", "：", ">:")):
        return False
    dated = any(character.isdigit() for character in text)
    return dated and ("@" in text or _WROTE.search(text) is not None)


def _may_be_wrapped(first: str) -> bool:
    """Keep a short answer from being taken for the beginning of the line below it."""
    return len(first) >= 30 and _OPENS_ATTRIBUTION.match(first) is not None


def ends_own_text(lines: Sequence[str], at: int) -> bool:
    """Tell whether a signature, a forwarded mail or a quote without marks begins here."""
    line = lines[at]
    if _RULE.fullmatch(line) or _FORWARDED.match(line):
        return True
    first = _HEADER.match(line)
    if first is None:
        return False
    below = (_HEADER.match(other) for other in lines[at + 1 : at + HEADERS_WITHIN])
    return any(other is not None and other.lastgroup != first.lastgroup for other in below)


def is_machine_made(line: str) -> bool:
    """Tell whether a mail program, a scanner or a gateway wrote this line."""
    return _MACHINE_MADE.match(line) is not None
