"""How far a replayed job has gone as recorded, and when the clock got round to what was due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.domain import CLOCK, EventKind
from core.views import EventView

K = EventKind
_NOT_THE_COURSE = {K.ALERTED, K.ALERT_ACKNOWLEDGED, K.UNCLEAR_REPLY, K.LINK_RENEWED, K.REMINDED}
_NOT_THE_COURSE |= {K.PURGED, K.EDITED, K.FORGOTTEN, K.REASON_GIVEN, K.PROOF_ADDED}
_TICKS = {K.TIMED_OUT, K.COMPLETED, K.EXPIRED, K.DROPPED, K.OFFERING_STARTED}
_TICKS_ALONE = {K.OFFERED, K.WAITING, K.UNCOVERED, K.ACCEPTED}  # unless something led to them
_COMPARED = ("expires_at", "round", "version", "slot", "cutoff", "until")
AN_OUTAGE = timedelta(minutes=1)


class Course:
    """The recorded course of one job, and how much of it a replay has repeated."""

    def __init__(self, events: Sequence[EventView]) -> None:
        self._lines = [e for e in events if e.kind not in _NOT_THE_COURSE]
        self._ticks = _ticks(self._lines)
        self._repeated = 0
        self.kept = True

    def leave(self) -> None:
        """Say that the replay goes another way from here on."""
        self.kept = False

    def follow(self, event: EventView) -> None:
        """Take the next line of the replay: it repeats the record, or leaves it for good."""
        if event.kind in _NOT_THE_COURSE or not self.kept:
            return
        lines, at = self._lines, self._repeated
        self.kept = at < len(lines) and _told(lines[at]) == _told(event)
        self._repeated += 1

    def tick_after(self, due_at: datetime) -> tuple[datetime, float] | None:
        """Return when, and where in history, the clock next acted on what was due then."""
        for line in self._lines[self._repeated :]:
            if line.id in self._ticks and line.at >= due_at:
                return line.at, line.id
        return None


def steps(events: Sequence[EventView]) -> Iterator[tuple[EventView, int]]:
    """Return each line of one job, with the id of the line that begins what was done with it."""
    before: EventView | None = None
    first = 0
    for event in events:
        follows = before is not None and (before.at, before.actor, before.id + 1) == (
            event.at,
            event.actor,
            event.id,
        )
        again = before is not None and event.kind == K.TIMED_OUT != before.kind
        first = first if follows and not again else event.id
        yield event, first
        before = event


def time_outs(past: Mapping[int, Sequence[EventView]]) -> dict[tuple[int, datetime], int]:
    """Return where in history the clock came to time out each driver's offers at each moment."""
    places: dict[tuple[int, datetime], int] = {}
    for event, first in (found for events in past.values() for found in steps(events)):
        if event.kind == K.TIMED_OUT and event.actor == str(CLOCK):
            key = event.agent_id or 0, event.at
            places[key] = min(first, places.get(key, first))
    return places


def outages(past: Mapping[int, Sequence[EventView]]) -> list[tuple[datetime, datetime]]:
    """Return when nobody settled what was due, as overdue offers show; in order, none touching."""
    ends: dict[int, datetime] = {}
    spells = []
    for event in (e for events in past.values() for e in events):
        if event.offer_id is None:
            continue
        if event.facts is not None and "expires_at" in event.facts:
            ends[event.offer_id] = datetime.fromisoformat(event.facts["expires_at"])
        due_at = ends.get(event.offer_id, event.at)
        if event.kind == K.TIMED_OUT and event.at - due_at >= AN_OUTAGE:
            spells.append((due_at, event.at))
    return _joined(spells)


def awake(due_at: datetime, spells: Iterable[tuple[datetime, datetime]]) -> datetime:
    """Return when the clock could first act on what is due: at once, or after an outage."""
    return next((ends for begins, ends in spells if begins <= due_at < ends), due_at)


def _joined(spells: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    joined: list[tuple[datetime, datetime]] = []
    for spell in sorted(spells):
        if joined and spell[0] <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(spell[1], joined[-1][1]))
        else:
            joined.append(spell)
    return joined


def _ticks(lines: Sequence[EventView]) -> set[int]:
    """Return the ids of the lines that begin what a tick did."""
    found, before = set(), None
    for line in lines:
        alone = line.at != before
        if line.actor == str(CLOCK) and (
            line.kind in _TICKS or (alone and line.kind in _TICKS_ALONE)
        ):
            found.add(line.id)
        before = line.at
    return found


def _told(event: EventView) -> tuple[Any, ...]:
    facts = {n: v for n, v in (event.facts or {}).items() if n in _COMPARED}
    return (event.kind, event.agent_id, event.at, event.source, event.target, facts)
