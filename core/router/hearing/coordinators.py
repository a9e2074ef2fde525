"""A coordinator's words or button: read, done once, answered where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.channel import Decision
from core.decision_words import Asks, word_for
from core.decision_words.reading import read_decision
from core.domain import JobStatus
from core.models import Job, OutboxMessage
from core.outcomes import ReplyAnswer
from core.router.hearing.answering import answer
from core.router.hearing.deciding import decide
from core.router.hearing.heard import HANDLED, Ending, Heard
from core.router.hearing.senders import Decider
from core.router.hearing.wishes import NotPlain, Wish, wish_of
from core.work import Work

_NAMED_IN_TEXTS = (Asks.APPROVE, Asks.APPROVE_AND_OFFER, Asks.REJECT, Asks.CANCEL, Asks.STATUS)
_NAMED_ABOUT_ALERTS = (Asks.ACKNOWLEDGE, Asks.ASK_AGAIN, Asks.CANCEL, Asks.STATUS)


async def hear_coordinator(
    work: Work,
    heard: Heard,
    decider: Decider,
    text: str,
    about: OutboxMessage | None,
    context: Mapping[str, Any],
) -> Ending:
    """Do what the words plainly ask for; else nothing, and say what to write."""
    asked = read_decision(text, decider.coordinator.language)
    wish = await wish_of(asked, about) if asked is not None else NotPlain()
    if isinstance(wish, NotPlain):
        said = await _what_to_write(decider, about, wish)
        await answer(work, heard, decider.at, said, context, useful=False)
        return HANDLED
    return await _do(work, heard, decider, wish, context)


async def hear_decision(work: Work, heard: Heard, decider: Decider, decision: Decision) -> Ending:
    """Do what a coordinator's button means."""
    wish = Wish(
        action=decision.action,
        job_id=decision.job_id,
        alert_id=decision.alert_id,
        agent_id=decision.agent_id,
        reason=decision.reason,
        version=decision.version,
    )
    return await _do(work, heard, decider, wish, decision.context)


async def _do(
    work: Work, heard: Heard, decider: Decider, wish: Wish, context: Mapping[str, Any]
) -> Ending:
    said = await decide(work, decider.coordinator, wish)
    heard.entry.job_id = said.facts.get("job_id")
    await answer(work, heard, decider.at, said, context, useful=said.code != "refused")
    return HANDLED


async def _what_to_write(
    decider: Decider, about: OutboxMessage | None, wish: NotPlain
) -> ReplyAnswer:
    """Name the words that would be understood here, with a reference where one is needed."""
    language = decider.coordinator.language
    named = about is not None and (about.job_id is not None or about.alert_id is not None)
    on_alert = about is not None and about.alert_id is not None
    words = [word_for(a, language) for a in (_NAMED_ABOUT_ALERTS if on_alert else _NAMED_IN_TEXTS)]
    waiting = Job.filter(status=JobStatus.NEEDS_APPROVAL.value).order_by("-id")
    newest = None if named else await waiting.first()
    facts = {
        "expected": words,
        "unknown": wish.reference,
        "needs_reference": not named,
        "example": f"{words[0]} {newest.sheet_job_id}" if newest is not None else None,
        "job_id": about.job_id if about is not None else None,
        "alert_id": about.alert_id if about is not None else None,
    }
    return ReplyAnswer(False, "unclear_decision", facts)
