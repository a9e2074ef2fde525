"""Open this for how the service runs in a simulation: the real parts, one moment after another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from core.inbox import InboxReader
from core.inbox.claiming import LEASE, claim_entries
from core.outbox.claims import claim
from core.outbox.relay import Relay
from core.router import Router
from core.runner import Unit, as_utc
from tests.simulation.channels import StormyChannel
from tests.simulation.weather import Spell, Weather, end_of

MOST_PASSES = 60  # of one moment; more means that something is due for ever
PARTS = ("tick", "send", "read")

# what is due by now and what is due next, of each part of the service
_MOMENTS = """
SELECT part, MIN(CASE WHEN at <= $1 THEN at END) AS due, MIN(CASE WHEN at > $1 THEN at END) AS later
FROM (SELECT 'tick' AS part, expires_at AS at FROM offers WHERE status = 'sent'
UNION ALL SELECT 'tick', next_action_at FROM jobs WHERE next_action_at IS NOT NULL
UNION ALL SELECT 'tick', risk_at FROM jobs WHERE risk_at IS NOT NULL
UNION ALL SELECT 'tick', remind_at FROM offers WHERE remind_at IS NOT NULL
UNION ALL SELECT 'tick', reconfirm_by FROM offers WHERE reconfirm_by IS NOT NULL
UNION ALL SELECT 'tick', next_at FROM alerts WHERE next_at IS NOT NULL
UNION ALL SELECT 'send', CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END
FROM outbox WHERE state = 'queued'
UNION ALL SELECT 'read', CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END
FROM inbox WHERE state = 'stored') AS moments GROUP BY part
"""


@dataclass(frozen=True, slots=True)
class Moments:
    """Which parts have something to do now, and when the next thing is due."""

    due: frozenset[str]
    later: datetime | None


class Service:
    """Clock, relay and inbox reader of one process; they run when something is due, or crash."""

    def __init__(
        self,
        router: Router,
        relay: Relay,
        reader: InboxReader,
        channels: dict[str, StormyChannel],
        weather: Weather,
        rng: Random,
    ) -> None:
        self._router = router
        self._relay = relay
        self._reader = reader
        self._channels = channels
        self._weather = weather
        self._rng = rng
        self._commits = 0
        router.on_commit(lambda _events: self._count())

    def _count(self) -> None:
        self._commits += 1

    async def settle(self, *, first: str | None = None) -> datetime | None:
        """Do all that is due; return when more is due, None when nothing is planned.

        `first` names the part that runs before the others, as the clock does after an outage.
        """
        if first is not None:
            await self._run(first)
        for _ in range(MOST_PASSES):
            moments = await self.moments()
            reads = end_of(self._weather.reader, self._now()) == self._now()
            parts = [p for p in PARTS if p in moments.due and (p != "read" or reads)]
            self._rng.shuffle(parts)
            if not any([await self._run(part) for part in parts]):
                return self._next(await self.moments() if parts else moments, reads)
        raise RuntimeError(f"at {self._now()} something is due again and again: {moments}")

    async def moments(self) -> Moments:
        """Read what is due now and what later."""
        now = self._now()

        async def query(unit: Unit) -> list[dict[str, object]]:
            return await unit.rows(_MOMENTS, now)

        rows = await self._router.runner.read(query)
        later = [at for row in rows if (at := as_utc(row["later"])) is not None]
        due = frozenset(str(row["part"]) for row in rows if row["due"] is not None)
        return Moments(due, min(later, default=None))

    def _next(self, moments: Moments, reads: bool) -> datetime | None:
        """Return when to look again; what is due but cannot be done waits for the reader."""
        if moments.due and not reads:
            over = end_of(self._weather.reader, self._now())
            return min(over, moments.later or over)
        if moments.due and moments.later is None:
            raise RuntimeError(f"at {self._now()} {sorted(moments.due)} is due and never done")
        return moments.later

    def _now(self) -> datetime:
        return self._router.clock.now()

    async def _run(self, part: str) -> bool:
        """Run one part; return whether it did anything."""
        crashes = self._rng.random() < self._weather.crash
        match part:
            case "tick":
                commits = self._commits
                await self._router.tick()
                return self._commits > commits
            case "send":
                return await self._send_and_die() if crashes else bool(await self._relay.drain())
            case _:
                if crashes:
                    return await self._read_and_die()
                return bool(await self._reader.drain())

    async def _read_and_die(self) -> bool:
        """Have a reader claim entries and die before it can act on them."""
        claimed = await self._router.do(claim_entries, 5)
        if claimed:
            self._weather.crashes.append(Spell(self._now(), self._now() + LEASE))
        return bool(claimed)

    async def _send_and_die(self) -> bool:
        """Have a relay claim messages, hand some over, and die before it can say so."""
        claimed = await self._router.do(claim, 5)
        for message in claimed[: self._rng.randint(0, len(claimed))]:
            channel = self._channels[message.channel]
            if message.handle in channel.dead:
                continue
            try:
                await channel.send(self._relay._outgoing(message))
            except Exception:  # noqa: BLE001, S112 - it dies before it could settle that either
                continue
        return bool(claimed)
