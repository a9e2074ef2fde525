"""A driver's answer: read the words, find the offer they are about, do what follows from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from core.alerts import raise_alert
from core.decisions import (
    Ambiguous,
    HeldJob,
    NoOffer,
    OfferFacts,
    choose_offer,
    is_settled,
)
from core.domain import Actor, AlertCause, EventKind, InboxState, JobStatus, Verdict
from core.models import Agent, InboxEntry, Job
from core.outcomes import ReplyAnswer
from core.replies import Reading, read_reply
from core.reply_words import word_for
from core.router.duty import change_duty, opt_in, opt_out, status_of
from core.router.offer_replies import (
    Received,
    answer_about,
    answer_on_scene,
    answer_without_offer,
    held_by_hand,
    offers_lately,
)
from core.router.scene import Scene, driver_on_scene, scene_of
from core.rows import ENTRIES, JOBS, OFFERS
from core.runner import Abandon
from core.work import Work

WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class ReplyText:
    """What a driver said, and which offer they named, if any."""

    text: str
    job_id: int | None = None
    offer_id: int | None = None
    reasons: bool = False  # the channel lets people add why after NO


@dataclass(frozen=True, slots=True)
class Webhook:
    """A driver's answer as an integrator brought it."""

    phone: str
    said: ReplyText
    external_id: str | None


async def reply_by_webhook(work: Work, heard: Webhook) -> ReplyAnswer:
    """Store the reply and answer it in one unit of work; the same `external_id` counts once."""
    entry = ENTRIES.new(**entry_of(work, heard))
    agent, scene = await driver_on_scene(work.unit, heard.phone)
    answer = await settle_reply(work, agent, heard.said, entry, scene)
    entry.answer = kept_answer(answer)
    if not await work.store(entry):
        raise Abandon(await _same_answer(heard.external_id))
    return answer


def entry_of(work: Work, heard: Webhook) -> dict[str, object]:
    """Return the columns of the inbox entry of an answer that is acted on as it comes."""
    said = heard.said
    payload = {"from": heard.phone, "response": said.text, "job_id": said.job_id}
    return {
        "channel": WEBHOOK,
        "external_id": heard.external_id,
        "handle": heard.phone,
        "payload": json.dumps({**payload, "offer_id": said.offer_id}).encode(),
        "received_at": work.now,
        "due_at": work.now,
        "handled_at": work.now,
        "state": InboxState.HANDLED.value,
    }


def kept_answer(answer: ReplyAnswer) -> dict[str, Any]:
    """Return what is kept of an answer, for the same words said again."""
    return {"ok": answer.ok, "code": answer.code, "facts": dict(answer.facts)}


async def settle_reply(
    work: Work,
    agent: Agent | None,
    said: ReplyText,
    entry: InboxEntry,
    scene: Scene | None = None,
) -> ReplyAnswer:
    """Return what the reply led to, having done it; `entry` is completed by the caller.

    `scene`: the agent's live offers, if they are read already.
    """
    if agent is None:
        return ReplyAnswer(False, "unknown_agent")
    entry.agent_id = agent.id
    by = Actor("agent", f"{agent.id}")
    reading = read_reply(said.text, agent.language or "en", reasons=said.reasons)
    if reading.verdict is Verdict.UNCLEAR:
        reading, said = await _dropping_by_reference(agent, said, reading)
    entry.verdict = reading.verdict.value
    match reading.verdict:
        case Verdict.STOP:
            return await opt_out(work, agent, by)
        case Verdict.START:
            return await opt_in(work, agent, by)
        case Verdict.ON | Verdict.OFF:
            return await change_duty(work, agent, reading, by)
        case Verdict.HELP:
            return ReplyAnswer(True, "help", _expected(agent))
        case Verdict.STATUS:
            return await status_of(agent)
        case Verdict.UNCLEAR:
            return await _unclear(work, agent, said, entry, by)
        case Verdict.YES | Verdict.NO | Verdict.DROP:
            scene = scene or await scene_of(work.unit, agent.id)
            return await _about_an_offer(work, agent, reading, said, entry, scene)


async def _dropping_by_reference(
    agent: Agent, said: ReplyText, unclear: Reading
) -> tuple[Reading, ReplyText]:
    """Read `DROP VC8Y-3` of a job that the driver holds; any other text stays unclear."""
    text = said.text.strip().rstrip(".!").casefold()
    held = Job.filter(assigned_agent_id=agent.id, status=JobStatus.ASSIGNED.value)
    for job in await held.order_by("id"):
        word = text.removesuffix(f" {job.sheet_job_id.casefold()}")
        reading = read_reply(word, agent.language or "en")
        if word != text and reading == Reading(Verdict.DROP):
            return reading, replace(said, job_id=job.id)
    return unclear, said


async def close_entry(
    work: Work, entry: InboxEntry, state: InboxState, answer: ReplyAnswer | None
) -> None:
    """Mark the entry as acted on, with the answer that a repeat of it gets again."""
    entry.state = state.value
    entry.handled_at = work.now
    entry.leased_until = None
    if answer is not None:
        entry.answer = kept_answer(answer)
    await ENTRIES.write(work.unit, entry)


async def _about_an_offer(
    work: Work,
    agent: Agent,
    reading: Reading,
    said: ReplyText,
    entry: InboxEntry,
    scene: Scene,
) -> ReplyAnswer:
    by = Actor("agent", f"{agent.id}")
    match await _chosen(work, agent, reading, said, scene):
        case Ambiguous(open_offers):
            which = [_one_of_several(one) for one in open_offers]
            return ReplyAnswer(False, "ambiguous_reply", {"open_offers": which})
        case HeldJob(job_id) as held:
            entry.job_id = job_id
            return await answer_without_offer(work, agent, held, reading.verdict, by)
        case NoOffer(unknown_code=True):
            return await _unclear(work, agent, said, entry, by)
        case NoOffer():
            return ReplyAnswer(False, "no_open_offer")
        case OfferFacts(id=offer_id):
            seen = scene.about(offer_id)
            received = Received(reading, entry.id or 0, entry.received_at)
            if seen is not None:
                entry.offer_id, entry.job_id = offer_id, seen[0].id
                answer = await answer_on_scene(work, agent, *seen, received, by)
                if answer is not None:
                    return answer
            offer = await OFFERS.one(work.unit, "id = $1", offer_id)
            job = await JOBS.one(work.unit, "id = $1", offer.job_id)
            entry.offer_id, entry.job_id = offer_id, job.id
            return await answer_about(work, agent, job, offer, received, by)


def chosen_on_scene(
    reading: Reading, said: ReplyText, scene: Scene
) -> OfferFacts | HeldJob | Ambiguous | NoOffer | None:
    """Choose among the live offers; None when what was closed or given by hand may matter."""
    verdict, code, job_id, offer_id = reading.verdict, reading.code, said.job_id, said.offer_id
    chosen = choose_offer(scene.facts(), verdict, code=code, job_id=job_id, offer_id=offer_id)
    if is_settled(chosen, verdict, code=code, job_id=job_id, offer_id=offer_id):
        return chosen
    return None


async def _chosen(
    work: Work, agent: Agent, reading: Reading, said: ReplyText, scene: Scene
) -> OfferFacts | HeldJob | Ambiguous | NoOffer:
    """Choose among the live offers, and if need be among what was closed or given by hand."""
    settled = chosen_on_scene(reading, said, scene)
    if settled is not None:
        return settled
    verdict, code, job_id, offer_id = reading.verdict, reading.code, said.job_id, said.offer_id
    choose = partial(choose_offer, verdict=verdict, code=code, job_id=job_id, offer_id=offer_id)
    offers = await offers_lately(work, agent, job_id=job_id, offer_id=offer_id)
    chosen = choose(offers)
    if verdict is not Verdict.DROP and chosen != NoOffer():
        return chosen
    offers, held = await held_by_hand(agent, offers)
    return choose(offers, held=held)


def _one_of_several(one: OfferFacts | HeldJob) -> dict[str, Any]:
    """Name what a bare word may be about; a job without an offer has a reference, no code."""
    if isinstance(one, OfferFacts):
        return {"offer_id": one.id, "job_id": one.job_id, "code": one.code}
    return {"offer_id": None, "job_id": one.job_id, "code": None, "reference": one.reference}


async def _unclear(
    work: Work, agent: Agent, said: ReplyText, entry: InboxEntry, by: Actor
) -> ReplyAnswer:
    """Keep the words and show them to the coordinator; neither offer nor job is touched."""
    offers = await offers_lately(work, agent, job_id=said.job_id, offer_id=said.offer_id)
    chosen = choose_offer(offers, Verdict.YES, job_id=said.job_id, offer_id=said.offer_id)
    job_id = None if isinstance(chosen, Ambiguous | NoOffer) else chosen.job_id
    entry.job_id = job_id
    entry.verdict = Verdict.UNCLEAR.value
    await work.note(EventKind.UNCLEAR_REPLY, by, job_id=job_id, agent_id=agent.id, reason=said.text)
    job = await Job.get_or_none(id=job_id) if job_id is not None else None
    reason = f"{agent.name} wrote: {said.text}"
    await raise_alert(work, AlertCause.UNCLEAR_REPLY, job=job, agent=agent, reason=reason)
    return ReplyAnswer(False, "unrecognized_response", _expected(agent))


def _expected(agent: Agent) -> dict[str, Any]:
    """Return the words for yes and no: those that everybody may use, and the driver's own."""
    verdicts = (Verdict.YES, Verdict.NO)
    own = [word_for(verdict, agent.language) for verdict in verdicts]
    return {"expected": [verdict.value for verdict in verdicts], "in_their_language": own}


async def _same_answer(external_id: str | None) -> ReplyAnswer:
    entry = await InboxEntry.get(channel=WEBHOOK, external_id=external_id)
    kept: dict[str, Any] = entry.answer or {}
    return ReplyAnswer(kept.get("ok", False), kept.get("code", ""), kept.get("facts", {}))
