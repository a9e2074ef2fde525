"""Open this for how coordinators step in: every override and edit, at any time, in any state."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from core.domain import Actor, Verdict
from tests.simulation.cast import HOUR, MINUTE, POLICIES, date_text
from tests.simulation.desk import Desk

STEPS = (
    *("pause", "resume", "skip", "extend", "cutoff", "reoffer", "offer_next", "award", "answer"),
    *("take_back", "notes", "pay", "pickup"),
)


class Overruling:
    """One coordinator's hand in jobs that are under way; most of it comes at a wrong moment."""

    def __init__(self, by: Actor, desk: Desk, rng: Random) -> None:
        self._by = by
        self._desk = desk
        self._rng = rng

    def meddle(self, reference: str) -> None:
        """Plan some interventions in a job, or none."""
        for _ in range(self._rng.choice([0, 0, 1, 1, 2, 4])):
            delay = self._rng.choice([HOUR / 3, HOUR, 6 * HOUR]) * self._rng.random()
            self.plan(self._rng.choice(STEPS), reference, delay)

    def revive(self, reference: str, delay: timedelta) -> None:
        """Plan to have an uncovered job asked about again, or given to an earlier answer."""
        self.plan(self._rng.choice(["reoffer", "offer_next", "award"]), reference, delay)

    def plan(self, step: str, reference: str, delay: timedelta) -> None:
        """Plan one intervention; a pause is ended some time later."""
        self._desk.agenda.after(delay, partial(self._do, step, reference))
        if step == "pause":
            longer = delay + 2 * HOUR * self._rng.random()
            self._desk.agenda.after(longer, partial(self._do, "resume", reference))

    async def _do(self, step: str, reference: str) -> None:
        overrides, job_id = self._desk.router.overrides, self._desk.jobs[reference]
        rng, by, now = self._rng, self._by, self._desk.now()
        match step:
            case "extend":
                await overrides.extend(job_id, rng.choice([1, 10, 45.5]), by)
            case "cutoff":
                await overrides.set_cutoff(job_id, now + rng.randint(-5, 240) * MINUTE, by)
            case "reoffer":
                policy = rng.choice([None, None, *POLICIES])
                await overrides.reoffer(job_id, by, policy=policy)
            case "offer_next":
                number = rng.choice(sorted(self._desk.agents))
                await overrides.offer_next(job_id, self._desk.agents[number], by)
            case "award" | "answer":
                await self._about_an_offer(step, job_id)
            case "take_back":
                await overrides.take_back(job_id, by, reason="needed elsewhere")
            case "notes" | "pay" | "pickup":
                await overrides.edit(job_id, self._changes(step), by)
            case _:
                await getattr(overrides, step)(job_id, by)

    async def _about_an_offer(self, step: str, job_id: int) -> None:
        """Speak for a driver who was asked, whatever became of that."""
        job = await self._desk.router.records.job(job_id)
        if job is None or not job.offers:
            return
        overrides, offer = self._desk.router.overrides, self._rng.choice(job.offers)
        if step == "award":
            await overrides.award(job_id, offer.id, self._by)
        else:
            verdict = self._rng.choice([Verdict.YES, Verdict.YES, Verdict.NO, Verdict.DROP])
            await overrides.answer(job_id, offer.id, verdict, self._by, reason="by phone")

    def _changes(self, step: str) -> dict[str, Any]:
        if step != "pickup":
            return {step: f"{self._rng.randint(50, 500)}"}
        pickup_at = self._desk.now() + self._rng.randint(-60, 900) * MINUTE
        return {"pickup_date": date_text(pickup_at), "pickup_time": None}
