"""What a coordinator may change while a job is under way; each an Event with who and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.domain import Actor, Verdict
from core.outcomes import DecisionOutcome, UnreadablePickup
from core.router.overrides import asking, edits, giving, steering

if TYPE_CHECKING:
    from core.router import Router

__all__ = ["Overrides"]


class Overrides:
    """The use cases by which a coordinator steers; of two at once the second is refused."""

    def __init__(self, router: Router) -> None:
        self._router = router

    async def edit(
        self, job_id: int, changes: Mapping[str, Any], by: Actor, *, version: int | None = None
    ) -> DecisionOutcome | UnreadablePickup:
        """Change fields of a job; what a driver decides by makes a new version, asked anew."""
        return await self._router.do(edits.edit, job_id, changes, by, version=version)

    async def pause(self, job_id: int, by: Actor) -> DecisionOutcome:
        """Ask nobody further until resumed; open offers run on."""
        return await self._router.do(steering.pause, job_id, by)

    async def resume(self, job_id: int, by: Actor) -> DecisionOutcome:
        """Go on asking where the pause began."""
        return await self._router.do(steering.resume, job_id, by)

    async def skip(self, job_id: int, by: Actor, *, offer_id: int | None = None) -> DecisionOutcome:
        """Close what is open now, or only that offer while it is, and ask the next in line."""
        return await self._router.do(steering.skip, job_id, by, offer_id=offer_id)

    async def extend(self, job_id: int, minutes: float, by: Actor) -> DecisionOutcome:
        """Give the drivers who are being asked more time, within the cutoff."""
        return await self._router.do(steering.extend, job_id, minutes, by)

    async def set_cutoff(self, job_id: int, at: datetime, by: Actor) -> DecisionOutcome:
        """Settle the job by another moment, which must lie ahead."""
        return await self._router.do(steering.set_cutoff, job_id, at, by)

    async def reoffer(
        self, job_id: int, by: Actor, *, policy: str | None = None
    ) -> DecisionOutcome:
        """Ask everybody anew about an uncovered job, perhaps by another policy."""
        return await self._router.do(asking.reoffer, job_id, by, policy=policy)

    async def offer_next(self, job_id: int, agent_id: int, by: Actor) -> DecisionOutcome:
        """Put one driver at the head of the line."""
        return await self._router.do(asking.offer_next, job_id, agent_id, by)

    async def take_back(
        self, job_id: int, by: Actor, *, reason: str | None = None
    ) -> DecisionOutcome:
        """Take an assigned job back from its driver and ask the others."""
        return await self._router.do(asking.take_back, job_id, by, reason=reason)

    async def award(self, job_id: int, offer_id: int, by: Actor) -> DecisionOutcome:
        """Give a free job to the driver of an offer that ran out or was declined."""
        return await self._router.do(giving.award, job_id, offer_id, by)

    async def answer(
        self,
        job_id: int,
        offer_id: int,
        verdict: Verdict,
        by: Actor,
        *,
        reason: str | None = None,
    ) -> DecisionOutcome:
        """Answer an offer for its driver: YES, NO or DROP."""
        return await self._router.do(giving.answer, job_id, offer_id, verdict, by, reason=reason)
