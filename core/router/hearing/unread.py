"""What only a person can deal with: it waits in the inbox, and the sender may be told so."""

from __future__ import annotations

from core.channel import NeedsPerson
from core.outcomes import ReplyAnswer
from core.router.hearing.answering import answer
from core.router.hearing.heard import Ending, Heard, needs_person
from core.router.hearing.senders import decider_at, driver_at, somebody
from core.work import Work


async def leave_to_person(work: Work, heard: Heard, incoming: NeedsPerson) -> Ending:
    """Keep it for a person; `answer_to` is told that it waits, in their language if known."""
    handle = incoming.answer_to
    if handle is not None:
        known = await driver_at(heard.channel, handle) or await decider_at(heard.channel, handle)
        to = known.at if known is not None else somebody(heard.channel, handle)
        said = ReplyAnswer(False, "waits_for_person", {"detail": incoming.reason})
        await answer(work, heard, to, said, incoming.context, useful=False)
    return needs_person(incoming.reason)
