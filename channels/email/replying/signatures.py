"""Open this for the signatures and notices that people's mail programs put below their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped] # ships no types

LOOKED_AT = 20  # own lines: an answer stands above its signature
LONGEST_LINE = 400
LANGUAGES = ["en", "de", "fr", "pl", "es", "it", "nl", "cs", "da", "sv"]


@cache
def _parser() -> EmailReplyParser:
    return EmailReplyParser(languages=LANGUAGES)


def without_signature(said: Sequence[str]) -> list[str]:
    """Return the lines that stay whole when signatures and notices are taken away."""
    looked_at = [line[:LONGEST_LINE] for line in said[:LOOKED_AT]]
    replies = _parser().read("\n".join(looked_at)).replies
    left = {line.strip() for reply in replies for line in (reply.body or "").splitlines()}
    return [line for line in looked_at if line in left]
