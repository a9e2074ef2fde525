"""Open this for how a mail's header is read: in one pass, without the library's parser.

That parser needs minutes for a header that was made to hurt, and splits lines at places where
mail servers do not. What is decided by the header is decided from this reading alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from channels.email.addresses import named_address

LONGEST_HEADER = 128_000
LONGEST_FIELD = 16_000
_NAME = re.compile(rb"[!-9;-~]{1,76}")
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,250}>")


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of a mail from top to bottom: name in lower case, value without line breaks."""

    fields: tuple[tuple[str, str], ...]
    is_plain: bool = True  # False where readers may differ over where a field begins

    def all(self, name: str) -> Iterator[str]:
        """Yield the values of every field of that name, topmost first."""
        return (value for known, value in self.fields if known == name)

    def only(self, name: str) -> str | None:
        """Return the value of the one field of that name; None for none or several."""
        values = tuple(self.all(name))
        return values[0] if len(values) == 1 else None

    @property
    def sender(self) -> tuple[str, str] | None:
        """Name and address of the From; None unless it is one From with one plain address."""
        written = self.only("from")
        if written is None or not self.is_plain:
            return None
        return named_address(written)

    @property
    def message_id(self) -> str | None:
        """The Message-ID, when there is exactly one and it is well formed."""
        written = (self.only("message-id") or "").strip()
        return written if _MESSAGE_ID.fullmatch(written) else None


def read_header(mail: bytes | memoryview) -> Header | None:
    """Return the header; None when it, or one field of it, is too large."""
    block = _block(mail)
    if block is None:
        return None
    fields: list[tuple[str, str]] = []
    is_plain = b"\r" not in block.replace(b"\r\n", b"\n") and b"\x00" not in block
    for lines in _unfolded(block):
        name, colon, value = b" ".join(lines).partition(b":")
        if len(value) > LONGEST_FIELD:
            return None
        if colon and _NAME.fullmatch(name.rstrip(b" \t")):
            fields.append((name.decode("ascii").rstrip().lower(), _text(value).strip()))
        else:
            is_plain = False
    return Header(tuple(fields), is_plain)


def external_id(mail: bytes | memoryview, header: Header) -> str:
    """Return what two deliveries of one mail share: its Message-ID, else all of its bytes."""
    message_id = header.message_id
    if message_id is None:
        return f"raw:{sha256(mail).hexdigest()}"
    return f"mid:{sha256(message_id.encode('utf-8', 'replace')).hexdigest()}"


def _block(mail: bytes | memoryview) -> bytes | None:
    start = bytes(mail[: LONGEST_HEADER + 4])
    ends = [end for mark in (b"\r\n\r\n", b"\n\n") if (end := start.find(mark)) >= 0]
    if start[:1] in (b"\n", b"\r"):
        return b""
    if ends:
        return start[: min(ends)]
    return start if len(mail) <= LONGEST_HEADER else None


def _unfolded(block: bytes) -> Iterator[list[bytes]]:
    """Yield the lines of each field, those that continue it included."""
    lines: list[bytes] = []
    for line in block.split(b"\n"):
        stripped = line.removesuffix(b"\r")
        if line[:1] in (b" ", b"\t") and lines:
            lines.append(stripped.strip(b" \t"))
        else:
            if lines:
                yield lines
            lines = [stripped]
    if lines and lines != [b""]:
        yield lines


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
