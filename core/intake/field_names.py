"""Open this to add a word that people name a job's field by. Pure data; case does not count."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from core.intake.wording import fold

# Of each field: its English names, and those of other languages. `pickup` may be a place or a time:
# its value tells. The other fields are those of JobDraft, but for `contact` (a name, a phone or
# both) and the pickup's `date` and `time`.
FIELD_NAMES: Mapping[str, tuple[str, str]] = {
    "reference": (
        "ref, reference, job, job no, job nr, job number, job id, job ref, job reference, "
        "booking, booking no, booking ref, booking reference, booking number, order, "
        "order no, order number, order ref, our ref, our reference, your ref, ref no, ref "
        "number, reference no, reference number, sheet job id, id",
        "nr zlecenia, numer zlecenia, zlecenie, nr ref, referinta, nr comanda, comanda, "
        "numar comanda, номер замовлення, замовлення, номер, auftrag, auftragsnummer, "
        "auftragsnr, auftrags nr, referenz",
    ),
    "date": (
        "date, pickup date, pick up date, collection date, collect date, date of "
        "collection, job date, when, collect on, day, date time, date and time, pickup "
        "date time, collection date time",
        "data, data odbioru, data zaladunku, kiedy, termin, data ridicarii, data "
        "incarcarii, cand, дата, дата завантаження, коли, datum, abholdatum, abholtermin, "
        "wann, ladedatum",
    ),
    "time": (
        "time, pickup time, pick up time, collection time, collect time, time of "
        "collection, collect at, ready time, ready at",
        "godzina, godzina odbioru, godz, ora, ora ridicarii, ora incarcarii, час, година, "
        "час завантаження, uhrzeit, zeit, abholzeit, ladezeit",
    ),
    "pickup": (
        "pickup, pick up, collection, collect",
        "odbior, zaladunek, ridicare, incarcare, завантаження, abholung, beladung",
    ),
    "origin": (
        "from, origin, collect from, collection from, pickup from, pick up from, pickup "
        "location, pick up location, collection location, collection point, pickup point, "
        "collection place, pickup place, loading, load at",
        "skad, miejsce odbioru, miejsce zaladunku, z, de la, din, de unde, loc incarcare, "
        "loc de incarcare, plecare, звідки, від, von, ab, abholort, ladeort, start",
    ),
    "destination": (
        "to, destination, deliver to, delivery to, delivery, deliver, drop, drop off, "
        "dropoff, drop to, drop at, drop off at, delivery location, delivery point, "
        "delivery place, drop location, drop point, dest",
        "dokad, do, cel, miejsce dostawy, miejsce rozladunku, rozladunek, dostawa, la, "
        "catre, unde, destinatie, destinatia, livrare, loc livrare, loc de livrare, куди, "
        "до, розвантаження, доставка, nach, ziel, zielort, lieferort, lieferung, "
        "entladeort, entladung",
    ),
    "vehicle_type": (
        "vehicle, vehicle type, vehicle size, vehicle required, vehicle needed, type of "
        "vehicle, van type, van size, veh",
        "pojazd, typ pojazdu, samochod, auto, vehicul, tip vehicul, masina, транспорт, "
        "авто, машина, тип авто, fahrzeug, fahrzeugtyp, fahrzeugart",
    ),
    "pay": (
        "pay, price, rate, fee, cost, amount, payment, driver pay, driver rate, agreed "
        "rate, agreed price",
        "cena, stawka, kwota, wynagrodzenie, pret, tarif, plata, suma, ціна, оплата, "
        "ставка, вартість, preis, lohn, verguetung, vergutung, betrag",
    ),
    "contact": (
        "contact, site contact, collection contact, pickup contact, contact details, "
        "contact at collection, ask for",
        "kontakt, osoba kontaktowa, persoana de contact, persoana contact, контакт, "
        "контактна особа, ansprechpartner, kontaktperson",
    ),
    "contact_name": (
        "contact name, name of contact",
        "nazwisko kontaktu, nume contact, kontaktname",
    ),
    "contact_phone": (
        "contact phone, contact number, contact no, contact tel, contact telephone, "
        "contact mobile, phone, tel, telephone, mobile, phone number",
        "telefon, telefon kontaktowy, telefon contact, телефон, telefonnummer, handy",
    ),
    "notes": (
        "notes, note, comments, comment, remarks, instructions, special instructions, "
        "info, additional info, additional information, details",
        "uwagi, notatki, observatii, note suplimentare, mentiuni, примітки, примітка, "
        "коментар, bemerkung, bemerkungen, hinweis, hinweise, notizen, anmerkung, "
        "anmerkungen",
    ),
    "skills": (
        "skills, skill, required skills, skills required, requirements",
        "umiejetnosci, wymagania, abilitati, cerinte, навички, вимоги, qualifikation, "
        "anforderungen",
    ),
    "pickup_address": (
        "pickup address, pick up address, collection address, collect address, address of "
        "collection, from address, loading address",
        "adres odbioru, adres zaladunku, adresa ridicare, adresa de ridicare, adresa "
        "incarcare, адреса завантаження, abholadresse, ladeadresse",
    ),
    "delivery_address": (
        "delivery address, deliver address, drop address, drop off address, destination "
        "address, to address",
        "adres dostawy, adres rozladunku, adresa livrare, adresa de livrare, адреса "
        "доставки, адреса розвантаження, lieferadresse, entladeadresse",
    ),
    "coordinator_email": (
        "coordinator, coordinator email, coordinator e mail, approver, approver email",
        "koordynator, coordonator, координатор, koordinator",
    ),
    "policy": (
        "policy, offer policy",
        "polityka, politica, політика, richtlinie",
    ),
}
# Of a delivery's time nothing is kept: named in a warning rather than read as the pickup's.
NOT_KEPT = frozenset(
    fold(name)
    for name in (
        *("delivery date", "delivery time", "deliver by", "deliver before", "drop time"),
        *("drop date", "drop off time", "drop off date", "data dostawy", "data livrarii"),
        *("lieferdatum", "liefertermin", "lieferzeit", "дата доставки", "час доставки"),
    )
)
LONGEST_NAME = 48

_BETWEEN_WORDS = re.compile(r"[\s_\-/.#*&№]+")


def _plain(name: str) -> str:
    return _BETWEEN_WORDS.sub(" ", fold(name)).strip(" :?")


def _names(row: str) -> list[str]:
    return [_plain(name) for name in row.split(",")]


_FIELDS = {
    name: field for field, rows in FIELD_NAMES.items() for row in rows for name in _names(row)
}
_ENGLISH = [name for english, _ in FIELD_NAMES.values() for name in _names(english)]


def field_of(name: str) -> str | None:
    """Return the field that somebody names so; `(…)` after it does not count."""
    if len(name) > LONGEST_NAME:
        return None
    return _FIELDS.get(_plain(name)) or _FIELDS.get(_plain(name.partition("(")[0]))


def left_out(name: str) -> str:
    """Return the sentence for a field that is not known, with the nearest known name."""
    shown = repr(name[:60])
    if _plain(name) in NOT_KEPT:
        return f"{shown} was left out: only the pickup's date and time are kept"
    nearest = get_close_matches(_plain(name[:60]), _ENGLISH, n=1, cutoff=0.75)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"unknown field {shown} was left out{hint}"
