"""Jobs that somebody brings by mail or chat: made, updated, proposed, or left to a person."""

from __future__ import annotations

from dataclasses import replace

from core.channel import NeedsPerson, NewJobs
from core.counting import next_number
from core.domain import Actor, MessageKind
from core.drafts import JobReading
from core.models import Job
from core.outbox.promises import promise
from core.outcomes import Created
from core.router.hearing.answering import may_still_be_told
from core.router.hearing.heard import HANDLED, Ending, Heard, needs_person
from core.router.hearing.job_changes import plain_pickup, take_update
from core.router.hearing.read_jobs import Taken
from core.router.hearing.senders import decider_at, driver_at, somebody
from core.router.hearing.strangers import hear_stranger
from core.router.hearing.unread import leave_to_person, tell_desk
from core.router.jobs import create_job
from core.work import Work

NUMBERED = "M-{}"
NOT_A_COORDINATOR = "only coordinators bring jobs in a chat"
HALF = "origin and destination make a job, and no such job is known to change"
OF_USE = ("created", "updated", "change_proposed", "cancel_proposed")


async def hear_jobs(work: Work, heard: Heard, brought: NewJobs) -> Ending:
    """Take in every job that could be read; name those that could not, to sender and desk.

    A mail channel passes on only jobs of senders whom it believes; in a chat that anybody may
    write to, jobs come from coordinators.
    """
    if heard.can.buttons and await decider_at(heard.channel, brought.handle) is None:
        return await _refuse(work, heard, brought)
    by = Actor(heard.channel, brought.handle)
    taken = [await _take(work, heard, reading, by) for reading in brought.readings]
    heard.entry.job_id = next((one.job_id for one in taken if one.job_id is not None), None)
    await _receipt(work, heard, brought, taken)
    if not taken:
        return needs_person("no job was found in it")
    waiting = " / ".join(f"{one.name}: {'; '.join(one.problems)}" for one in taken if one.problems)
    if not waiting:
        return HANDLED
    await tell_desk(work, heard, brought.handle, waiting)
    return needs_person(waiting)


async def _refuse(work: Work, heard: Heard, brought: NewJobs) -> Ending:
    if await driver_at(heard.channel, brought.handle) is None:
        return await hear_stranger(work, heard, brought.handle, None, brought.context)
    waits = NeedsPerson(NOT_A_COORDINATOR, answer_to=brought.handle, context=brought.context)
    return await leave_to_person(work, heard, waits)


async def _take(work: Work, heard: Heard, reading: JobReading, by: Actor) -> Taken:
    draft = plain_pickup(reading.draft, work.site.zone)
    reading = replace(reading, draft=draft)
    if reading.problems:
        return Taken(reading, draft.sheet_job_id or None, problems=reading.problems)
    if not draft.sheet_job_id:
        if reading.cancels:
            return Taken(reading, problems=("no reference says which job to cancel",))
        if _is_half(reading):
            return Taken(reading, problems=(HALF,))
        return await _number(work, heard, reading, by)
    known = await Job.get_or_none(sheet_job_id=draft.sheet_job_id)
    if known is None and reading.cancels:
        problem = f"no job {draft.sheet_job_id} is known that could be cancelled"
        return Taken(reading, draft.sheet_job_id, problems=(problem,))
    if known is None and _is_half(reading):
        return Taken(reading, draft.sheet_job_id, problems=(f"{HALF}: {draft.sheet_job_id}",))
    if known is None:
        return await _create(work, heard, reading, by) or await _update(work, reading, by)
    return await take_update(work, known, reading, by)


def _is_half(reading: JobReading) -> bool:
    """Tell whether this can only be said of a job that is known: two places make a new one."""
    return not (reading.draft.origin and reading.draft.destination)


async def _number(work: Work, heard: Heard, reading: JobReading, by: Actor) -> Taken:
    """Make a job under the next free number of ours; somebody may have used one themselves."""
    while True:
        reference = NUMBERED.format(await next_number(work, "job numbers"))
        numbered = replace(reading, draft=replace(reading.draft, sheet_job_id=reference))
        taken = await _create(work, heard, numbered, by)
        if taken is not None:
            return taken


async def _create(work: Work, heard: Heard, reading: JobReading, by: Actor) -> Taken | None:
    """Make the job; None when its reference was taken meanwhile."""
    outcome = await create_job(
        work, reading.draft, by, source=heard.channel, warnings=reading.warnings
    )
    if not isinstance(outcome, Created):
        return None
    return Taken(reading, reading.draft.sheet_job_id, outcome.job.id, "created")


async def _update(work: Work, reading: JobReading, by: Actor) -> Taken:
    known = await Job.get(sheet_job_id=reading.draft.sheet_job_id)
    return await take_update(work, known, reading, by)


async def _receipt(work: Work, heard: Heard, brought: NewJobs, taken: list[Taken]) -> None:
    """Promise the sender one receipt for all of it, sparingly when it made and moved nothing."""
    decider = await decider_at(heard.channel, brought.handle)
    to = decider.at if decider is not None else somebody(heard.channel, brought.handle)
    useful = any(one.result in OF_USE for one in taken)
    limited = heard.can.answer_limits and not useful
    if limited and not await may_still_be_told(work, to):
        return
    facts = {"jobs": [one.told() for one in taken], "context": dict(brought.context)}
    job_id = taken[0].job_id if len(taken) == 1 else None
    await promise(
        work,
        MessageKind.RECEIPT,
        to,
        facts,
        job_id=job_id,
        inbox_id=heard.entry.id,
        limited=limited,
    )
