"""What is heard from a handle that belongs to nobody: recorded, and in chat answered once a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain import MessageKind
from core.outbox.promises import promise
from core.router.hearing.answering import hint_is_due
from core.router.hearing.heard import Ending, Heard, ignored
from core.router.hearing.senders import somebody
from core.work import Work


async def hear_stranger(
    work: Work,
    heard: Heard,
    handle: str,
    name: str | None,
    context: Mapping[str, Any],
    *,
    pressed: bool = False,
) -> Ending:
    """Tell a stranger in a chat how to join; a press is answered whenever it comes."""
    to = somebody(heard.channel, handle, name)
    if heard.can.buttons and (pressed or await hint_is_due(work, to)):
        facts = {"outcome": "unknown_sender", "context": dict(context)}
        await promise(
            work, MessageKind.ANSWER, to, facts, inbox_id=heard.entry.id, limited=not pressed
        )
    return ignored("unknown sender")
