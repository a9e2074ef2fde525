"""Answer what came in, where it came from; sparingly where it led to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.counting import next_number
from core.domain import MessageKind
from core.models import OutboxMessage
from core.outbox.promises import plain_facts, promise
from core.outcomes import ReplyAnswer
from core.reach import Recipient
from core.router.hearing.heard import Heard
from core.work import Work

PER_HANDLE = timedelta(hours=1)
IN_ALL_WITHIN = timedelta(hours=1)
IN_ALL = 30
HINT_EVERY = timedelta(days=1)
_IDS = ("job_id", "offer_id", "alert_id")


async def answer(
    work: Work,
    heard: Heard,
    to: Recipient,
    said: ReplyAnswer,
    context: Mapping[str, Any],
    *,
    useful: bool = True,
) -> None:
    """Promise the answer; one that is not `useful` only within what the channel allows."""
    entry = heard.entry
    entry.answer = {"ok": said.ok, "code": said.code, "facts": plain_facts(said.facts)}
    limited = heard.can.answer_limits and not useful
    if limited and not await may_still_be_told(work, to):
        return
    ids = {name: said.facts.get(name) for name in _IDS}
    facts = {n: v for n, v in said.facts.items() if n not in _IDS or v is not None}
    await promise(
        work,
        MessageKind.ANSWER,
        to,
        {**facts, "outcome": said.code, "said": entry.verdict, "context": dict(context)},
        job_id=ids["job_id"] or entry.job_id,
        offer_id=ids["offer_id"] or entry.offer_id,
        alert_id=ids["alert_id"],
        inbox_id=entry.id,
        limited=limited,
    )


async def may_still_be_told(work: Work, to: Recipient) -> bool:
    """Tell whether the channel still allows such an answer to that handle, and in all."""
    await next_number(work, f"limited answers {to.channel}")  # units that ask at once queue here
    lately = OutboxMessage.filter(channel=to.channel, limited_at__gt=work.now - IN_ALL_WITHIN)
    if await lately.count() >= IN_ALL:
        return False
    return not await _told_since(to, work.now - PER_HANDLE)


async def hint_is_due(work: Work, to: Recipient) -> bool:
    """Tell whether a stranger was not yet told today how to join."""
    await next_number(work, f"limited answers {to.channel}")
    return not await _told_since(to, work.now - HINT_EVERY)


async def _told_since(to: Recipient, moment: datetime) -> bool:
    told = OutboxMessage.filter(channel=to.channel, limited_at__gt=moment, handle=to.handle)
    return await told.exists()
