"""Open this for a channel in bad weather: busy, cut off, away for a while, with dead handles."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

from core.channel import Decision, DeliveryReport, Incoming, Outgoing, Receipt
from core.errors import PermanentSendError, TemporarySendError
from core.testing import FakeChannel, FakeClock
from tests.simulation.cast import HOUR
from tests.simulation.journal import Arrived, Died, Journal
from tests.simulation.weather import Weather

Hear = Callable[[str, Outgoing], None]


class StormyChannel(FakeChannel):
    """A FakeChannel whose faults follow the weather and one seed."""

    def __init__(
        self, name: str, rng: Random, weather: Weather, clock: FakeClock, journal: Journal
    ) -> None:
        super().__init__(name)
        self.dead: set[str] = set()
        self.hear: Hear = lambda _channel, _message: None
        self._rng = rng
        self._weather = weather
        self._clock = clock
        self._journal = journal

    async def send(self, message: Outgoing) -> Receipt:
        """Hand the message to its reader, or fail as the weather has it."""
        now = self._clock.now()
        for spell in self._weather.channels[self.name]:
            if spell.covers(now):
                shortly = self._rng.choice([None, 5.0, 300.0])
                pause = shortly if spell.ends - now < HOUR else 3600.0
                raise TemporarySendError(f"{self.name} is away", pause)
        if message.handle in self.dead:
            self._journal.lines.append(Died(now, self.name, message.handle))
            raise PermanentSendError("no such mailbox")
        chance = self._rng.random()
        if chance < self._weather.busy:
            raise TemporarySendError("busy", self._rng.choice([None, None, 60.0]))
        self._journal.lines.append(Arrived(now, self.name, message))
        self.hear(self.name, message)
        if chance < self._weather.busy + self._weather.cut:
            raise ConnectionResetError("cut off after the message was taken")
        return Receipt({"token": message.token}, delivered=self._rng.random() < 0.2)

    async def die(self, handle: str) -> None:
        """Have the handle refuse everything from now on."""
        self.dead.add(handle)

    async def decide(self, handle: str, job_id: int, action: str, external_id: str) -> None:
        """Receive a coordinator's decision."""
        raw = {"by": handle, "job_id": job_id, "action": action}
        await self.inbox.store(external_id, json.dumps(raw).encode(), handle=handle)

    async def report(self, token: str, handle: str, *, delivered: bool) -> None:
        """Receive a later word on a message that was handed over."""
        if not delivered:
            self._journal.lines.append(Died(self._clock.now(), self.name, handle, told=True))
        raw = json.dumps({"token": token, "delivered": delivered}).encode()
        await self.inbox.store(f"report-{token}-{delivered}", raw)

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return the decision, the report or the reply that was stored."""
        match json.loads(raw):
            case {"by": str(handle), "job_id": int(job_id), "action": str(action)}:
                return (Decision(handle, action, job_id),)
            case {"token": str(token), "delivered": bool(delivered)}:
                return (DeliveryReport(token, delivered, None if delivered else "bounced"),)
            case _:
                return await super().read(raw)
