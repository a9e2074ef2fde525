"""Open this for how jobs that a coordinator describes in chat are read, as everywhere else."""

from __future__ import annotations

from channels.telegram.reading import Described
from core.channel import ChannelContext, NewJobs
from core.intake import JobDraft, JobReading, read_message


def brought(described: Described, context: ChannelContext) -> NewJobs:
    """Return the jobs of `/new …`, read as of the moment it was sent."""
    intake = read_message(
        "",
        described.text,
        "",
        (),
        today=described.sent or context.clock.now(),
        zone=context.zone,
        ladder=context.ladder,
    )
    readings = intake.readings or (_unreadable(intake.unread),)
    return NewJobs(described.handle, readings, described.context)


def _unreadable(unread: tuple[str, ...]) -> JobReading:
    problems = unread or ("write the job after /new, such as: /new Leeds to York tomorrow 2pm",)
    return JobReading(JobDraft(""), problems=problems)
