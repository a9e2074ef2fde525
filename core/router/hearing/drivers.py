"""A driver's words or press in a channel: settled as any reply, answered where they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.channel import Done
from core.domain import Verdict
from core.done_words import read_done
from core.models import Job
from core.outbox.promises import promise_booking
from core.outcomes import ReplyAnswer
from core.replies import read_reply
from core.router.hearing.answering import answer
from core.router.hearing.delivered import deliver, holds_a_job, offer_of_code
from core.router.hearing.heard import HANDLED, Ending, Heard
from core.router.hearing.senders import Driver
from core.router.replies import ReplyText, settle_reply
from core.work import Work


def speaks_as_driver(text: str, language: str | None) -> bool:
    """Tell whether these are words that drivers answer with."""
    reading = read_reply(text, language or "en", reasons=True)
    return reading.verdict is not Verdict.UNCLEAR or read_done(text, language) is not None


async def hear_driver(
    work: Work,
    heard: Heard,
    driver: Driver,
    text: str,
    offer_id: int | None,
    context: Mapping[str, Any],
) -> Ending:
    """Settle a driver's answer and promise the reaction; a YES is answered by the booking."""
    entry = heard.entry
    done = read_done(text, driver.agent.language)
    if done is not None and await holds_a_job(driver.agent):
        named = offer_id if done.code is None else await offer_of_code(driver.agent, done.code)
        said = Done(driver.at.handle, named, text=text, context=context)
        return await hear_done(work, heard, driver, said)
    given = await settle_reply(
        work, driver.agent, ReplyText(text, offer_id=offer_id, reasons=True), entry
    )
    if given.code == "accepted":
        await _book(work, heard, driver, given, context)
        return HANDLED
    understood = entry.verdict != Verdict.UNCLEAR.value
    await answer(work, heard, driver.at, given, context, useful=understood)
    return HANDLED


async def hear_done(work: Work, heard: Heard, driver: Driver, done: Done) -> Ending:
    """Complete the job that the driver delivered, and say so."""
    heard.entry.agent_id = driver.agent.id
    given = await deliver(work, driver.agent, done)
    heard.entry.job_id = given.facts.get("job_id")
    await answer(work, heard, driver.at, given, done.context)
    return HANDLED


async def _book(
    work: Work, heard: Heard, driver: Driver, given: ReplyAnswer, context: Mapping[str, Any]
) -> None:
    entry = heard.entry
    entry.answer = {"ok": given.ok, "code": given.code, "facts": dict(given.facts)}
    job = await Job.get(id=given.facts["job_id"])
    await promise_booking(work, job, driver.at, offer_id=entry.offer_id, context=context)
