"""Words from somebody: find out who speaks, as what, and about which message of ours."""

from __future__ import annotations

from core.channel import Decision, Done, Reply
from core.decision_words.reading import read_decision
from core.models import OutboxMessage
from core.outcomes import ReplyAnswer
from core.router.hearing.answering import answer
from core.router.hearing.coordinators import hear_coordinator, hear_decision
from core.router.hearing.drivers import hear_done, hear_driver, speaks_as_driver
from core.router.hearing.heard import Ending, Heard, needs_person
from core.router.hearing.senders import (
    Decider,
    Driver,
    decider_at,
    driver_at,
    message_of,
    went_to,
)
from core.router.hearing.strangers import hear_stranger
from core.work import Work

__all__ = ["hear_button", "hear_delivered", "hear_reply"]


async def hear_reply(work: Work, heard: Heard, reply: Reply) -> Ending:
    """Hear an answer; a reply token names what it answers, and must be the sender's own."""
    if reply.reply_token is not None:
        return await _about_a_message(work, heard, reply, reply.reply_token)
    driver = await driver_at(heard.channel, reply.handle)
    decider = await decider_at(heard.channel, reply.handle)
    if driver is not None and (decider is None or _as_driver(reply, driver, decider)):
        return await hear_driver(work, heard, driver, reply.text, reply.offer_id, reply.context)
    if decider is not None:
        return await hear_coordinator(work, heard, decider, reply.text, None, reply.context)
    pressed = reply.offer_id is not None
    return await hear_stranger(
        work, heard, reply.handle, reply.name, reply.context, pressed=pressed
    )


async def hear_button(work: Work, heard: Heard, decision: Decision) -> Ending:
    """Hear a coordinator's button; anybody else is told that nothing was done."""
    decider = await decider_at(heard.channel, decision.handle)
    if decider is not None:
        return await hear_decision(work, heard, decider, decision)
    driver = await driver_at(heard.channel, decision.handle)
    if driver is not None:
        said = ReplyAnswer(False, "refused", {"detail": "only coordinators decide that"})
        await answer(work, heard, driver.at, said, decision.context, useful=False)
    else:
        handle, context = decision.handle, decision.context
        await hear_stranger(work, heard, handle, None, context, pressed=True)
    return needs_person("a decision from somebody who is no coordinator")


async def hear_delivered(work: Work, heard: Heard, done: Done) -> Ending:
    """Hear that a driver has delivered; a coordinator is told what they can write instead."""
    driver = await driver_at(heard.channel, done.handle)
    if driver is not None:
        return await hear_done(work, heard, driver, done)
    decider = await decider_at(heard.channel, done.handle)
    if decider is not None:
        words = done.text or ""
        return await hear_coordinator(work, heard, decider, words, None, done.context)
    pressed = done.offer_id is not None
    return await hear_stranger(work, heard, done.handle, None, done.context, pressed=pressed)


def _as_driver(reply: Reply, driver: Driver, decider: Decider) -> bool:
    """Tell how somebody who is driver and coordinator speaks: a driver's word or button wins."""
    if reply.offer_id is not None or speaks_as_driver(reply.text, driver.agent.language):
        return True
    return read_decision(reply.text, decider.coordinator.language) is None


async def _about_a_message(work: Work, heard: Heard, reply: Reply, token: str) -> Ending:
    """Hear an answer to a message of ours from whom it went to, and from nobody else."""
    about = await message_of(token)
    if about is None:
        return needs_person("it was sent to a reply address that names no message of ours")
    if not went_to(about, heard.channel, reply.handle):
        return needs_person("it came from another address than the message that it answers went to")
    return await _answer_to(work, heard, reply, about)


async def _answer_to(work: Work, heard: Heard, reply: Reply, about: OutboxMessage) -> Ending:
    if about.agent_id is not None:
        driver = await driver_at(heard.channel, about.handle)
        if driver is not None and driver.agent.id == about.agent_id:
            offer_id = reply.offer_id if reply.offer_id is not None else about.offer_id
            return await hear_driver(work, heard, driver, reply.text, offer_id, reply.context)
    if about.coordinator_id is not None:
        decider = await decider_at(heard.channel, about.handle)
        if decider is not None and decider.coordinator.id == about.coordinator_id:
            return await hear_coordinator(work, heard, decider, reply.text, about, reply.context)
    return needs_person("it answers a message to somebody who is neither driver nor coordinator")
