"""What only a person can deal with: it waits in the inbox; its sender and the desk are told so."""

from __future__ import annotations

from core.alerts import raise_alert
from core.channel import NeedsPerson
from core.domain import AlertCause
from core.models import Alert
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
        await tell_desk(work, heard, handle, incoming.reason)
    return needs_person(incoming.reason)


async def tell_desk(work: Work, heard: Heard, handle: str, reason: str) -> None:
    """Alert the coordinators, unless it was one of them, who reads it in the answer.

    One alert stands for all that waits: more of it makes no more mail until that one is seen.
    """
    if await decider_at(heard.channel, handle) is not None:
        return
    cause = AlertCause.NEEDS_PERSON
    if await Alert.filter(cause=cause.value, resolved_at=None).exists():
        return
    await raise_alert(work, cause, reason=f"{reason} (dispatch inbox show {heard.entry.id})")
