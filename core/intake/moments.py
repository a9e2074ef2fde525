"""Open this for how people say when a job is picked up, and how that is understood."""

from __future__ import annotations

from calendar import day_abbr, month_abbr
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.intake.clocks import clock_at
from core.intake.dates import HOW_DATES, HOW_TIMES, DateProblem, Pickup, read_pickup, shown
from core.intake.day_words import (
    AFTERNOON_WORDS,
    AT_WORDS,
    BESIDE_WORDS,
    BOUND_WORDS,
    FORENOON_WORDS,
    LATER_WORDS,
    PART_WORDS,
    SOON_WORDS,
)
from core.intake.days import day_at
from core.intake.values import Surroundings
from core.intake.wording import Word, words_of

LONGEST = 200  # characters of a written date or time
_UNDECIDED = LATER_WORDS | {"to", "be", "confirmed", "advised", "arranged", "any", "time", "date"}
_VAGUE = PART_WORDS | FORENOON_WORDS | AFTERNOON_WORDS
_LEADING = (BESIDE_WORDS - {"time", "date"}) | AT_WORDS | {"for", "fur", "this"}
_MARKS = {",", ";", "(", ")", "-", "/", "|"}
_SAYS_NOTHING = BESIDE_WORDS | AT_WORDS | _MARKS | BOUND_WORDS
GAP = Word("|", "|")
UNKNOWN = Pickup(None, date_only=False)


@dataclass(frozen=True, slots=True)
class Found:
    """The days and times that words name, and the words that are left."""

    days: tuple[date, ...] = ()
    clocks: tuple[time, ...] = ()
    left: tuple[Word, ...] = ()  # with GAP where words were taken
    taken: tuple[str, ...] = ()  # the words that name them, a phrase each
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Tell whether a day or time was named at all, usable or not."""
        return bool(self.days or self.clocks or self.problems or self.warnings)


@dataclass(frozen=True, slots=True)
class When:
    """The pickup, its date and time as `read_pickup` takes them, and how it is shown."""

    pickup: Pickup = UNKNOWN
    date: str | None = None
    time: str | None = None
    understood: str = ""
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def read_when(date: str | None, time: str | None, around: Surroundings) -> When:
    """Return when a job is picked up, in the strict forms first, then in people's own."""
    date, time = (date or "").strip() or None, (time or "").strip() or None
    if len(date or "") > LONGEST or len(time or "") > LONGEST:
        return When(problems=(f"the pickup is too long to be one: {HOW_DATES}",))
    try:
        pickup = read_pickup(date, time, around.zone)
    except DateProblem:
        return _read_freely(date, time, around)
    return When(pickup, date, time, shown_pickup(pickup, around.zone))


def find_moment(words: Sequence[Word], today: date, *, firmly: bool) -> Found:
    """Return what days and times the words name; `firmly` where nothing else is expected."""
    search = _Search(list(words), today, firmly)
    while search.at < len(search.words):
        search.step()
    return Found(
        tuple(search.days),
        tuple(search.clocks),
        tuple(search.left),
        tuple(search.taken),
        tuple(search.warnings),
        tuple(search.problems),
    )


@dataclass(slots=True)
class _Search:
    """One pass over words, from left to right."""

    words: list[Word]
    today: date
    firmly: bool
    at: int = 0
    follows: bool = False  # a day or time stood directly before
    days: list[date] = field(default_factory=list)
    clocks: list[time] = field(default_factory=list)
    left: list[Word] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Take the next day or time, or leave the next word."""
        word = self.words[self.at]
        if day := day_at(self.words, self.at, self.today, firmly=self.firmly):
            self.days += [day.day] if day.day else []
            self.problems += [day.problem] if day.problem else []
            self._take(day.length)
        elif clock := clock_at(self.words, self.at, firmly=self._expects_a_time()):
            self.clocks += [clock.clock] if clock.clock else []
            self.problems += [clock.problem] if clock.problem else []
            self.warnings += [clock.warning] if clock.warning else []
            self._take(clock.length)
        elif word.folded in SOON_WORDS:
            self.warnings.append(f"{word.text!r} is no date or time")
            self._take(1)
        elif (self.follows or self.firmly) and word.folded in _VAGUE:
            self.warnings.append(f"{word.text!r} is no clock time")
            self._take(1)
        else:
            self.left.append(word)
            self.follows = self.follows and word.folded in BESIDE_WORDS | _MARKS
            self.at += 1

    def _expects_a_time(self) -> bool:
        if self.firmly or self.follows:
            return True
        if self.at and self.words[self.at - 1].folded in AT_WORDS:
            return True
        after = self.at + 1
        return after < len(self.words) and bool(day_at(self.words, after, self.today, firmly=False))

    def _take(self, length: int) -> None:
        """Take words out, with those that only lead to them; a bound is named in a warning."""
        said = [word.text for word in self.words[self.at : self.at + length]]
        while self.left and self.left[-1].folded in _LEADING | BOUND_WORDS:
            leading = self.left.pop()
            if leading.folded in BOUND_WORDS:
                said.insert(0, leading.text)
                self.warnings.append(f"{' '.join(said)!r} is read as at that time")
        self.taken.append(" ".join(said))
        self.left.append(GAP)
        self.at += length
        self.follows = True


def _read_freely(date: str | None, time: str | None, around: Surroundings) -> When:
    said = [text for text in (date, time) if text and not _undecided(text)]
    undecided = [
        f"{text!r} is no date or time" for text in (date, time) if text not in (None, *said)
    ]
    found = [find_moment(words_of(text), around.today, firmly=True) for text in said]
    unread = [
        f"the pickup {shown(text)} cannot be read: {HOW_TIMES if text == time else HOW_DATES}"
        for text, part in zip(said, found, strict=True)
        if not part.problems and any(word.folded not in _SAYS_NOTHING for word in part.left)
    ]
    return when_of(
        [day for part in found for day in part.days],
        [clock for part in found for clock in part.clocks],
        around,
        warnings=[*undecided, *(warning for part in found for warning in part.warnings)],
        problems=[*unread, *(problem for part in found for problem in part.problems)],
    )


def when_of(
    days: Sequence[date],
    clocks: Sequence[time],
    around: Surroundings,
    *,
    warnings: Sequence[str],
    problems: Sequence[str],
) -> When:
    """Return the one moment that days and times make; two that differ are a problem."""
    wrong = [*problems, *_contradictions(days, clocks)]
    if wrong:
        return When(warnings=tuple(warnings), problems=tuple(dict.fromkeys(wrong)))
    day = f"{days[0]:%Y-%m-%d}" if days else None
    clock = f"{clocks[0]:%H:%M}" if clocks else None
    if day is None:
        lone = [f"the time {clock} has no date: add the pickup date"] if clock else []
        return When(time=clock, understood=clock or "", warnings=(*warnings, *lone))
    try:
        pickup = read_pickup(day, clock, around.zone)
    except DateProblem as problem:
        return When(warnings=tuple(warnings), problems=(str(problem),))
    return When(pickup, day, clock, shown_pickup(pickup, around.zone), tuple(warnings))


def _contradictions(days: Sequence[date], clocks: Sequence[time]) -> list[str]:
    wrong = []
    if len(set(days)) > 1:
        named = ", ".join(f"{day:%d/%m/%Y}" for day in days)
        wrong.append(f"the pickup has more than one date: {named}")
    if len(set(clocks)) > 1:
        named = ", ".join(f"{clock:%H:%M}" for clock in clocks)
        wrong.append(f"the pickup has more than one time: {named}")
    return wrong


def _undecided(text: str) -> bool:
    words = words_of(text)
    return bool(words) and all(word.folded in _UNDECIDED | _MARKS for word in words)


def shown_pickup(pickup: Pickup, zone: ZoneInfo) -> str:
    """Return a pickup as receipts show it: `Sat 30 Jan 2027 14:00`."""
    if pickup.at is None:
        return ""
    local: datetime = pickup.at.astimezone(zone)
    day = f"{day_abbr[local.weekday()]} {local.day} {month_abbr[local.month]} {local.year}"
    return day if pickup.date_only else f"{day} {local:%H:%M}"
