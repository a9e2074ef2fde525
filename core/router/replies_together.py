"""Open this for answers that come together: the plain YESes among them share a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.cascade.covering import assign_by_offers
from core.decisions import OfferFacts, ReplyOutcome, outcome_of
from core.domain import Actor, Verdict
from core.models import Agent, Job, Offer
from core.replies import read_reply
from core.router.offer_replies import Received, is_awaited, plain_answer, situation_of
from core.router.replies import ReplyText, Webhook, chosen_on_scene, entry_of, kept_answer
from core.router.scene import Scene, drivers_on_scene
from core.runner import ALONE, Abandon
from core.work import AGAIN, Work


@dataclass(frozen=True, slots=True)
class _Yes:
    agent: Agent
    job: Job
    offer: Offer


async def reply_together(work: Work, heard: Sequence[Webhook]) -> Sequence[object]:
    """Settle each plain YES to an open offer; everything else is ALONE, as is a second word.

    What is written is what `reply_by_webhook` writes for each.
    """
    on_scene = await drivers_on_scene(work.unit, list({each.phone for each in heard}))
    settled: dict[int, _Yes] = {}
    spoke: set[str] = set()
    taken: set[int] = set()
    for number, each in enumerate(heard):
        found = on_scene.get(each.phone)
        if found is None or each.phone in spoke:
            continue
        spoke.add(each.phone)
        yes = _plain_yes(work, *found, each.said)
        if yes is not None and yes.job.id not in taken:
            taken.add(yes.job.id)
            settled[number] = yes
    if len(settled) < 2:
        return [ALONE] * len(heard)
    return await _settle(work, heard, settled)


def _plain_yes(work: Work, agent: Agent, scene: Scene, said: ReplyText) -> _Yes | None:
    """Return the open offer that these words accept; None when they may mean anything else."""
    reading = read_reply(said.text, agent.language or "en", reasons=said.reasons)
    if reading.verdict is not Verdict.YES:
        return None
    chosen = chosen_on_scene(reading, said, scene)
    if not isinstance(chosen, OfferFacts):
        return None
    seen = scene.about(chosen.id)
    received = Received(reading, 0, work.now)
    if seen is None or not is_awaited(seen[1], received):
        return None
    situation = situation_of(work, *seen, agent, received, another_open=False)
    return _Yes(agent, *seen) if outcome_of(situation) is ReplyOutcome.ACCEPT else None


async def _settle(
    work: Work, heard: Sequence[Webhook], settled: dict[int, _Yes]
) -> Sequence[object]:
    given = [(yes.job, yes.offer, Actor("agent", f"{yes.agent.id}")) for yes in settled.values()]
    if not await assign_by_offers(work, given):
        raise Abandon(AGAIN)
    entries = []
    answers: list[object] = [ALONE] * len(heard)
    for number, yes in settled.items():
        answers[number] = answer = plain_answer(ReplyOutcome.ACCEPT, yes.job, yes.agent)
        entries.append(
            {
                **entry_of(work, heard[number]),
                "agent_id": yes.agent.id,
                "offer_id": yes.offer.id,
                "job_id": yes.job.id,
                "verdict": Verdict.YES.value,
                "answer": kept_answer(answer),
            }
        )
    if not await work.store_all(entries):
        raise Abandon(AGAIN)
    return answers
