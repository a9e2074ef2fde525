"""What people did to jobs, done again at the recorded moments: decisions and interventions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.domain import Actor, EventKind, JobStatus, Verdict
from core.models import Job
from core.outcomes import Created, Refused
from core.rehearsal.agenda import Deed
from core.rehearsal.answering import drop_by_hand
from core.rehearsal.terms import changes_of, draft_of
from core.router import Router
from core.runner import Unit
from core.views import EventView

K = EventKind
BY = Actor("rehearsal")
_ANSWERS = {
    K.ACCEPTED: (Verdict.YES,),
    K.LATE_YES: (Verdict.YES,),
    K.RESERVED: (Verdict.YES,),
    K.RECONFIRMED: (Verdict.YES,),
    K.DECLINED: (Verdict.NO,),
    K.RESERVE_RELEASED: (Verdict.NO,),
    K.DROP_ASKED: (Verdict.DROP,),
    K.DROPPED: (Verdict.NO, Verdict.DROP),  # NO to a changed job, else DROP: one of them counts
}
_RAN_OUT = JobStatus.UNCOVERED.value
_DROPS = (K.DROP_ASKED, K.DROPPED)


class Hands:
    """One recorded job under the hands of people; `job_id` is its number in the rehearsal."""

    def __init__(
        self,
        router: Router,
        job: Job,
        policies: Mapping[int, str],
        asked: Callable[[int], int | None],
    ) -> None:
        self.job_id = 0
        self._router = router
        self._job = job
        self._policies = policies  # by the lines of history that they came with
        self._asked = asked  # the offer of the rehearsal for a recorded one
        self._ends: dict[int, datetime] = {}  # of recorded offers, as far as told
        self._longer: dict[int, timedelta] = {}  # what was granted, by the line that begins it
        self._extended: dict[int, datetime] = {}  # offers of the last extension, and when
        self._version = 1
        self._done: set[tuple[str, datetime]] = set()
        self._acted: set[tuple[str, datetime]] = set()  # who has done something when

    def deed(self, event: EventView) -> Deed | None:
        """Return what to do for a line of history; None when it followed by itself."""
        extends = self._extends(event)
        self._follow_ends(event)
        by_clock, by_driver = event.actor.startswith("clock"), event.actor.startswith("agent ")
        self._done.add((event.kind, event.at))
        followed = (event.actor, event.at) in self._acted
        self._acted.add((event.actor, event.at))
        if by_driver and event.kind == K.COMPLETED:
            return lambda: self._router.complete(self.job_id, BY)
        if by_driver and event.kind in _DROPS and event.offer_id is None:
            return lambda: self._router.do(drop_by_hand, self.job_id, event.agent_id or 0)
        if by_clock or by_driver:
            return None
        if event.kind == K.RESERVE_RELEASED and followed:
            return None
        if event.kind in _ANSWERS:
            awarded = (K.AWARDED, event.at) in self._done or (
                event.kind == K.ACCEPTED and (K.LATE_YES, event.at) in self._done
            )
            return None if awarded else lambda: self._answer(event)
        if event.kind == K.ASKED_AGAIN and (K.TAKEN_BACK, event.at) in self._done:
            return None
        if event.kind == K.EXTENDED:
            return (lambda: self._extend(event.id)) if extends else None
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
                return lambda: self._edit(event, material=material)
            case _:
                return None

    async def _create(self, event: EventView) -> None:
        policy, zone = self._policies.get(event.id), self._router.site.zone
        draft = draft_of(self._job, event, policy, zone)
        created = await self._router.create_job(draft, BY, source=self._job.source)
        if not isinstance(created, Created):
            raise TypeError(f"job {self._job.id} should be new in the rehearsal: {created}")
        self.job_id = created.job.id

    async def _edit(self, event: EventView, *, material: bool) -> None:
        policy, zone = self._policies.get(event.id), self._router.site.zone
        changes = changes_of(self._job, event, policy, material=material, zone=zone)
        await self._router.overrides.edit(self.job_id, changes, BY)

    def _extends(self, event: EventView) -> bool:
        """Tell whether the line begins an extension, and keep how much that granted.

        An offer that the cutoff stopped got less than the others.
        """
        offer_id, facts = event.offer_id or 0, event.facts or {}
        if event.kind != K.EXTENDED:
            return False
        ends = datetime.fromisoformat(facts["expires_at"])
        longer = ends - self._ends.get(offer_id, ends)
        begins = event.at not in self._extended.values() or offer_id in self._extended
        if begins:
            self._extended = {}
            self._longer[event.id] = longer
        self._extended[offer_id] = event.at
        last = next(reversed(self._longer))
        self._longer[last] = max(longer, self._longer[last])
        return begins

    def _follow_ends(self, event: EventView) -> None:
        """Keep until when each recorded offer is open."""
        facts = event.facts or {}
        if event.kind == K.CUTOFF_SET:
            cutoff = datetime.fromisoformat(facts["cutoff"])
            self._ends = {offer: min(ends, cutoff) for offer, ends in self._ends.items()}
        if "expires_at" in facts and event.offer_id is not None:
            self._ends[event.offer_id] = datetime.fromisoformat(facts["expires_at"])

    async def _extend(self, first: int) -> None:
        minutes = self._longer[first] / timedelta(minutes=1)
        await self._router.overrides.extend(self.job_id, minutes, BY)

    async def _answer(self, event: EventView) -> None:
        offer_id = self._asked(event.offer_id or 0)
        if offer_id is not None:
            for verdict in _ANSWERS[K(event.kind)]:
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
        """Ask anew, one driver first where a coordinator chose them.

        A line that does not say so is of an earlier release; either form began with the first.
        """
        facts, overrides = event.facts or {}, self._router.overrides
        first = facts["first"] if "first" in facts else (facts.get("order") or [0])[0]
        asked = None
        if first is not None:
            asked = await overrides.offer_next(self.job_id, first, BY)
        if asked is None or (isinstance(asked, Refused) and event.source == _RAN_OUT):
            policy = self._policies.get(event.id)
            await overrides.reoffer(self.job_id, BY, policy=policy)
