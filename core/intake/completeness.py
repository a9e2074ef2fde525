"""Open this for what a description must say to be a job, and what it may leave unsaid."""

from __future__ import annotations

from collections.abc import Collection

from core.drafts import JobDraft
from core.job_warnings import NO_DATE, NO_TIME, NO_VEHICLE


def missing_from(
    draft: JobDraft, *, says_more: bool, policies: Collection[str] | None
) -> list[str]:
    """Return why this cannot be acted on; `says_more`: more is said than a reference."""
    problems = []
    if draft.policy is not None and policies is not None and draft.policy not in policies:
        problems.append(f"the policy {draft.policy!r} is none of {', '.join(policies)}")
    if draft.origin and draft.destination:
        return problems
    if draft.sheet_job_id:
        return (
            problems if says_more else [*problems, "nothing is said of the job but its reference"]
        )
    if not draft.origin:
        problems.append("no origin: say where to collect")
    if not draft.destination:
        problems.append("no destination: say where to deliver")
    return problems


def unsaid_in(draft: JobDraft, *, when_is_unclear: bool) -> list[str]:
    """Return what a whole job leaves out; a pickup that could not be read is said elsewhere."""
    if not (draft.origin and draft.destination):
        return []
    warnings = []
    if draft.pickup_date is None and not when_is_unclear:
        warnings.append(NO_DATE)
    elif draft.pickup_date_only:
        warnings.append(NO_TIME)
    if draft.vehicle_type is None:
        warnings.append(NO_VEHICLE)
    return warnings
