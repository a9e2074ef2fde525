"""Open this for what of a mail is read: its subject, its text, its HTML, its files.

It runs beside the parser, apart from the service: the library may take any time over a mail.
"""

from __future__ import annotations

import codecs
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser

from core.intake import Attachment

MOST_PARTS = 200
LONGEST_TEXT = 1_000_000
LONGEST_SUBJECT = 300
_WRITTEN_SUBJECT = 3_000


@dataclass(frozen=True, slots=True)
class Parts:
    """What a person wrote and attached."""

    text: str
    html: str
    files: tuple[Attachment, ...]


def parse(mail: bytes) -> Message:
    """Return the mail as the library sees it: fields untouched, since parsing those is costly."""
    return BytesParser(policy=policy.compat32).parsebytes(mail)


def read_parts(message: Message) -> Parts:
    """Return the parts that a reader would show, in their order, and those they would save."""
    text: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    for part in _leaves(message):
        kind, name = part.get_content_type(), _file_name(part)
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        is_file = bool(name) or part.get_content_disposition() == "attachment"
        if kind in ("text/plain", "text/html") and not is_file:
            (text if kind == "text/plain" else html).append(_decoded(payload, part))
        else:
            files.append(Attachment(name, kind, payload))
    return Parts("\n".join(text)[:LONGEST_TEXT], "\n".join(html)[:LONGEST_TEXT], tuple(files))


def read_subject(written: str) -> str:
    """Return a subject in words, whatever its charset claims to be."""
    words = written[:_WRITTEN_SUBJECT]
    try:
        pieces = decode_header(words)
    except (MessageError, NotBase64, ValueError):
        pieces = [(words, None)]
    decoded = "".join(
        piece if isinstance(piece, str) else _in_charset(piece, charset or "utf-8")
        for piece, charset in pieces
    )
    return " ".join(clean(decoded).split())[:LONGEST_SUBJECT]


def clean(text: str) -> str:
    """Return the text without NUL and without halves of characters: no database keeps those."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold no parts; a mail inside a mail is not looked into."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part = waiting.pop()
        seen += 1
        if not part.is_multipart():
            yield part
        elif part.get_content_maintype() == "multipart":
            waiting.extend(reversed(_children(part)))


def _children(part: Message) -> list[Message]:
    """Return the parts of a part; only of one that has any: asking a leaf decodes it."""
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _file_name(part: Message) -> str:
    name = part.get_filename()
    return " ".join(read_subject(name).split()) if isinstance(name, str) else ""


def _decoded(payload: bytes, part: Message) -> str:
    charset = part.get_content_charset()
    return clean(_in_charset(payload, charset if isinstance(charset, str) else "utf-8"))


def _in_charset(payload: bytes, charset: str) -> str:
    """Return the text, in the nearest charset that fits: many mails name a wrong one."""
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name == "ascii":
                continue
            return payload.decode(name)
        except (LookupError, ValueError):
            continue
    return payload.decode("cp1252", "replace")
