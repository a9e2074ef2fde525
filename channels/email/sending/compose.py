"""Open this for what a mail of ours looks like on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy, Policy
from email.utils import format_datetime
from typing import Any

from channels.email.replying.addresses import reply_address
from channels.email.sending.mailbox import Mailbox, one_line
from channels.email.sending.page import page
from channels.email.sending.phrases import phrases_of
from channels.email.sending.threads import place_of, subject_of
from core.channel import Outgoing
from core.domain import MessageKind

LONGEST_SUBJECT = 150
NO_AUTO_ANSWERS = "RN, NRN, OOF, AutoReply"  # not "All": Exchange would keep its bounces, too
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_ANSWERS = frozenset({"answer", "receipt"})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail and its envelope."""

    message_id: str
    sender: str
    recipient: str
    content: bytes
    ascii_only: bool


def compose(
    message: Outgoing, to: Mailbox, from_: Mailbox, replies: str | None, now: datetime
) -> Mail:
    """Return the same mail, but for Date and a word about the repeat, on every attempt."""
    place = place_of(message, from_.domain)
    answers_to = (
        reply_address(replies, message.reply_token) if replies and message.reply_token else None
    )
    mail = EmailMessage(_policy(ascii_only=to.is_ascii))
    mail["From"] = from_.header()
    mail["To"] = to.header()
    mail["Subject"] = one_line(subject_of(message), LONGEST_SUBJECT)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = place.message_id
    if answers_to is not None:
        mail["Reply-To"] = answers_to
    if place.answers is not None:
        mail["In-Reply-To"] = place.answers
        mail["References"] = " ".join(place.below)
    replied = message.kind.value in _ANSWERS
    mail["Auto-Submitted"] = "auto-replied" if replied else "auto-generated"
    mail["X-Auto-Response-Suppress"] = NO_AUTO_ANSWERS
    text = said_in(message, can_answer=answers_to is not None)
    mail.set_content(text, cte="quoted-printable")
    html = _plain(page(message, text, answers_to))
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{message.token}")
    return Mail(
        message_id=place.message_id,
        sender=answers_to or from_.address,
        recipient=to.address,
        content=mail.as_bytes(),
        ascii_only=to.is_ascii,
    )


def said_in(message: Outgoing, *, can_answer: bool) -> str:
    """Return the text of a mail; where the subject is that of another mail, ours comes first."""
    parts = [message.text]
    if subject_of(message) != message.subject and not message.text.startswith(message.subject):
        parts.insert(0, message.subject)
    if can_answer and message.kind is MessageKind.APPROVAL_REQUEST:
        parts.append(phrases_of(message.language).decide_by_answer)
    if can_answer and message.kind is MessageKind.ALERT:
        parts.append(phrases_of(message.language).alert_by_answer)
    text = "\n\n".join(part for part in (_plain(part).strip("\n") for part in parts) if part)
    return f"{text}\n"


def _plain(text: str) -> str:
    """Return a text without what would end a line, a mail or a terminal's patience."""
    lines = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    return lines.encode("utf-8", "replace").decode()


def _policy(*, ascii_only: bool) -> EmailPolicy[EmailMessage]:
    """Return how headers are written: Message-IDs as they are, which the library would encode."""
    registry = HeaderRegistry()
    for name in ("in-reply-to", "references"):
        registry.map_to_type(name, _MessageIds)
    base = SMTP if ascii_only else SMTPUTF8
    return base.clone(cte_type="7bit", header_factory=registry)


class _MessageIds(BaseHeader):
    """A header of Message-IDs, folded between them and never inside one."""

    max_count = 1

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the value as it is: ids were checked before."""
        kwds["parse_tree"] = None
        kwds["decoded"] = " ".join(value.split())

    def fold(self, *, policy: Policy[Any]) -> str:
        """Return `Name: <id>` with each further id on a line of its own."""
        folded = str(self).replace(" ", f"{policy.linesep} ")
        return f"{self.name}: {folded}{policy.linesep}"
