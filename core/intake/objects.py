"""Open this for jobs in JSON: the body of `POST /jobs`, a list of such, or `{"jobs": [...]}`."""

from __future__ import annotations

import json
from typing import Any

from core.intake.values import Description, Said
from core.intake.wording import clean

MOST_FIELDS = 100


class NoJobs(ValueError):
    """A file or text that holds no jobs as they can be read: one line that says why."""


def read_json(text: str) -> list[Description]:
    """Return the jobs of a JSON text, as they stand. Raises NoJobs."""
    try:
        found = json.loads(
            text,
            object_pairs_hook=list,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise NoJobs(f"it is not JSON: {str(error)[:100]}") from None
    return [_description(item) for item in _jobs(found)]


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def _is_object(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], tuple)


def _jobs(found: Any) -> list[Any]:
    if _is_object(found):
        inner = dict(found).get("jobs")
        found = inner if isinstance(inner, list) and not _is_object(inner) else [found]
    if not isinstance(found, list) or not found or not all(map(_is_object, found)):
        raise NoJobs("it must hold a job, or a list of jobs")
    return found


def _description(item: list[tuple[str, Any]]) -> Description:
    if len(item) > MOST_FIELDS:
        raise NoJobs("a job has too many fields")
    return Description(tuple(Said(clean(name), _text(name, value)) for name, value in item))


def _text(name: str, value: Any) -> str:
    """Return a value as people would write it."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "; ".join(clean(part) for part in value)
    if not isinstance(value, str):
        raise NoJobs(f"{name[:40]!r} must be text")
    return clean(value)
