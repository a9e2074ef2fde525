"""What the router's outcomes become in the API: one answer for each, in one place."""

from __future__ import annotations

from typing import Any

from quart import Response

from core.outcomes import (
    DecisionOutcome,
    Done,
    NotFound,
    Refused,
    StartOutcome,
    VersionChanged,
)
from core.router.telling import start_facts
from core.views import Page
from web.errors import Problem, not_found
from web.render import answer


def page_of(name: str, page: Page[Any]) -> Response:
    """Return one keyset page of a list."""
    return answer({name: page.rows, "next": page.next})


def found(view: object | None, what: str | None = None) -> Response:
    """Return a view, or the 404 of one that is not there."""
    if view is None or isinstance(view, NotFound):
        raise not_found(what)
    return answer(view)


def decided(outcome: DecisionOutcome) -> Response:
    """Return the job as it now is, or why it could not be as asked."""
    match outcome:
        case Done(job=job):
            return answer(job)
        case Refused():
            raise refusal(outcome)
        case VersionChanged(job=job):
            raise version_changed(job)
        case NotFound(what=what):
            raise not_found(what)


def started(outcome: StartOutcome) -> Response:
    """Return what asking began with, or why it did not begin."""
    match outcome:
        case Refused(code="job_not_approved"):
            raise refusal(outcome, 400)
        case Refused():
            raise refusal(outcome)
        case NotFound(what=what):
            raise not_found(what)
        case _:
            return answer(start_facts(outcome))


def refusal(refused: Refused, status: int = 409) -> Problem:
    """Return the error that shows the present state."""
    return Problem(status, refused.code, refused.reason, job=refused.job)


def version_changed(job: object) -> Problem:
    """Return the error that shows the new facts."""
    return Problem(409, "version_changed", "the job was changed meanwhile: look again", job=job)
