"""YES, NO and DROP about one offer: find it, decide by the table, have it done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.cascade import Step
from core.codes import CODE_REST
from core.decisions import (
    DROP_CONFIRMED_WITHIN,
    HeldJob,
    OfferFacts,
    ReplyOutcome,
    Situation,
    outcome_of,
    outcome_without_offer,
)
from core.domain import Actor, EventKind, JobStatus, LateYes, OfferStatus, Verdict
from core.models import Agent, Event, InboxEntry, Job, Offer
from core.outcomes import ReplyAnswer
from core.reply_table import ANSWERS
from core.router.offering import told_step
from core.router.reply_steps import (
    Received,
    accept,
    accept_late,
    add_reason,
    another_is_asked,
    ask_for_drop,
    ask_for_drop_without_offer,
    decline,
    drop,
    drop_without_offer,
    give_back,
    reconfirm,
    release,
    reserve,
)
from core.router.telling import start_facts
from core.runner import as_utc
from core.work import Work

__all__ = [
    "Received",
    "answer_about",
    "answer_on_scene",
    "answer_without_offer",
    "held_by_hand",
    "is_awaited",
    "offers_lately",
    "plain_answer",
    "situation_of",
]

# outcomes that are one step and need no more to be told
_STEPS = {
    ReplyOutcome.ACCEPT: accept,
    ReplyOutcome.ACCEPT_LATE: accept_late,
    ReplyOutcome.RECONFIRM: reconfirm,
    ReplyOutcome.RESERVE: reserve,
    ReplyOutcome.CONFIRM_DROP: ask_for_drop,
    ReplyOutcome.DROP: drop,
    ReplyOutcome.GIVE_BACK: give_back,
}


# what most replies are: these ask for no column that the scene lacks
_ON_SCENE = frozenset({ReplyOutcome.ACCEPT, ReplyOutcome.DECLINE})
_FACTS = "SELECT id, job_id, code, status, sent_at, reconfirm_by FROM offers WHERE agent_id = $1"
_LATELY = f"{_FACTS} AND closed_at IS NULL UNION ALL {_FACTS} AND closed_at >= $2"
_NAMED = f"{_FACTS} AND (job_id = $2 OR id = $3)"


async def offers_lately(
    work: Work, agent: Agent, *, job_id: int | None = None, offer_id: int | None = None
) -> list[OfferFacts]:
    """Return the agent's live offers, those closed in the last 7 days, and the one named."""
    lately = await work.unit.records(_LATELY, agent.id, work.now - CODE_REST)
    is_named = job_id is not None or offer_id is not None
    named = await work.unit.records(_NAMED, agent.id, job_id, offer_id) if is_named else ()
    found = {row[0]: row for row in (*lately, *named)}
    return [
        OfferFacts(
            row_id,
            job,
            code,
            OfferStatus(status),
            as_utc(sent_at) or work.now,
            reconfirming=reconfirm_by is not None,
        )
        for row_id, job, code, status, sent_at, reconfirm_by in found.values()
    ]


async def held_by_hand(
    agent: Agent, offers: Sequence[OfferFacts]
) -> tuple[list[OfferFacts], list[HeldJob]]:
    """Return the offers, the newest of each job given by hand marked, and the jobs without one."""
    held = Job.filter(
        assigned_agent_id=agent.id, status=JobStatus.ASSIGNED.value, assigned_by_hand=True
    )
    given = {job.id: HeldJob(job.id, job.sheet_job_id) for job in await held.order_by("id")}
    newest = {o.job_id: o.id for o in sorted(offers, key=lambda o: o.id)}
    marked = [
        replace(o, held_by_hand=o.job_id in given and newest[o.job_id] == o.id) for o in offers
    ]
    return marked, [job for job_id, job in given.items() if job_id not in newest]


async def answer_without_offer(
    work: Work, agent: Agent, held: HeldJob, verdict: Verdict, by: Actor
) -> ReplyAnswer:
    """Do what a word leads to about a job that the driver was given by hand."""
    job = await Job.get(id=held.job_id)
    since = max(work.now - DROP_CONFIRMED_WITHIN, job.assigned_at or work.now)
    drop_asked = await Event.exists(
        job_id=job.id, agent_id=agent.id, kind=EventKind.DROP_ASKED.value, at__gte=since
    )
    outcome = outcome_without_offer(verdict, drop_asked=drop_asked)
    if outcome is ReplyOutcome.CONFIRM_DROP:
        await ask_for_drop_without_offer(work, job, agent, by)
    if outcome is ReplyOutcome.DROP:
        await drop_without_offer(work, job, agent, by)
    return plain_answer(outcome, job, agent)


async def answer_about(
    work: Work, agent: Agent, job: Job, offer: Offer, received: Received, by: Actor
) -> ReplyAnswer:
    """Do what the reply to this offer leads to, and return what the driver is told."""
    outcome = outcome_of(await _situation(work, job, offer, agent, received))
    return await _have_done(work, outcome, agent, job, offer, received, by)


async def answer_on_scene(
    work: Work, agent: Agent, job: Job, offer: Offer, received: Received, by: Actor
) -> ReplyAnswer | None:
    """Do the same with rows read in part; None, with nothing done, when whole ones are needed."""
    outcome = outcome_of(await _situation(work, job, offer, agent, received))
    if outcome not in _ON_SCENE:
        return None
    return await _have_done(work, outcome, agent, job, offer, received, by)


async def _have_done(
    work: Work,
    outcome: ReplyOutcome,
    agent: Agent,
    job: Job,
    offer: Offer,
    received: Received,
    by: Actor,
) -> ReplyAnswer:
    match outcome:
        case ReplyOutcome.DECLINE:
            asked = await decline(work, job, offer, received.reading.reason, by)
            return _answer(outcome, {"next": await _next(work, asked, job)})
        case ReplyOutcome.RELEASE_RESERVE:
            await release(work, job, offer, by)
            return _answer(outcome, {"next": {}})
        case ReplyOutcome.STILL_DECLINED:
            await add_reason(work, offer, received.reading.reason, by)
            return await _said_before(offer, received)
        case _:
            if outcome in _STEPS:
                await _STEPS[outcome](work, job, offer, by)
            return plain_answer(outcome, job, agent)


def _answer(outcome: ReplyOutcome, facts: Mapping[str, Any]) -> ReplyAnswer:
    ok, code = ANSWERS[outcome]
    return ReplyAnswer(ok, code, facts)


def plain_answer(outcome: ReplyOutcome, job: Job, agent: Agent) -> ReplyAnswer:
    ok, _ = ANSWERS[outcome]
    return _answer(outcome, {"job_id": job.id, "agent_id": agent.id} if ok else {})


async def _situation(
    work: Work, job: Job, offer: Offer, agent: Agent, received: Received
) -> Situation:
    another_open = not is_awaited(offer, received) and await another_is_asked(work, offer)
    return situation_of(work, job, offer, agent, received, another_open=another_open)


def is_awaited(offer: Offer, received: Received) -> bool:
    """Tell whether the offer is open and the reply came within its window."""
    return offer.status == OfferStatus.SENT.value and received.at <= offer.expires_at


def situation_of(
    work: Work, job: Job, offer: Offer, agent: Agent, received: Received, *, another_open: bool
) -> Situation:
    """Return what the reply to this offer is judged by; `another_open` may be False if awaited."""
    policy = job.policy or {}
    since = max(work.now - DROP_CONFIRMED_WITHIN, job.assigned_at or work.now)
    return Situation(
        verdict=received.reading.verdict,
        job_status=JobStatus(job.status),
        offer_status=OfferStatus(offer.status),
        in_time=received.at <= offer.expires_at,
        same_version=offer.version == job.version,
        mine=job.assigned_agent_id == agent.id,
        another_open=another_open,
        before_cutoff=job.cutoff is None or work.now < job.cutoff,
        reserved=offer.reserved_at is not None,
        drop_asked=offer.drop_asked_at is not None and offer.drop_asked_at >= since,
        late_yes=LateYes(policy.get("late_yes", LateYes.STANDBY.value)),
        reconfirming=offer.reconfirm_by is not None,
    )


async def _next(work: Work, step: Step, job: Job) -> dict[str, Any]:
    return start_facts(await told_step(work, step, job))


async def _said_before(offer: Offer, received: Received) -> ReplyAnswer:
    """Return the answer that the same word about the same offer got before."""
    earlier = InboxEntry.filter(
        offer_id=offer.id, verdict=received.reading.verdict.value, id__not=received.entry_id
    )
    entry = await earlier.order_by("id").first()
    if entry is None or entry.answer is None:
        return _answer(ReplyOutcome.STILL_DECLINED, {"next": {}})
    return ReplyAnswer(entry.answer["ok"], entry.answer["code"], entry.answer["facts"])
