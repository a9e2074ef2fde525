"""Open this for how coordinators decide, forget, overrule, and answer alerts sooner or later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from core.channel import Outgoing
from core.domain import Actor, AlertCause, MessageKind
from tests.simulation.cast import HOUR, MINUTE
from tests.simulation.desk import Desk
from tests.simulation.overruling import Overruling

PAUSED = "it is paused"
SURE_AFTER = 6  # sayings of one alert, then it is acknowledged by whoever is there


class Coordinator:
    """One person behind a handle; the console's nobody behaves the same."""

    def __init__(self, handle: str, desk: Desk, rng: Random) -> None:
        self.handle = handle
        self.by = Actor("coordinator", handle)
        self.overrules: Overruling | None = None
        self._desk = desk
        self._rng = rng
        self._decided = 0

    def hear(self, channel: str, message: Outgoing) -> None:
        """Take a message that arrived, and plan what to do about it."""
        if message.kind is MessageKind.APPROVAL_REQUEST:
            self._decide(channel, message.facts["reference"])
        elif message.kind is MessageKind.ALERT:
            self._attend(message.facts)

    def _decide(self, channel: str, reference: str) -> None:
        words = ["approve_and_offer", "approve", "reject", "cancel", "forget"]
        action = self._rng.choices(words, [70, 14, 4, 3, 9])[0]
        delay = self._rng.choice([1, 2, 5, 20, 90]) * MINUTE * self._rng.random()
        if action == "forget":
            return
        by_channel = channel == "email" and self._rng.random() < 0.4
        self._decided += 1
        name = f"c{self.handle}-{self._decided}"

        async def act() -> None:
            job_id = self._desk.jobs[reference]
            if by_channel:
                await self._desk.channels[channel].decide(self.handle, job_id, action, name)
            else:
                await self._do(action, job_id)

        self._desk.agenda.after(delay, act)
        if self._rng.random() < 0.1:
            self._desk.agenda.after(delay * 2, act)
        if action == "approve" and self._rng.random() < 0.8:
            self._start_later(reference, delay)

    async def _do(self, action: str, job_id: int) -> None:
        router = self._desk.router
        match action:
            case "approve" | "approve_and_offer":
                await router.approve(job_id, self.by, start=action == "approve_and_offer")
            case "reject":
                await router.reject(job_id, self.by, reason="not ours")
            case _:
                await router.cancel(job_id, self.by, reason="called off")

    def _start_later(self, reference: str, delay: timedelta) -> None:
        async def start() -> None:
            await self._desk.router.start_offers(self._desk.jobs[reference], self.by)

        self._desk.agenda.after(delay + self._rng.random() * HOUR, start)

    def _attend(self, facts: Mapping[str, Any]) -> None:
        """Acknowledge an alert, soon or only when it has been said often; sometimes act on it."""
        urgent = facts["times_said"] >= SURE_AFTER
        delay = self._rng.random() * 40 * MINUTE
        if urgent or self._rng.random() < 0.5:

            async def acknowledge() -> None:
                await self._desk.router.acknowledge(facts["alert_id"], self.by)

            self._desk.agenda.after(delay, acknowledge)
        reference = facts.get("reference")
        if reference is not None and self.overrules is not None and facts["reason"] == PAUSED:
            self.overrules.plan("resume", reference, delay)
        if reference is not None and self._rng.random() < 0.5:
            self._mend(facts["cause"], reference, delay)

    def _mend(self, cause: str, reference: str, delay: timedelta) -> None:
        if cause == AlertCause.UNCOVERED and self._rng.random() < 0.6:
            self.assign_later(reference, delay)
        elif cause == AlertCause.NEVER_STARTED:
            self._start_later(reference, delay)
        elif cause == AlertCause.UNAPPROVED:
            self._decide("console", reference)
        elif cause == AlertCause.UNCOVERED and self.overrules is not None:
            self.overrules.revive(reference, delay)

    def assign_later(self, reference: str, delay: timedelta) -> None:
        """Plan to give the job to some driver by hand."""
        number = self._rng.choice(sorted(self._desk.agents))

        async def assign() -> None:
            job_id, agent_id = self._desk.jobs[reference], self._desk.agents[number]
            await self._desk.router.assign(job_id, agent_id, self.by, reason="knows the way")

        self._desk.agenda.after(delay, assign)

    def meddle(self, reference: str) -> None:
        """Plan what nobody asked for: a cancellation, a driver by hand, a word that it is done."""
        if self.overrules is not None:
            self.overrules.meddle(reference)
        for chance, act in ((0.05, "cancel"), (0.06, "assign"), (0.04, "renew"), (0.3, "done")):
            if self._rng.random() < chance:
                delay = self._rng.random() * 5 * HOUR
                if act == "assign":
                    self.assign_later(reference, delay)
                else:
                    self._plan_meddling(act, reference, delay)

    def _plan_meddling(self, act: str, reference: str, delay: timedelta) -> None:
        async def meddle() -> None:
            job_id, router = self._desk.jobs[reference], self._desk.router
            match act:
                case "cancel":
                    await router.cancel(job_id, self.by, reason="customer called it off")
                case "renew":
                    await router.renew_link(job_id, self.by)
                case _:
                    await router.complete(job_id, self.by)

        pickup_at = self._desk.pickups[reference]
        if act == "done" and pickup_at is not None:
            delay = max(delay, pickup_at + HOUR - self._desk.now())
        self._desk.agenda.after(delay, meddle)
