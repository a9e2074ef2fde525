"""Open this for the address that answers come back to: `reply+<token>@…`, compared without case."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"[a-z2-7]{26,52}")  # base32 of 128 bit or more; a local part holds 64


def reply_address(replies: str, token: str) -> str:
    """Return the address that names one message of ours to its reader."""
    local, _, domain = replies.rpartition("@")
    return f"{local}+{token}@{domain}"


def reply_token_of(recipients: Iterable[str], replies: str) -> str | None:
    """Return the token in the first recipient that is a reply address; None without one."""
    local, _, domain = replies.casefold().rpartition("@")
    for recipient in recipients:
        to, _, at = recipient.strip().strip("<>").casefold().rpartition("@")
        base, plus, token = to.partition("+")
        if (base, plus, at) == (local, "+", domain) and _TOKEN.fullmatch(token):
            return token
    return None
