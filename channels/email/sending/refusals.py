"""Open this for what a mail server's refusal means: try later, or that Address is dead. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from channels.email.sending.mailbox import one_line
from core.hookspecs import PermanentSendError, SendError, TemporarySendError

SLOWLY = 900.0  # seconds: a refusal that will not change by itself is not hammered at
LONGEST_REASON = 200
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DEAD = re.compile(r"5\.1\.(?:0|1|2|3|6|9|10)|5\.2\.1|5\.6\.7")
_DEAD_CODES = frozenset({550, 551, 553})
_ABOUT_US = re.compile(
    r"relay|spam|block|blacklist|denylist|\brbl\b|reputation|policy|spf|dkim|dmarc|\bptr\b"
    r"|reverse|authenticat|sender|rate|quota|full|helo|ehlo|greylist|not allowed|prohibited",
    re.IGNORECASE,
)


class Step(StrEnum):
    """Where in the conversation the server refused."""

    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


def refusal(step: Step, code: int, said: str) -> SendError:
    """Return the error to raise for a refusal.

    An Address dies only by a word on the recipient itself. Where the server dislikes our login,
    our address, our network or the content, the reader's Address is as good as before.
    """
    words = one_line(said, LONGEST_REASON)
    reason = f"the mail server refused the {step.value}: {code} {words}".rstrip()
    if code < 500:
        return TemporarySendError(reason)
    if step is Step.RECIPIENT and _is_dead(code, words):
        return PermanentSendError(reason)
    return TemporarySendError(reason, SLOWLY)


def _is_dead(code: int, words: str) -> bool:
    enhanced = _ENHANCED.match(words)
    if enhanced:
        return _DEAD.fullmatch(enhanced[1]) is not None
    return code in _DEAD_CODES and not _ABOUT_US.search(words)
