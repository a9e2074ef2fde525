"""Open this to add a language's names of days and months, and how it writes a moment.

The names are data, not the machine's locale, which could be any.
"""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Short names as they stand inside a date, Monday and January first."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    date: str = "{day} {number} {month}"
    moment: str = "{time} ({date})"

    def day(self, local: datetime, *, year: bool = True) -> str:
        """Return a date such as `Fri 30 Jan 2026`."""
        date = self.date.format(
            day=self.days[local.weekday()], number=local.day, month=self.months[local.month - 1]
        )
        return f"{date} {local.year}" if year else date

    def by(self, local: datetime) -> str:
        """Return a moment as it follows "by": `13:05 on Thu 30 Jul`."""
        return self.moment.format(time=f"{local:%H:%M}", date=self.day(local, year=False))


CALENDARS: Mapping[str, Calendar] = {
    "en": Calendar(
        days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        months=(
            *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
            *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        ),
        moment="{time} on {date}",
    ),
    "pl": Calendar(
        days=("pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."),
        months=(
            *("sty", "lut", "mar", "kwi", "maj", "cze"),
            *("lip", "sie", "wrz", "paź", "lis", "gru"),
        ),
    ),
    "ro": Calendar(
        days=("lun.", "mar.", "mie.", "joi", "vin.", "sâm.", "dum."),
        months=(
            *("ian.", "feb.", "mart.", "apr.", "mai", "iun."),  # "mar." is Tuesday
            *("iul.", "aug.", "sept.", "oct.", "nov.", "dec."),
        ),
    ),
    "uk": Calendar(
        days=("пн", "вт", "ср", "чт", "пт", "сб", "нд"),
        months=(
            *("січ.", "лют.", "бер.", "квіт.", "трав.", "черв."),
            *("лип.", "серп.", "вер.", "жовт.", "лист.", "груд."),
        ),
    ),
    "de": Calendar(
        days=("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
        months=(
            *("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni"),
            *("Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."),
        ),
        date="{day} {number}. {month}",
        moment="{time} Uhr ({date})",
    ),
}
