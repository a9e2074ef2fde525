"""Ids in paths: plain positive integers of at most 18 digits; anything else is no path of ours."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter

LARGEST_ID_IN_PATH = 10**18 - 1


class IdConverter(BaseConverter):
    """`<id:job_id>`: no sign, no leading zero, no other script's digits.

    What is too long fails in the pattern: refused any later, another method of the same path
    would make it a 405.
    """

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)

    def to_url(self, value: Any) -> str:
        """Return the id as it stands in a path."""
        return str(value)
