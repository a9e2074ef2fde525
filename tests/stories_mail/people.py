"""People with a mailbox: what they were sent, and how their mail programs write."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr
from itertools import count

from tests.channels.email.sink import Sink

INTAKE = "jobs@dispatch.example"
HandIn = Callable[[str, Sequence[str], bytes], Awaitable[int]]
File = tuple[str, str, bytes]  # name, type, content

_numbers = count(1)


@dataclass(slots=True)
class Person:
    """Somebody who sends and gets mail, as their From says."""

    name: str
    address: str
    sink: Sink
    hand_in: HandIn
    sent: list[EmailMessage] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        """Return what they got, oldest first."""
        return [taken.mail for taken in self.sink.taken if self.address in taken.recipients]

    @property
    def subjects(self) -> list[str]:
        """Return the subjects of what they got."""
        return [mail["Subject"] for mail in self.mails]

    def got(self, words: str) -> EmailMessage:
        """Return the newest mail whose subject or text holds these words."""
        found = (
            mail for mail in reversed(self.mails) if words in f"{mail['Subject']}\n{said(mail)}"
        )
        mail: EmailMessage | None = next(found, None)
        assert mail is not None, f"{self.name} never got {words!r}: {self.subjects}"
        return mail

    async def writes(
        self,
        body: str = "",
        *,
        subject: str = "A job",
        to: str = INTAKE,
        html: str | None = None,
        files: Sequence[File] = (),
        **headers: str,
    ) -> int:
        """Send a mail; return the code of the answer to it."""
        mail = EmailMessage()
        mail["From"] = formataddr((self.name, self.address))
        mail["To"] = to
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{next(_numbers)}@{self.address.rpartition('@')[2]}>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        for name, kind, content in files:
            maintype, _, subtype = kind.partition("/")
            mail.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
        return await self.sends(mail, to)

    async def sends(self, mail: EmailMessage, to: str) -> int:
        """Hand a mail in as it is."""
        self.sent.append(mail)
        return await self.hand_in(self.address, (to,), mail.as_bytes())

    async def sends_again(self) -> int:
        """Let a mail server deliver their newest mail a second time."""
        return await self.sends(self.sent[-1], self.sent[-1]["To"])

    async def answers(self, words: str, to: EmailMessage, **headers: str) -> int:
        """Answer a mail above its quotation, in text and HTML, as mail programs do."""
        quoted = said(to)
        wrote = f"On Fri, 30 Jan 2026 at 12:00, {to['From']} <{to['Reply-To']}> wrote:"
        text = f"{words}\n\n{wrote}\n\n{textwrap.indent(quoted, '> ', lambda line: True)}"
        html = (
            f'<div dir="ltr">{words}</div><br><div class="gmail_quote"><div class="gmail_attr">'
            f"{wrote}</div><blockquote>{quoted}</blockquote></div>"
        )
        return await self.writes(
            text,
            subject=f"Re: {to['Subject'].removeprefix('Re: ')}",
            to=to["Reply-To"],
            html=html,
            files=(),
            **{"In_Reply_To": to["Message-ID"], "References": to["Message-ID"], **headers},
        )


def said(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text


def links(mail: EmailMessage) -> list[str]:
    """Return the web links in the text of a mail."""
    return re.findall(r"https?://\S+", said(mail))
