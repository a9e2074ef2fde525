"""Ids in paths: plain positive integers of 63 bits; anything else is no path of ours."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, ValidationError

from web.fields import LARGEST_ID


class IdConverter(BaseConverter):
    """`<id:job_id>`: no sign, no leading zero, no other script's digits."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id, or tell the router that this path does not match."""
        number = int(value)
        if number > LARGEST_ID:
            raise ValidationError
        return number

    def to_url(self, value: Any) -> str:
        """Return the id as it stands in a path."""
        return str(value)
