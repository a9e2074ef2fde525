"""Live past jobs again in a scratch record: the real router, a virtual clock, nothing sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from math import inf

from core.domain import EventKind, Policy
from core.links import ApprovalLinks
from core.models import Offer
from core.rehearsal.agenda import Agenda, Deed, VirtualClock
from core.rehearsal.answering import fail_message, hear, read, send_late, store
from core.rehearsal.course import Course, awake, outages, time_outs
from core.rehearsal.deadlines import DUE, Due, deadlines_of
from core.rehearsal.fleet import plan_fleet
from core.rehearsal.hands import Hands
from core.rehearsal.past import Ask, Pair, Past, Said, Trouble
from core.rehearsal.people import People
from core.rehearsal.terms import policies_of
from core.router import Router
from core.router.offering import expire_offers
from core.router.replies import WEBHOOK
from core.router.reply_steps import give_back_unconfirmed
from core.router.tick import act_on_job
from core.runner import Runner
from core.site import Site
from core.views import EventView

NEVER_AGAIN = timedelta(days=36_500)  # nobody hears the alerts of a rehearsal
LOOK_AGAIN_AFTER = timedelta(seconds=2)
JUST_BEFORE = 0.5
Progress = Callable[[float], None]


class Replay:
    """One past under one policy; `policy` None: each job under its own, as it was frozen."""

    def __init__(
        self, runner: Runner, past: Past, site: Site, people: People, policy: Policy | None
    ) -> None:
        self._past, self._people = past, people
        self._clock = VirtualClock(past.begins)
        policies, chosen = _as_recorded(past, site) if policy is None else ({"default": policy}, {})
        rehearsed = replace(
            site, policies=policies, alert_every=NEVER_AGAIN, default_coordinator_email=None
        )
        self._router = Router(runner, self._clock, rehearsed, ApprovalLinks("unused", ""))
        self._router.on_commit(self._heard)
        self._agenda = Agenda()
        self._courses = {job.id: Course(past.events.get(job.id, ())) for job in past.jobs}
        self._outages = outages(past.events)
        self._offers: dict[Pair, list[int]] = defaultdict(list)  # of the rehearsal, by asking
        self._agents: dict[int, int] = {}  # of each of these offers
        self._names = count(1)
        self._news: list[EventView] = []
        self._recorded: dict[int, int] = {}  # the recorded job of one of the rehearsal
        self._numbers = _numbers_of(past.offers)
        self._stamps: dict[int, int] = defaultdict(int)
        self._tried: dict[tuple[int, str], tuple[datetime, float]] = {}
        self._hands = {
            job.id: Hands(self._router, job, chosen.get(job.id, {}), self._offer_like)
            for job in past.jobs
        }

    async def run(self, told: Progress = lambda _share: None) -> None:
        """Let everything happen up to the end of the past; `told` hears how much of it is over."""
        plan_fleet(self._past, self._router, self._agenda)
        self._plan_unread()
        for job_id, hands in self._hands.items():
            for event in self._past.events.get(job_id, ()):
                deed = hands.deed(event)
                if deed is not None:
                    self._agenda.plan(event.at, deed, order=event.id, job_id=job_id)
        span = (self._past.ends - self._past.begins) or timedelta(seconds=1)
        for step in count():
            planned = self._agenda.take(self._past.ends)
            if planned is None:
                return
            if planned.stamp is not None and planned.stamp != self._stamps[planned.job_id or 0]:
                continue
            self._clock.jump(planned.at)
            await planned.deed()
            await self._look(planned.job_id)
            if step % 50 == 0:
                told((self._clock.now() - self._past.begins) / span)

    def _heard(self, events: tuple[EventView, ...]) -> None:
        self._news += events

    async def _look(self, job_id: int | None) -> None:
        """Take in what a deed led to: offers that drivers now have, and what is due next."""
        news, self._news = self._news, []
        touched = set() if job_id is None else {job_id}
        if job_id is not None:
            self._recorded[self._hands[job_id].job_id] = job_id
        for event in news:
            job = self._recorded.get(event.job_id or 0)
            if job is None:
                continue
            touched.add(job)
            self._courses[job].follow(event)
            if event.kind == EventKind.OFFERED:
                self._ask(job, event)
        known = {self._hands[job].job_id: job for job in touched if self._hands[job].job_id}
        if known:
            for job in known.values():
                self._stamps[job] += 1
            for due in await self._router.runner.read(deadlines_of, list(known)):
                self._plan_due(known[due.job_id], due)

    def _ask(self, job_id: int, event: EventView) -> None:
        """Plan how the driver takes an offer that was just opened."""
        agent_id, offer_id, at = event.agent_id or 0, event.offer_id or 0, event.at
        asked = self._offers[job_id, agent_id]
        number = len(asked)
        asked.append(offer_id)
        self._agents[offer_id] = agent_id
        ask = self._people.recorded(job_id, agent_id, number)
        likely = self._people.likely
        if ask is None:
            self._plan_said(job_id, offer_id, at, likely(job_id, agent_id, number))
            return
        self._plan_recorded(job_id, offer_id, at, ask)
        if ask.watched is not None and not ask.said:
            more = likely(job_id, agent_id, number, silent_for=ask.watched)
            self._plan_said(job_id, offer_id, at, more)

    def _plan_recorded(self, job_id: int, offer_id: int, at: datetime, ask: Ask) -> None:
        self._plan_said(job_id, offer_id, at, ask.said)
        for trouble in ask.troubles:
            deed = self._trouble(offer_id, trouble)
            self._agenda.plan(at + trouble.after, deed, order=trouble.order, job_id=job_id)

    def _plan_said(self, job_id: int, offer_id: int, at: datetime, said: Sequence[Said]) -> None:
        do = self._router.do
        agent_id = self._agents[offer_id]
        for one in said:
            name = f"answer {next(self._names)}"
            arrives = partial(do, store, name, agent_id, one.verdict)
            heard = partial(do, hear, name, offer_id, one)
            received_at, acted_at = at + one.received_after, at + one.acted_after
            if not one.sure:  # nothing of what really happened may wait for it to be read
                self._agenda.plan(acted_at, partial(_both, arrives, heard), job_id=job_id)
                continue
            early = one.order - JUST_BEFORE if one.channel == WEBHOOK else 0
            self._agenda.plan(received_at, arrives, order=early)
            self._agenda.plan(acted_at, heard, order=one.order, job_id=job_id)

    def _plan_unread(self) -> None:
        """Plan what came in besides: offers were timed out only once it had been read."""
        ends = time_outs(self._past.events)
        for one in self._past.unread:
            place = ends.get((one.agent_id or 0, one.handled_at))
            if place is None and one.handled_at == one.received_at:
                continue
            name = f"entry {next(self._names)}"
            arrives = partial(self._router.do, store, name, one.agent_id, None)
            self._agenda.plan(one.received_at, arrives, order=0)
            is_read = partial(self._router.do, read, name)
            order = place - JUST_BEFORE if place is not None else 0
            self._agenda.plan(one.handled_at, is_read, order=order)

    def _trouble(self, offer_id: int, trouble: Trouble) -> Deed:
        if trouble.delay is None:
            return partial(self._router.do, fail_message, offer_id, trouble.number)
        return partial(self._router.do, send_late, offer_id, trouble.delay)

    def _plan_due(self, job_id: int, due: Due) -> None:
        """Plan what the clock does: when it did so in reality as long as all goes as recorded."""
        course, tried = self._courses[job_id], self._tried.get((job_id, due.what))
        moment, order = awake(due.at, self._outages), inf
        if course.kept and due.what != DUE.ALERT:
            recorded = course.tick_after(due.at)
            if recorded is None:
                return
            if recorded != tried:
                moment, order = recorded
            else:  # that led to nothing now
                course.leave()
        if tried is not None and order == inf and moment <= tried[0]:
            moment = self._clock.now() + LOOK_AGAIN_AFTER
        stamp = self._stamps[job_id]
        settle = partial(self._settle, job_id, due, order)
        self._agenda.plan(moment, settle, order=order, job_id=job_id, stamp=stamp)

    async def _settle(self, job_id: int, due: Due, order: float) -> None:
        self._tried[job_id, due.what] = (self._clock.now(), order)
        match due.what:
            case DUE.OFFER:
                await self._router.do(expire_offers, due.job_id)
            case DUE.CONFIRMATION:
                await self._router.do(give_back_unconfirmed, due.job_id)
            case _:
                await self._router.do(act_on_job, due.job_id)

    def _offer_like(self, recorded_offer_id: int) -> int | None:
        """Return the offer of the rehearsal that stands for a recorded one."""
        pair, number = self._numbers.get(recorded_offer_id, ((0, 0), 0))
        asked = self._offers.get(pair, [])
        return asked[min(number, len(asked) - 1)] if asked else None


async def _both(first: Deed, second: Deed) -> None:
    await first()
    await second()


def _as_recorded(
    past: Past, site: Site
) -> tuple[Mapping[str, Policy], Mapping[int, Mapping[int, str]]]:
    """Return every job's own policies beside the site's default, and which line chose which."""
    policies = {"default": site.policies["default"]}
    chosen: dict[int, Mapping[int, str]] = {}
    for job in past.jobs:
        own, chosen[job.id] = policies_of(job, past.events.get(job.id, ()), site)
        policies |= own
    return policies, chosen


def _numbers_of(offers: Sequence[Offer]) -> dict[int, tuple[Pair, int]]:
    numbers: dict[int, tuple[Pair, int]] = {}
    seen: dict[Pair, int] = defaultdict(int)
    for offer in offers:
        pair = (offer.job_id, offer.agent_id)
        numbers[offer.id] = (pair, seen[pair])
        seen[pair] += 1
    return numbers
