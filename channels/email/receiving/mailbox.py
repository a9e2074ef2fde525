"""Open this for mail that lies in a mailbox: fetched by IMAP, stored, and only then marked as seen.

It blocks, so it runs in a thread. The library that fetches would parse every mail, which a mail
can make take for ever; so bytes are asked for, by the connection below it.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted, MailMessageFlags

ANSWER_SECONDS = 20.0
AT_ONCE = 50
_SIZE = b"RFC822.SIZE "


class MailboxFault(Exception):
    """The mailbox could not be read this time."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail of the mailbox; only its header when the whole is too large."""

    uid: str
    mail: bytes
    cut: bool


@contextlib.contextmanager
def opened(url: str) -> Iterator[BaseMailBox]:
    """Log in to the mailbox that the URL names, and out again."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    box: BaseMailBox
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        port = parts.port or 993
        box = MailBox(host, port, timeout=ANSWER_SECONDS, ssl_context=context)
    else:
        box = MailBoxUnencrypted(host, parts.port or 143, timeout=ANSWER_SECONDS)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""), folder)
        yield box
    finally:
        with contextlib.suppress(Exception):
            box.logout()
        with contextlib.suppress(OSError):  # logging out leaves a broken connection open
            box.client.shutdown()


def unseen(box: BaseMailBox) -> list[str]:
    """Return what to ask for, oldest first."""
    return [str(uid) for uid in box.uids("UNSEEN")[:AT_ONCE]]


def fetch(box: BaseMailBox, uid: str, max_bytes: int) -> Fetched | None:
    """Return a mail without marking it; None when it is gone."""
    size = _size_of(_answer(box, uid, "(RFC822.SIZE)"))
    if size is None:
        return None
    cut = size > max_bytes
    mail = _literal(_answer(box, uid, "(BODY.PEEK[HEADER])" if cut else "(BODY.PEEK[])"))
    return None if mail is None else Fetched(uid, mail, cut)


def mark_seen(box: BaseMailBox, uid: str) -> None:
    """Have it not come again."""
    box.flag(uid, MailMessageFlags.SEEN, value=True)


def _answer(box: BaseMailBox, uid: str, what: str) -> list[object]:
    status, data = box.client.uid("fetch", uid, what)
    if status != "OK":
        raise MailboxFault(f"FETCH was answered {status}")
    return list(data)


def _size_of(data: list[object]) -> int | None:
    for piece in data:
        line = piece[0] if isinstance(piece, tuple) else piece
        if isinstance(line, bytes) and _SIZE in line:
            digits = line.partition(_SIZE)[2].split(b")")[0].split(b" ")[0]
            return int(digits) if digits.isdigit() else None
    return None


def _literal(data: list[object]) -> bytes | None:
    return next((bytes(piece[1]) for piece in data if isinstance(piece, tuple)), None)
