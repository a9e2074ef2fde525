"""Open this for how large and how deep a mail may be: counted without a copy, never parsed."""

from __future__ import annotations

from channels.email.receiving.headers import read_header

MOST_BOUNDARIES = 1_000
MOST_MULTIPARTS = 50
_MULTIPART = b"multipart/"
_SLICE = 65_536


def why_unsafe_to_parse(stored: bytes, start: int = 0) -> str | None:
    """Return what is too much about the mail from `start` on; None when it may be parsed."""
    if read_header(memoryview(stored)[start:]) is None:
        return "the header is too large"
    if stored.count(b"\n--", start) > MOST_BOUNDARIES:
        return "it has too many parts"
    slices = (
        stored[at : at + _SLICE + len(_MULTIPART) - 1] for at in range(start, len(stored), _SLICE)
    )
    if sum(one.lower().count(_MULTIPART) for one in slices) > MOST_MULTIPARTS:
        return "its parts are nested too deeply"
    return None
