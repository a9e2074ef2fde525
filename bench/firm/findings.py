"""Open this for what the record says when the day is over: how late, how soon, what is wrong."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from bench.firm.playing import Played
from bench.firm.watch import Point
from tests.fire.checker import (
    broken_offers,
    broken_stories,
    double_winners,
    doubled,
    said_twice,
    stuck,
)
from tests.fire.record import read_record, reading

RULES = (broken_stories, broken_offers, double_winners, doubled, stuck, said_twice)
SETTLED = {"assigned", "completed", "uncovered", "rejected", "cancelled"}
LATE = "an expiry, after its time"
NEXT_AFTER_EXPIRY = "an expiry, until the next driver's message is out"
NEXT_AFTER_NO = "a NO, until the next driver's message is out"
BOOKED_AFTER_YES = "a YES, until BOOKED is out"

_OUT = "('sent', 'delivered')"
_OFFERS = f"""
SELECT o.id, o.job_id, o.agent_id, o.status, o.sent_at, o.expires_at, o.closed_at,
       j.sheet_job_id AS reference, a.name AS driver,
       (SELECT MIN(m.settled_at) FROM outbox m
        WHERE m.offer_id = o.id AND m.kind = 'offer' AND m.state IN {_OUT}) AS out_at,
       (SELECT MIN(m.settled_at) FROM outbox m
        WHERE m.offer_id = o.id AND m.kind = 'booked' AND m.state IN {_OUT}) AS booked_at,
       (SELECT MIN(e.at) FROM events e
        WHERE e.offer_id = o.id AND e.kind = 'timed_out') AS timed_out_at
FROM offers o JOIN jobs j ON j.id = o.job_id JOIN agents a ON a.id = o.agent_id ORDER BY o.id
"""
Row = dict[str, Any]


class Record:
    """The database as it was left."""

    def __init__(self, played: Played) -> None:
        self._played = played
        with closing(sqlite3.connect(played.database)) as connection:
            connection.row_factory = sqlite3.Row
            self.offers = [dict(row) for row in connection.execute(_OFFERS)]
            self.jobs = [
                dict(row) for row in connection.execute("SELECT id, sheet_job_id, status FROM jobs")
            ]
            self.messages = _counts(connection, "outbox", "channel", "state")
            self.received = _counts(connection, "inbox", "channel", "state")
        self._zero = played.watch.began_at

    def latenesses(self) -> dict[str, list[Point]]:
        """Return how long after what it followed each step of a cascade was taken."""
        found: dict[str, list[Point]] = {
            LATE: [],
            NEXT_AFTER_EXPIRY: [],
            NEXT_AFTER_NO: [],
            BOOKED_AFTER_YES: [],
        }
        for offer, following in self._with_following():
            if offer["timed_out_at"]:
                found[LATE].append(self._point(offer["expires_at"], offer["timed_out_at"]))
            if offer["timed_out_at"] and following:
                found[NEXT_AFTER_EXPIRY].append(
                    self._point(offer["expires_at"], following["out_at"])
                )
            if offer["status"] == "declined" and following and (said := self._said(offer, "NO")):
                found[NEXT_AFTER_NO].append(self._point(said, following["out_at"]))
            yes = self._said(offer, "YES")
            if yes and offer["booked_at"] and yes < _moment(offer["expires_at"]):
                found[BOOKED_AFTER_YES].append(self._point(yes, offer["booked_at"]))
        return found

    def losses(self) -> Iterator[str]:
        """Find what was acknowledged and is not there, is there twice, or got stuck."""
        times = Counter(job["sheet_job_id"] for job in self.jobs)
        for reference in self._played.watch.brought - times.keys():
            yield f"LOST: {reference} was acknowledged, but there is no such job"
        for reference, count in times.items():
            if count > 1 or reference not in self._played.watch.brought:
                yield f"{reference} is there {count} times, brought or not"
        for job in self.jobs:
            if job["status"] not in SETTLED:
                yield f"STUCK: job {job['id']} is {job['status']}"
        yield from self._unkept()

    def _unkept(self) -> Iterator[str]:
        """Find drivers who were told that a job is theirs and have none, or the other way round."""
        told = self._played.watch.booked  # in the answer itself: those get no message
        held = {(o["job_id"], o["agent_id"]): o for o in self.offers}
        for pair in told:
            if pair not in held or held[pair]["status"] not in ("accepted", "withdrawn"):
                yield f"LOST: driver {pair[1]} was told to have job {pair[0]}"
        for pair, offer in held.items():
            if offer["status"] == "accepted" and not offer["booked_at"] and pair not in told:
                yield f"LOST: the driver of offer {offer['id']} was never told BOOKED"

    def _with_following(self) -> Iterator[tuple[Row, Row | None]]:
        """Yield each offer with the one that followed it at once, whose message went out."""
        last: dict[int, Row] = {}
        pairs: dict[int, Row] = {}
        for offer in self.offers:
            if (before := last.get(offer["job_id"])) is not None and offer["out_at"]:
                pairs[before["id"]] = offer
            last[offer["job_id"]] = offer
        for offer in self.offers:
            following = pairs.get(offer["id"])
            at_once = following and following["sent_at"] == offer["closed_at"]
            yield offer, following if at_once else None

    def _said(self, offer: Row, words: str) -> datetime | None:
        said = self._played.watch.said
        by_name = said.get((offer["reference"], offer["driver"], words))
        return by_name or said.get((str(offer["job_id"]), offer["driver"], words))

    def _point(self, before: str | datetime, after: str) -> Point:
        began = _moment(before) if isinstance(before, str) else before
        return (began - self._zero).total_seconds(), (_moment(after) - began).total_seconds()


async def complaints_of(played: Played, record: Record) -> Sequence[str]:
    """Return everything that was wrong with the day; empty when it was a good one."""
    async with reading(f"sqlite://{played.database}") as runner:
        story = await read_record(runner)
    judged = (sentence for rule in RULES for sentence in rule(story))
    checked = [f"dispatch check: {played.checked}"] if played.checked else []
    return [*played.watch.complaints, *checked, *record.losses(), *judged]


def _counts(connection: sqlite3.Connection, table: str, *columns: str) -> dict[str, int]:
    names = ", ".join(columns)
    query = f"SELECT {names}, COUNT(*) FROM {table} GROUP BY {names}"
    return {" ".join(map(str, row[:-1])): row[-1] for row in connection.execute(query)}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
