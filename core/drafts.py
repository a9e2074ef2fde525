"""What comes in from outside once its form has been checked: drafts of jobs and agents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobDraft:
    """A job as described by whoever brings it. Text is trimmed; None means not given."""

    sheet_job_id: str
    pickup_date: str | None = None  # as received
    pickup_time: str | None = None  # as received
    pickup_at: datetime | None = None  # what the two mean, by core.intake.dates
    pickup_date_only: bool = False
    origin: str | None = None
    destination: str | None = None
    vehicle_type: str | None = None
    skills: tuple[str, ...] = ()
    notes: str | None = None
    pay: str | None = None
    pickup_address: str | None = None
    delivery_address: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    coordinator_email: str | None = None
    policy: str | None = None


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One field of a job as somebody wrote it and as it was understood; for their receipt."""

    name: str  # as in JobDraft, the two pickup fields as one: `pickup`
    written: str
    understood: str


@dataclass(frozen=True, slots=True)
class JobReading:
    """What was read of one job in a text, table or file.

    With `problems` it makes no job and waits for a person; `warnings` stand on the job. Without a
    reference of its own, `draft.sheet_job_id` is empty and the service numbers the job `M-<n>`.
    A reading that is not `complete` names a reference: it can only change a job that is known.
    """

    draft: JobDraft
    fields: tuple[FieldRead, ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    cancels: bool = False  # the sender wants the job of this reference called off

    @property
    def complete(self) -> bool:
        """Tell whether it says enough for a new job: where from and where to."""
        return bool(self.draft.origin and self.draft.destination)


@dataclass(frozen=True, slots=True)
class AgentDraft:
    """A driver as an integrator describes one. `phone_e164` is normalised; None: leave as it is."""

    name: str
    phone_e164: str
    priority: int
    active: bool = True
    vehicle_type: str | None = None
    skills: tuple[str, ...] | None = None
    email: str | None = None
    telegram: int | None = None
    language: str | None = None
    quiet_hours: str | None = None
