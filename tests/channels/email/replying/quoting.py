"""Replies as people's mail programs write them: eight styles, eight languages, five ways to post.

The forms were written by hand from how those programs quote; what they quote is our own offer.
"""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from html import escape
from itertools import cycle, product

from channels.email.sending.compose import compose
from channels.email.sending.mailbox import Mailbox
from core.channel import Outgoing
from core.testing.fakes import NOON
from tests.channels.email.sending.parts import REPLIES, told

WHO = "Dispatch <reply+abcdefghijklmnopqrstuvwxyz@dispatch.example>"


@dataclass(frozen=True, slots=True)
class Speech:
    """How mail programs speak in one language."""

    wrote: str  # Gmail, Thunderbird, Apple
    names: tuple[str, str, str, str]  # From, Sent, To, Subject
    phone: str
    original: str


SPEECHES = {
    "en": Speech(
        f"On Fri, 30 Jan 2026 at 12:30, {WHO} wrote:",
        ("From", "Sent", "To", "Subject"),
        "Sent from my iPhone",
        "Original Message",
    ),
    "de": Speech(
        f"Am Fr., 30. Jan. 2026 um 12:30 Uhr schrieb {WHO}:",
        ("Von", "Gesendet", "An", "Betreff"),
        "Von meinem iPhone gesendet",
        "Ursprüngliche Nachricht",
    ),
    "fr": Speech(
        f"Le ven. 30 janv. 2026 à 12:30, {WHO} a écrit :",
        ("De", "Envoyé", "À", "Objet"),
        "Envoyé de mon iPhone",
        "Message d'origine",
    ),
    "pl": Speech(
        f"pt., 30 sty 2026 o 12:30 {WHO} napisał(a):",
        ("Od", "Wysłano", "Do", "Temat"),
        "Wysłane z iPhone'a",
        "Wiadomość oryginalna",
    ),
    "ro": Speech(
        f"În vin., 30 ian. 2026 la 12:30, {WHO} a scris:",
        ("De la", "Trimis", "Către", "Subiect"),
        "Trimis de pe iPhone-ul meu",
        "Mesaj original",
    ),
    "uk": Speech(
        f"пт, 30 січ. 2026 р. о 12:30 {WHO} пише:",
        ("Від", "Надіслано", "Кому", "Тема"),
        "Надіслано з iPhone",
        "Вихідне повідомлення",
    ),
    "es": Speech(
        f"El vie, 30 ene 2026 a las 12:30, {WHO} escribió:",
        ("De", "Enviado el", "Para", "Asunto"),
        "Enviado desde mi iPhone",
        "Mensaje original",
    ),
    "it": Speech(
        f"Il giorno ven 30 gen 2026 alle ore 12:30 {WHO} ha scritto:",
        ("Da", "Inviato", "A", "Oggetto"),
        "Inviato da iPhone",
        "Messaggio originale",
    ),
}
TOP, BOTTOM, INLINE, EMPTY, SIGNED = "top", "bottom", "inline", "empty", "only a signature"
POSTINGS = (TOP, BOTTOM, INLINE, EMPTY, SIGNED)


@dataclass(frozen=True, slots=True)
class Written:
    """One reply: what its writer typed, and the mail that their program made of it."""

    style: str
    speech: str
    posting: str
    own: str
    text: str | None
    html: str | None

    def __str__(self) -> str:
        form = "both" if self.text and self.html else "text" if self.text else "html"
        return f"{self.style} {self.speech} {self.posting} {form}"


@dataclass(frozen=True, slots=True)
class _Draft:
    own: str
    posting: str
    speech: Speech
    quoted_text: str
    quoted_html: str

    @property
    def above(self) -> str:
        match self.posting:
            case "top":
                return self.own
            case "only a signature":
                return self.speech.phone
            case _:
                return ""

    @property
    def below(self) -> str:
        return self.own if self.posting in (BOTTOM, INLINE) else ""

    def marked(self, *, wrap: int = 0) -> str:
        """Quote with `>`; an inline answer stands after the line that asks."""
        lines: list[str] = []
        for line in self.quoted_text.strip().split("\n"):
            pieces = textwrap.wrap(line, wrap) if wrap and line else [line]
            lines += [f"> {piece}".rstrip() for piece in pieces]
        if self.posting == INLINE:
            lines[-1:-1] = ["", self.own, ""]
        elif self.below:
            lines += ["", self.below]
        return "\n".join(lines)

    @property
    def headers(self) -> list[tuple[str, str]]:
        said = (WHO, "Friday, 30 January 2026 12:30", "dave@drivers.example", "Job offer VC8Y-4")
        return list(zip(self.speech.names, said, strict=True))


Form = tuple[str, str]


def _gmail(draft: _Draft) -> Form:
    wrote = draft.speech.wrote
    text = f"{draft.above}\n\n{textwrap.fill(wrote, 72)}\n\n{draft.marked(wrap=70)}\n"
    html = (
        f'<div dir="ltr">{escape(draft.above) or "<br>"}</div><br>'
        f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(wrote)}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">'
        f"{draft.quoted_html}</blockquote>"
        f"{f'<div>{escape(draft.below)}</div>' if draft.below else ''}</div>"
    )
    return text, html


def _outlook(draft: _Draft) -> Form:
    block = "\n".join(f"{name}: {said}" for name, said in draft.headers)
    text = f"{draft.above}\n\n{'_' * 32}\n{block}\n\n{draft.quoted_text}"
    shown = "<br>".join(f"<b>{escape(n)}:</b> {escape(said)}" for n, said in draft.headers)
    html = (
        f'<div class="WordSection1"><p class="MsoNormal">{escape(draft.above)}<o:p></o:p></p>'
        f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid '
        f'#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">{shown}</p></div>'
        f"{draft.quoted_html}</div>"
    )
    return text, html


def _outlook_web(draft: _Draft) -> Form:
    block = "\n".join(f"{name}: {said}" for name, said in draft.headers)
    text = f"{draft.above}\n\n-----{draft.speech.original}-----\n{block}\n\n{draft.quoted_text}"
    shown = "<br>".join(f"<b>{escape(n)}:</b> {escape(said)}" for n, said in draft.headers)
    html = (
        f'<div class="elementToProof">{escape(draft.above)}</div><div id="appendonsend"></div>'
        f'<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">{shown}'
        f"</div>{draft.quoted_html}"
    )
    return text, html


def _apple(draft: _Draft) -> Form:
    phone = draft.speech.phone
    marked = f"> {draft.speech.wrote}\n> \n{draft.marked()}"
    text = f"{draft.above}\n\n{phone}\n\n{marked}\n"
    html = (
        f'<div dir="ltr">{escape(draft.above)}</div><br><div dir="ltr">{escape(phone)}</div>'
        f'<div dir="ltr"><br><blockquote type="cite">{escape(draft.speech.wrote)}<br><br>'
        f'</blockquote></div><blockquote type="cite">{draft.quoted_html}</blockquote>'
        f"<div>{escape(draft.below)}</div>"
    )
    return text, html


def _android(draft: _Draft) -> Form:
    names = [f"{name}: {said}" for name, said in draft.headers]
    original = f"-------- {draft.speech.original} --------"
    text = "\n".join([draft.above, "", "", original, *names, "", draft.quoted_text])
    shown = "".join(f"<div>{escape(line)}</div>" for line in (original, *names))
    html = (
        f'<div dir="auto">{escape(draft.above)}</div><div><br></div><div align="left" dir="auto" '
        f'style="font-size:100%">{shown}</div><div><br></div>{draft.quoted_html}'
    )
    return text, html


def _yahoo(draft: _Draft) -> Form:
    unmarked = textwrap.indent(draft.quoted_text, "\u00a0")
    text = f" {draft.above}\n\n\u00a0 \u00a0 {draft.speech.wrote}  \n \n{unmarked}  "
    html = (
        f'<div class="ydp1 yahoo-style-wrap"><div dir="ltr">{escape(draft.above)}</div></div>'
        f'<div id="ydpyahoo_quoted_42" class="ydp1yahoo_quoted"><div>{escape(draft.speech.wrote)}'
        f"</div><div><br></div>{draft.quoted_html}</div>"
    )
    return text, html


def _thunderbird(draft: _Draft) -> Form:
    signature = "\n\n-- \nDave, vans and more"
    text = f"{draft.above}\n\n{draft.speech.wrote}\n{draft.marked(wrap=76)}{signature}\n"
    above = f"<p>{escape(draft.above)}</p>" if draft.above else ""
    html = (
        f'{above}<div class="moz-cite-prefix">{escape(draft.speech.wrote)}<br></div>'
        f'<blockquote type="cite" cite="mid:x@y">{draft.quoted_html}</blockquote>'
        f"<p>{escape(draft.below)}</p>"
        f'<pre class="moz-signature" cols="72">-- \nDave, vans and more</pre>'
    )
    return text, html


def _webmail(draft: _Draft) -> Form:
    text = f"{draft.above}\n\n---\n\n{draft.speech.wrote}\n\n{draft.marked(wrap=80)}\n"
    if draft.below or draft.posting == INLINE:
        text = f"{draft.speech.wrote}\n\n{draft.marked(wrap=80)}\n"
    html = (
        f"<p>{escape(draft.above)}</p><p>{escape(draft.speech.wrote)}</p>"
        f'<blockquote style="padding-left:5px;border-left:#1010ff 2px solid">'
        f"{draft.quoted_html}</blockquote><p>{escape(draft.below)}</p>"
    )
    return text, html


STYLES: dict[str, Callable[[_Draft], Form]] = {
    "Gmail": _gmail,
    "Outlook": _outlook,
    "Outlook on the web": _outlook_web,
    "Apple": _apple,
    "Android": _android,
    "Yahoo": _yahoo,
    "Thunderbird": _thunderbird,
    "webmail": _webmail,
}
ONLY_TOP = frozenset({"Outlook", "Outlook on the web", "Android", "Yahoo"})


def replies(own: str, *, offer_language: str = "en") -> Iterator[Written]:
    """Yield a reply in every style, language and posting, as text, as HTML and as both.

    What is quoted is our offer below an earlier YES, as in a thread that went to and fro.
    """
    text, html = our_offer(offer_language)
    text, html = f"YES\n\n{text}", f"<div>YES</div>{html}"
    for (style, form), (name, speech), posting in product(
        STYLES.items(), SPEECHES.items(), POSTINGS
    ):
        if style in ONLY_TOP and posting in (BOTTOM, INLINE):
            continue
        said = own if posting in (TOP, BOTTOM, INLINE) else ""
        written, shown = form(_Draft(own, posting, speech, text, html))
        if posting != INLINE:
            yield Written(style, name, posting, said, None, shown)
            yield Written(style, name, posting, said, written, shown)
        yield Written(style, name, posting, said, written, None)


def our_offer(language: str = "en") -> tuple[str, str]:
    """Return both forms of a real offer mail of ours; the HTML without its outer tags."""
    text, html = as_read(told(language=language))
    return text, html.partition("<body>")[2].partition("</body>")[0]


def as_read(message: Outgoing) -> tuple[str, str]:
    """Return both forms of the mail that a message becomes, as its reader's program gets them."""
    to, from_ = Mailbox("dave", "drivers.example"), Mailbox("dispatch", "dispatch.example")
    content = compose(message, to, from_, REPLIES, NOON).content
    mail = BytesParser(EmailMessage, policy=default).parsebytes(content)
    text, html = (_content(mail, kind) for kind in ("plain", "html"))
    assert text
    assert html
    return text, html


_WAYS = cycle(("base64", "quoted-printable"))


def by_wire(written: Written) -> tuple[str | None, str | None]:
    """Return both forms as they come out of a mail that was encoded and parsed again."""
    mail = EmailMessage()
    if written.text is not None:
        mail.set_content(written.text.replace("\n", "\r\n"), cte=next(_WAYS))
        if written.html is not None:
            mail.add_alternative(f"<html><body>{written.html}</body></html>", subtype="html")
    elif written.html is not None:
        mail.set_content(written.html, subtype="html", cte=next(_WAYS))
    parsed = BytesParser(EmailMessage, policy=default).parsebytes(mail.as_bytes())
    return _content(parsed, "plain"), _content(parsed, "html")


def _content(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    return None if part is None else str(part.get_content())
