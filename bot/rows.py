"""Open this for how rows of a shell or a file become drafts, by the forms of the JSON API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from core.drafts import AgentDraft, JobDraft
from core.errors import DispatchError
from core.intake import DateProblem, read_pickup
from core.site import Site
from web.body import Fields
from web.errors import InvalidFields
from web.fields import load
from web.forms import EditForm, JobForm
from web.people_forms import AgentRow, CoordinatorForm
from web.text import faults

ModelT = TypeVar("ModelT", bound=BaseModel)


class BadRow(DispatchError):
    """What was given cannot be taken; one line names each field and what would be right."""


def agent_draft(values: Mapping[str, Any]) -> AgentDraft:
    """Return a driver. Raises BadRow."""
    row = _loaded(AgentRow, values).model_dump()
    row["skills"] = None if row["skills"] is None else tuple(row["skills"])
    return AgentDraft(**row)


def job_draft(values: Mapping[str, Any], site: Site) -> JobDraft:
    """Return a job with its pickup read in the site's time zone. Raises BadRow."""
    form = _loaded(JobForm, values)
    known_policy(form.policy, site)
    try:
        pickup = read_pickup(form.pickup_date, form.pickup_time, site.zone)
    except DateProblem as problem:
        raise BadRow(f"pickup: {problem}") from None
    row = form.model_dump(include=set(JobForm.model_fields))
    row["skills"] = tuple(form.skills or ())
    return JobDraft(**row, pickup_at=pickup.at, pickup_date_only=pickup.date_only)


def coordinator_form(values: Mapping[str, Any]) -> CoordinatorForm:
    """Return what is said of a coordinator, checked and trimmed. Raises BadRow."""
    return _loaded(CoordinatorForm, values)


def job_changes(values: Mapping[str, Any], site: Site) -> dict[str, Any]:
    """Return changes of a job's fields; None takes a fact away. Raises BadRow."""
    form = _loaded(EditForm, values)
    known_policy(form.policy, site)
    changes = form.model_dump(include=form.model_fields_set)
    if "skills" in changes:
        changes["skills"] = changes["skills"] or []
    return changes


def known_policy(name: str | None, site: Site) -> None:
    """Raise BadRow, which lists the known ones, when there is no such policy."""
    if name is not None and name not in site.policies:
        raise BadRow(f"policy: must be one of: {', '.join(sorted(site.policies))}")


def moment_of(date: str, time: str, site: Site) -> datetime:
    """Return a moment given in the site's time zone. Raises BadRow."""
    try:
        moment = read_pickup(date, time, site.zone).at
    except DateProblem as problem:
        raise BadRow(str(problem)) from None
    if moment is None:
        raise BadRow("give a date and a time")
    return moment


def _loaded(form: type[ModelT], values: Mapping[str, Any]) -> ModelT:
    if wrong := list(faults(dict(values))):
        raise BadRow("; ".join(f"{field}: {why}" for field, why in wrong))
    try:
        return load(form, Fields(dict(values)))
    except InvalidFields as invalid:
        raise BadRow(invalid.detail) from None
