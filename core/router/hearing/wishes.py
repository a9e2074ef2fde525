"""What a coordinator wants, by button or in words, and which job or alert it is about."""

from __future__ import annotations

from dataclasses import dataclass

from core.decision_words import Asks
from core.decision_words.reading import Asked
from core.models import Job, OutboxMessage

_WITH_REASON = (Asks.REJECT, Asks.CANCEL)
_ABOUT_ALERTS = (Asks.ACKNOWLEDGE, Asks.ASK_AGAIN)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that a coordinator wants; `version` is that of the job which they saw."""

    action: str
    job_id: int | None = None
    alert_id: int | None = None
    agent_id: int | None = None
    reason: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class NotPlain:
    """Nobody can tell which job is meant; `reference` is what was written instead of one."""

    reference: str | None = None


async def wish_of(asked: Asked, about: OutboxMessage | None) -> Wish | NotPlain:
    """Return what the words want; without a message that they answer they must name the job."""
    if about is not None and (about.job_id is not None or about.alert_id is not None):
        return await _about(asked, about)
    if asked.asks is Asks.STATUS and not asked.rest:
        return Wish(asked.asks)
    if asked.asks is Asks.ACKNOWLEDGE:
        return NotPlain()
    job, reason = await _named(asked.rest)
    if job is None:
        return NotPlain(asked.rest.partition(" ")[0] or None)
    return Wish(asked.asks, job_id=job.id, reason=reason or None)


async def _about(asked: Asked, about: OutboxMessage) -> Wish | NotPlain:
    """Read the words as an answer to that message; a word about another job is not plain."""
    if asked.asks in _ABOUT_ALERTS and about.alert_id is None:
        return NotPlain()
    named, reason = await _named(asked.rest)
    if named is not None and named.id != about.job_id:
        return NotPlain(named.sheet_job_id)
    if named is None and asked.rest and asked.asks not in _WITH_REASON:
        return NotPlain(asked.rest)
    return Wish(
        asked.asks,
        job_id=about.job_id,
        alert_id=about.alert_id,
        reason=(reason if named is not None else asked.rest) or None,
        version=about.facts.get("version"),
    )


async def _named(rest: str) -> tuple[Job | None, str]:
    """Return the job whose reference the text begins with, and what follows it."""
    first, _, after = rest.partition(" ")
    first = first.rstrip(",:;")
    if not first:
        return None, ""
    ways = dict.fromkeys((first, first.upper(), first.lower()))
    found = {job.sheet_job_id: job for job in await Job.filter(sheet_job_id__in=list(ways))}
    job = next((found[way] for way in ways if way in found), None)
    return job, after.strip(" \t,:;-\u2013\u2014")
