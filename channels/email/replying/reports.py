"""Open this for delivery reports: what other mail servers say became of a mail of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import Message

from channels.email.replying.addresses import reply_token_of
from core.channel import DeliveryReport

LONGEST_REASON = 200
LONGEST_BODY = 50_000  # characters of a bounce in plain words
MOST_RECIPIENTS = 10  # a mail of ours has one
_ARRIVED = {"failed": False, "delivered": True, "relayed": True, "expanded": True}
_OUR_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s@]+>")
_ID_LINE = re.compile(r"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
_BOUNCE_SENDER = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_BOUNCE_SAYS = re.compile(
    r"(?:undeliver|could not be delivered|delivery (?:has )?failed|permanent (?:fatal )?error"
    r"|failure notice|returning message to sender)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b|\b5[0-5]\d[ -]")


def read_report(
    message: Message, recipients: Iterable[str] = (), replies: str = ""
) -> tuple[DeliveryReport, ...]:
    """Return what a mail reports on a mail of ours; empty when it is no final word on one.

    Which mail it was is told by the address that the report came to, else by the Message-ID that
    it returns. Whether that token is ours is for the service to know.
    """
    token = reply_token_of(recipients, replies) or _returned_token(message)
    if token is None:
        return ()
    arrived = [_outcome(fields) for fields in _reported(message)]
    final = [report for report in arrived if report is not None]
    if not final and not arrived and _is_plain_bounce(message):
        final = [(False, _said(message))]
    if not final:
        return ()
    delivered, reason = next((r for r in final if not r[0]), final[0])
    return (DeliveryReport(token, delivered, reason),)


def _reported(message: Message) -> Iterator[Message]:
    """Yield the fields on each recipient; the first block is about the mail as a whole."""
    for part in message.walk():
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            blocks = part.get_payload()
            if isinstance(blocks, list):
                yield from [b for b in blocks if isinstance(b, Message)][: MOST_RECIPIENTS + 1]


def _outcome(fields: Message) -> tuple[bool, str | None] | None:
    """Return (delivered, reason) for a final word; None for a delay or the first block."""
    action = _plain(fields.get("Action", "")).split(" ", 1)[0].casefold()
    if action not in _ARRIVED:
        return None
    delivered = _ARRIVED[action]
    diagnostic = _plain(fields.get("Diagnostic-Code", "")).partition(";")[2].strip()
    reason = f"{_plain(fields.get('Status', ''))} {diagnostic}".strip()
    return delivered, None if delivered else reason[:LONGEST_REASON] or "the mail was returned"


def _returned_token(message: Message) -> str | None:
    """Return the token in the Message-ID of the mail that the report returns."""
    for part in message.walk():
        if part.get_content_type() in _RETURNED or part is message:
            for text in _returned(part):
                found = _ID_LINE.search(text)
                ours = _OUR_ID.fullmatch(found[1]) if found else None
                if ours:
                    return ours[1]
    return None


def _returned(part: Message) -> Sequence[str]:
    if not part.is_multipart():
        return (_body(part),)
    payload = part.get_payload()
    if part.get_content_maintype() != "message" or not isinstance(payload, list):
        return ()
    return tuple(
        f"message-id: {m.get('Message-ID', '')}" for m in payload if isinstance(m, Message)
    )


def _is_plain_bounce(message: Message) -> bool:
    """Tell whether a mail server says in words, not in the form for it, that a mail failed."""
    by_a_server = _BOUNCE_SENDER.search(_plain(message.get("From", "")))
    if message.is_multipart() or not (by_a_server or "X-Failed-Recipients" in message):
        return False
    text = f"{_plain(message.get('Subject', ''))}\n{_body(message)}"
    return bool(_BOUNCE_SAYS.search(text) and _STATUS.search(text))


def _said(message: Message) -> str:
    found = (line for line in _body(message).splitlines() if _STATUS.search(line))
    return _plain(next(found, "the mail was returned"))[:LONGEST_REASON]


def _body(message: Message) -> str:
    """Return a text as far as it is plain: the charset that it claims may be none at all."""
    payload = message.get_payload(decode=True)
    return payload.decode("utf-8", "replace")[:LONGEST_BODY] if isinstance(payload, bytes) else ""


def _plain(value: object) -> str:
    return " ".join(str(value).split())[:1_000]
