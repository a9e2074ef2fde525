"""What people did to jobs, done again at the recorded moments: decisions and interventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.domain import Actor, EventKind, JobStatus, OfferStatus, Verdict
from core.drafts import JobDraft
from core.models import Job, Offer
from core.outcomes import Created, Refused
from core.rehearsal.agenda import Deed
from core.rehearsal.answering import drop_by_hand
from core.router import Router
from core.runner import Unit
from core.views import EventView

K = EventKind
BY = Actor("rehearsal")
_ANSWERS = {
    K.ACCEPTED: Verdict.YES,
    K.LATE_YES: Verdict.YES,
    K.RESERVED: Verdict.YES,
    K.RECONFIRMED: Verdict.YES,
    K.DECLINED: Verdict.NO,
    K.DROP_ASKED: Verdict.DROP,
    K.DROPPED: Verdict.DROP,
}
_DROPS = (K.DROP_ASKED, K.DROPPED)


class Hands:
    """One recorded job under the hands of people; `job_id` is its number in the rehearsal."""

    def __init__(
        self, router: Router, job: Job, policy: str | None, asked: Callable[[int], int | None]
    ) -> None:
        self.job_id = 0
        self._router = router
        self._job = job
        self._policy = policy
        self._asked = asked  # the offer of the rehearsal for a recorded one
        self._ends: dict[int, datetime] = {}  # of recorded offers, as far as told
        self._version = 1
        self._done: set[tuple[str, datetime]] = set()

    def deed(self, event: EventView) -> Deed | None:
        """Return what to do for a line of history; None when it followed by itself."""
        extended = self._extension(event)
        by_clock, by_driver = event.actor.startswith("clock"), event.actor.startswith("agent ")
        first = (event.kind, event.at) not in self._done
        self._done.add((event.kind, event.at))
        if by_driver and event.kind in _DROPS and event.offer_id is None:
            return lambda: self._router.do(drop_by_hand, self.job_id, event.agent_id or 0)
        if by_clock or by_driver:
            return None
        if event.kind in _ANSWERS:
            awarded = (K.AWARDED, event.at) in self._done or (
                event.kind == K.ACCEPTED and (K.LATE_YES, event.at) in self._done
            )
            return None if awarded else lambda: self._answer(event)
        if event.kind == K.ASKED_AGAIN and (K.TAKEN_BACK, event.at) in self._done:
            return None
        if event.kind == K.EXTENDED:
            return (lambda: self._extend(extended)) if first else None
        return self._decision(event) or self._intervention(event)

    def _decision(self, event: EventView) -> Deed | None:
        router, reason = self._router, event.reason
        match event.kind:
            case K.CREATED:
                return lambda: self._create(event)
            case K.APPROVED:
                return lambda: router.approve(self.job_id, BY)
            case K.REJECTED:
                return lambda: router.reject(self.job_id, BY, reason=reason)
            case K.CANCELLED:
                return lambda: router.cancel(self.job_id, BY, reason=reason)
            case K.OFFERING_STARTED if event.source == JobStatus.APPROVED.value:
                return lambda: router.start_offers(self.job_id, BY)
            case K.OFFERING_SCHEDULED:
                return lambda: router.start_offers(self.job_id, BY)
            case K.COMPLETED:
                return lambda: router.complete(self.job_id, BY)
            case K.ASSIGNED if event.agent_id is not None and (event.facts or {}).get("by_hand"):
                agent_id = event.agent_id
                return lambda: router.assign(self.job_id, agent_id, BY, reason=reason)
            case _:
                return None

    def _intervention(self, event: EventView) -> Deed | None:
        overrides, facts = self._router.overrides, event.facts or {}
        match event.kind:
            case K.PAUSED:
                return lambda: overrides.pause(self.job_id, BY)
            case K.RESUMED:
                return lambda: overrides.resume(self.job_id, BY)
            case K.SKIPPED:
                return lambda: overrides.skip(self.job_id, BY)
            case K.CUTOFF_SET:
                at = datetime.fromisoformat(facts["cutoff"])
                return lambda: overrides.set_cutoff(self.job_id, at, BY)
            case K.AWARDED:
                return lambda: self._award(event)
            case K.TAKEN_BACK:
                return lambda: self._take_back(event)
            case K.ASKED_AGAIN:
                return lambda: self._ask_again(event)
            case K.EDITED:
                material = facts["version"] != self._version
                self._version = facts["version"]
                return lambda: self._edit(facts, event.id, material=material)
            case _:
                return None

    async def _create(self, event: EventView) -> None:
        job, told = self._job, (event.facts or {}).get("pickup_at")
        edited = job.version > 1 and _moment(told) != job.pickup_at
        draft = JobDraft(
            job.sheet_job_id,
            pickup_date=told if edited else job.pickup_date,
            pickup_time=None if edited else job.pickup_time,
            pickup_at=_moment(told),
            pickup_date_only=job.pickup_date_only,
            origin=job.origin,
            destination=job.destination,
            vehicle_type=job.vehicle_type,
            skills=tuple(job.skills or ()),
            policy=self._policy,
        )
        created = await self._router.create_job(draft, BY, source=job.source)
        if not isinstance(created, Created):
            raise TypeError(f"job {job.id} should be new in the rehearsal: {created}")
        self.job_id = created.job.id

    async def _edit(self, told: Mapping[str, Any], mark: int, *, material: bool) -> None:
        """Make the edit felt; of what was changed only the pickup is recorded."""
        changes: dict[str, Any] = {"pay" if material else "notes": f"edit {mark}"}
        if {"pickup_date", "pickup_time"} & set(told["fields"]):
            exact = "pickup_at" in told and not self._job.pickup_date_only
            changes["pickup_date"] = told["pickup_at"] if exact else self._job.pickup_date
            changes["pickup_time"] = None if exact else self._job.pickup_time
        await self._router.overrides.edit(self.job_id, changes, BY)

    def _extension(self, event: EventView) -> timedelta:
        told = (event.facts or {}).get("expires_at")
        if told is None or event.offer_id is None:
            return timedelta(0)
        ends, before = datetime.fromisoformat(told), self._ends.get(event.offer_id)
        self._ends[event.offer_id] = ends
        return ends - before if before is not None else timedelta(0)

    async def _extend(self, by: timedelta) -> None:
        await self._router.overrides.extend(self.job_id, by.total_seconds() / 60, BY)

    async def _answer(self, event: EventView) -> None:
        offer_id = self._asked(event.offer_id or 0)
        if offer_id is not None:
            verdict = _ANSWERS[K(event.kind)]
            await self._router.overrides.answer(self.job_id, offer_id, verdict, BY)

    async def _award(self, event: EventView) -> None:
        offer_id = self._asked(event.offer_id or 0)
        if offer_id is not None:
            await self._router.overrides.award(self.job_id, offer_id, BY)

    async def _take_back(self, event: EventView) -> None:
        async def held_by(_unit: Unit) -> int | None:
            return (await Job.get(id=self.job_id)).assigned_agent_id

        if await self._router.runner.read(held_by) == event.agent_id:
            await self._router.overrides.take_back(self.job_id, BY)

    async def _ask_again(self, event: EventView) -> None:
        """Ask anew with the recorded driver at the head, which is how both forms begin."""
        order = (event.facts or {}).get("order") or [0]
        asked = await self._router.overrides.offer_next(self.job_id, order[0], BY)
        if isinstance(asked, Refused) and event.source == JobStatus.UNCOVERED.value:
            await self._router.overrides.reoffer(self.job_id, BY)


async def open_offer_of(unit: Unit, offer_id: int) -> Offer | None:
    """Return the offer while it is open."""
    return await Offer.get_or_none(id=offer_id, status=OfferStatus.SENT.value)


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told is not None else None
