"""The one check of a policy's name at the edge."""

from __future__ import annotations

from web.errors import FieldProblem, InvalidFields
from web.service import the_router


def known_policy(name: str | None) -> str | None:
    """Return the name, or raise the 422 that lists the known ones."""
    if name is not None and name not in the_router().site.policies:
        known = ", ".join(sorted(the_router().site.policies))
        raise InvalidFields(FieldProblem("policy", f"must be one of: {known}"))
    return name
