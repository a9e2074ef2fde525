"""Open this for how large and how deep a mail may be: counted, never parsed."""

from __future__ import annotations

from channels.email.receiving.headers import read_header

MOST_BOUNDARIES = 1_000
MOST_MULTIPARTS = 50


def why_unsafe_to_parse(mail: bytes) -> str | None:
    """Return what is too much about the mail; None when it may be handed to the parser."""
    if read_header(mail) is None:
        return "the header is too large"
    if mail.count(b"\n--") > MOST_BOUNDARIES:
        return "it has too many parts"
    if mail.lower().count(b"multipart/") > MOST_MULTIPARTS:
        return "its parts are nested too deeply"
    return None
