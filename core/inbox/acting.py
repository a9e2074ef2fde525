"""Act on one stored entry, in one unit of work: what it means is done and the entry is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.channel import (
    Capabilities,
    Decision,
    DeliveryReport,
    Done,
    Ignored,
    Incoming,
    Link,
    NeedsPerson,
    NewJobs,
    OwnPhone,
    Reachable,
    Reply,
)
from core.domain import InboxState
from core.inbox.linking import know
from core.models import InboxEntry
from core.router.hearing.heard import Ending, Heard, ignored
from core.router.hearing.new_jobs import hear_jobs
from core.router.hearing.replies import hear_button, hear_delivered, hear_reply
from core.router.hearing.reports import note_delivery
from core.router.hearing.unread import leave_to_person
from core.router.replies import close_entry
from core.rows import ENTRIES
from core.work import Work

RETRY_AFTER = timedelta(seconds=1)
READ_TRIES = 3
NOTHING_SPECIAL = Capabilities()


async def not_readable(work: Work, entry_id: int, reason: str) -> None:
    """Try the entry again shortly; after some tries it waits for a person."""
    entry = await InboxEntry.get(id=entry_id)
    if entry.state != InboxState.STORED.value:
        return
    entry.reason = reason
    entry.leased_until = None
    entry.due_at = work.now + RETRY_AFTER
    if entry.attempts >= READ_TRIES:
        entry.state, entry.handled_at = InboxState.NEEDS_PERSON.value, work.now
    await entry.save()


async def act_on_entry(
    work: Work,
    entry_id: int,
    meaning: Sequence[Incoming],
    can: Capabilities = NOTHING_SPECIAL,
) -> bool:
    """Do what the entry means; False when it was acted on before. `can`: of its channel."""
    mine = "id = $1 AND state = 'stored'"
    entries = await ENTRIES.change_all(work.unit, mine, entry_id, handled_at=work.now)
    if not entries:
        return False
    heard = Heard(entries[0], can)
    endings = [await _act(work, heard, one) for one in meaning]
    worst = max(endings, key=_gravity, default=ignored("empty"))
    state, heard.entry.reason = worst
    await close_entry(work, heard.entry, state, None)
    return True


def _gravity(ending: Ending) -> int:
    return (InboxState.IGNORED, InboxState.HANDLED, InboxState.NEEDS_PERSON).index(ending[0])


async def _act(work: Work, heard: Heard, incoming: Incoming) -> Ending:
    """Do what one meaning of the entry asks for; it shows from whom that came."""
    handle = getattr(incoming, "handle", None)
    if heard.entry.handle is None and handle is not None:
        heard.entry.handle = handle[:320]
    match incoming:
        case Reply():
            return await hear_reply(work, heard, incoming)
        case Decision():
            return await hear_button(work, heard, incoming)
        case Done():
            return await hear_delivered(work, heard, incoming)
        case NewJobs():
            return await hear_jobs(work, heard, incoming)
        case DeliveryReport():
            return await note_delivery(work, incoming)
        case NeedsPerson():
            return await leave_to_person(work, heard, incoming)
        case Ignored(reason):
            return ignored(reason)
        case Link() | OwnPhone() | Reachable():
            return await know(work, heard.entry, incoming)
