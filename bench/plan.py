"""Open this for what stands in a prepared database: drivers, open offers, what has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.rows import (
    Row,
    address_row,
    agent_row,
    event_row,
    job_row,
    message_row,
    offer_row,
    reply_row,
)
from core.replies import LOWEST_CODE

ORDERED = 10  # drivers that a job's frozen order names; the others come after them
OLDEST, NEWEST = timedelta(days=700), timedelta(days=8)  # when history ended
CODES = 1_000  # among which the offers of history are spread
LATER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Plan:
    """Offers go round the drivers; n counts the open ones from 1, and a job has its offer's id."""

    drivers: int
    open_offers: int
    first_expiry: timedelta = LATER  # after `now`; the others follow evenly
    last_expiry: timedelta = LATER
    strangers: int = 0  # drivers with no offer at all, after the others
    history: int = 0  # jobs that ended, with ids before those of the open ones
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def id_of(self, n: int) -> int:
        """Return the id of the n-th open offer, and of its job."""
        return self.history + n

    def agent_of(self, n: int) -> int:
        """Return who holds the n-th open offer; that of n + 1 is asked next."""
        return (n - 1) % self.drivers + 1

    def code_of(self, n: int) -> int:
        """Return the code of the n-th open offer."""
        return LOWEST_CODE + (n - 1) // self.drivers

    def expiry_of(self, n: int) -> datetime:
        """Return when the n-th open offer expires."""
        part = (n - 1) / max(1, self.open_offers - 1)
        return self.now + self.first_expiry + (self.last_expiry - self.first_expiry) * part

    def tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Return every table with its rows, in an order that foreign keys allow."""
        agents = range(1, self.drivers + self.strangers + 1)
        yield "agents", (agent_row(agent_id, self.now) for agent_id in agents)
        yield "addresses", (address_row(agent_id, self.now) for agent_id in agents)
        yield "jobs", self._jobs()
        yield "offers", self._offers()
        yield "events", self._events()
        yield "inbox", (reply_row(*ended) for ended in self._ended())
        yield "outbox", (message_row(*ended) for ended in self._ended())

    def _open(self) -> range:
        return range(1, self.open_offers + 1)

    def _ended(self) -> Iterator[tuple[int, int, datetime]]:
        for job_id in range(1, self.history + 1):
            at = self.now - OLDEST + (OLDEST - NEWEST) * (job_id / self.history)
            yield job_id, self.agent_of(job_id), at

    def _jobs(self) -> Iterator[Row]:
        for job_id, agent_id, at in self._ended():
            yield job_row(job_id, "completed", at, [agent_id], taken_by=agent_id)
        named = range(min(ORDERED, self.drivers))
        for n in self._open():
            order = [self.agent_of(n + place) for place in named]
            yield job_row(self.id_of(n), "offering", self.now, order)

    def _offers(self) -> Iterator[Row]:
        for job_id, agent_id, at in self._ended():
            code = LOWEST_CODE + job_id % CODES
            yield offer_row(job_id, agent_id, code, at, at, ended=True)
        for n in self._open():
            agent_id, code = self.agent_of(n), self.code_of(n)
            at = min(self.now, self.expiry_of(n))
            yield offer_row(self.id_of(n), agent_id, code, at, self.expiry_of(n), ended=False)

    def _events(self) -> Iterator[Row]:
        for job_id, agent_id, at in self._ended():
            yield event_row(job_id, agent_id, "offered", "sent", at)
            yield event_row(job_id, agent_id, "assigned", "assigned", at)
            yield event_row(job_id, None, "completed", "completed", at)
        for n in self._open():
            yield event_row(self.id_of(n), None, "offering_started", "offering", self.now)
