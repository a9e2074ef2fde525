"""Open this for the independent judge: was each driver asked by right, in turn, and in time?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.domain import Policy
from core.drafts import JobDraft
from core.site import CONSOLE, Site
from core.views import EventView
from tests.simulation.cast import Part
from tests.simulation.journal import Arrived, Died, Line
from tests.simulation.ledger import Ledger, TrackedJob, TrackedOffer
from tests.simulation.weather import Weather

SLACK = timedelta(seconds=2)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Judge:
    """Reads the journal once, with its own idea of who may be asked."""

    def __init__(
        self,
        site: Site,
        weather: Weather,
        parts: Mapping[int, Part],
        drafts: Mapping[int, JobDraft],
    ) -> None:
        self.ledger = Ledger()
        self.faults = self.ledger.faults
        self._site = site
        self._weather = weather
        self._parts = parts
        self._drafts = dict(drafts)  # as edited so far
        self._joined: set[int] = set()
        self._dead: dict[tuple[str, str], datetime] = {}
        self._doubtful: set[tuple[str, str]] = set()

    def read(self, line: Line) -> None:
        """Judge one line by what was before it, then take it in."""
        match line:
            case Died():
                self._bury(line)
            case Arrived():
                self._arrived(line)
            case EventView(kind="offered"):
                self._offered(line)
                self.ledger.take(line)
            case EventView(kind="offering_started" | "asked_again"):
                self.ledger.take(line)
                self._ranked(line)
            case EventView():
                if line.kind == "timed_out":
                    self._timed_out(line)
                elif line.kind == "opted_in":
                    self._revive(line.agent_id or 0)
                elif line.kind == "edited":
                    self._edited(line)
                self.ledger.take(line)

    def _edited(self, e: EventView) -> None:
        told = (e.facts or {})["pickup_at"]
        pickup_at = datetime.fromisoformat(told) if told is not None else None
        self._drafts[e.job_id or 0] = replace(self._drafts[e.job_id or 0], pickup_at=pickup_at)

    def _offered(self, e: EventView) -> None:
        job, agent = self.ledger.jobs[e.job_id or 0], e.agent_id or 0
        policy, facts = self._policy(job), e.facts or {}
        why_not = self._why_not(job, agent, e.at, facts["round"])
        if why_not is not None:
            self._fault(e, f"asked although {why_not}")
        if job.paused:
            self._fault(e, "asked while the job was paused")
        if facts["version"] != job.version:
            self._fault(e, "asked about the job as it was before an edit")
        if policy.width and len(job.open_offers()) >= policy.width:
            self._fault(e, "asked beyond the policy's width")
        ends = datetime.fromisoformat(facts["expires_at"])
        if job.cutoff is not None and ends > job.cutoff:
            self._fault(e, "asked past the cutoff")
        if ends - e.at < min(policy.min_window, policy.timeout) or ends - e.at > policy.timeout:
            self._fault(e, f"was given {ends - e.at}")
        for earlier in job.order[: job.order.index(agent) if agent in job.order else None]:
            if self._may_be_asked(job, earlier, e.at, facts["round"]):
                self._fault(e, f"asked before driver {earlier}, whose turn it was")

    def _ranked(self, e: EventView) -> None:
        """Check that the frozen order begins with those who could be asked, best first.

        A coordinator may have put one driver before all others.
        """
        facts = e.facts or {}
        job = self.ledger.jobs[e.job_id or 0]

        def rank(agent: int) -> tuple[int, datetime, int]:
            asked_at = self.ledger.duties[agent].last_asked_at
            return (self._parts[agent].draft.priority, asked_at or LONG_AGO, agent)

        ranked = job.order[1:] if e.kind == "asked_again" else job.order
        round_ = facts.get("round", 1)
        sure = [a for a in ranked if self._may_be_asked(job, a, e.at, round_)]
        if sure != sorted(sure, key=rank):
            self._fault(e, f"ranked {sure}, expected {sorted(sure, key=rank)}")

    def _may_be_asked(self, job: TrackedJob, agent: int, now: datetime, round_: int) -> bool:
        """Tell whether the driver could certainly be asked; False when that is in doubt."""
        if any(a in self._doubtful or a in self._dead for a in self._addresses(agent)):
            return False
        return self._why_not(job, agent, now, round_) is None

    def _why_not(self, job: TrackedJob, agent: int, now: datetime, round_: int) -> str | None:
        part, duty, draft = self._parts[agent], self.ledger.duties[agent], self._drafts[job.id]
        policy = self._policy(job)
        mine = [o for o in job.offers.values() if (o.agent, o.version) == (agent, job.version)]
        addresses = self._addresses(agent)
        usable = [a for a in addresses if a not in self._dead or self._dead[a] >= now]
        cap = policy.max_open_offers_per_agent
        reasons = (
            ("they are not active", not part.draft.active),
            ("they are off duty", not duty.works_at(now)),
            ("they said STOP", duty.opted_out),
            ("no address of theirs works", not usable),
            ("the vehicle is too small", self._too_small(part.draft.vehicle_type, draft)),
            ("a skill is missing", not set(draft.skills) <= set(part.draft.skills or ())),
            ("they dropped it", agent in job.dropped_by),
            ("they were called off", agent in job.called_off),
            ("they have it open", any(o.status == "sent" for o in mine)),
            ("they declined", any(_declined(o, job.asked_anew_at) for o in mine)),
            ("they were asked in this round", any(o.round == round_ for o in mine)),
            ("they have enough open offers", 0 < cap <= self._open_count(agent)),
            ("they are busy then", self._busy(job, agent, policy)),
            ("they sleep", self._sleeps(part, policy, draft, now)),
        )
        return next((reason for reason, applies in reasons if applies), None)

    def _addresses(self, agent: int) -> list[tuple[str, str]]:
        draft = self._parts[agent].draft
        real = [("telegram", str(draft.telegram))] if draft.telegram else []
        real += [("email", draft.email)] if draft.email else []
        return [a for a in real if a[0] in self._site.channels] or [(CONSOLE, draft.phone_e164)]

    def _too_small(self, offered: str | None, draft: JobDraft) -> bool:
        ladder = self._site.ladder
        if offered not in ladder or draft.vehicle_type not in ladder:
            return False
        return ladder.index(offered) < ladder.index(draft.vehicle_type)

    def _open_count(self, agent: int) -> int:
        jobs = self.ledger.jobs.values()
        return sum(o.agent == agent for job in jobs for o in job.open_offers())

    def _busy(self, job: TrackedJob, agent: int, policy: Policy) -> bool:
        pickup_at = self._drafts[job.id].pickup_at
        if pickup_at is None or not policy.busy_buffer:
            return False
        others = [
            self._drafts[other.id].pickup_at
            for other in self.ledger.jobs.values()
            if other.status == "assigned" and other.holder == agent and other.id != job.id
        ]
        return any(p is not None and abs(p - pickup_at) <= policy.busy_buffer for p in others)

    def _sleeps(self, part: Part, policy: Policy, draft: JobDraft, now: datetime) -> bool:
        urgent = policy.urgent_within
        if urgent is not None and draft.pickup_at is not None and draft.pickup_at - now <= urgent:
            return False
        hour = now.astimezone(self._site.zone).hour
        if part.draft.quiet_hours is not None:
            return hour >= 21 or hour < 7
        return policy.quiet_hours is not None and (hour >= 22 or hour < 6)

    def _timed_out(self, e: EventView) -> None:
        offer = self.ledger.jobs[e.job_id or 0].offers[e.offer_id or 0]
        late = e.at - offer.expires_at
        if late < timedelta(0):
            self._fault(e, "timed out before its end")
        if late - self._weather.held_up(offer.expires_at, e.at) > SLACK:
            self._fault(e, f"timed out {late} after its end")

    def _arrived(self, line: Arrived) -> None:
        """Check that nothing but answers reaches somebody who said STOP."""
        if line.message.kind == "answer":
            return
        for agent, duty in self.ledger.duties.items():
            if duty.opted_out and (line.channel, line.message.handle) in self._addresses(agent):
                self.faults.append(f"at {line.at} {line.message.kind} reached {agent} in STOP")

    def _bury(self, line: Died) -> None:
        address = (line.channel, line.handle)
        owner = [a for a in self._parts if address in self._addresses(a)]
        if line.told:
            self._doubtful.add(address)
        elif not any(self.ledger.duties[a].opted_out for a in owner):
            self._dead.setdefault(address, line.at)

    def _revive(self, agent: int) -> None:
        for address in self._addresses(agent):
            self._dead.pop(address, None)

    def _policy(self, job: TrackedJob) -> Policy:
        return self._site.policy(job.policy)

    def _fault(self, e: EventView, said: str) -> None:
        self.faults.append(f"at {e.at} job {e.job_id}: driver {e.agent_id} {said}")


def _declined(offer: TrackedOffer, asked_anew_at: datetime | None) -> bool:
    if offer.status == "declined" and asked_anew_at is not None and offer.closed_at is not None:
        return offer.closed_at > asked_anew_at
    return offer.status in ("declined", "withdrawn")
