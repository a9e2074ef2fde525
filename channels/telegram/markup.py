"""Open this for how text becomes a message: escaped, and never longer than it may be. Pure.

Lengths count UTF-16 units after the markup is gone, as Telegram does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape, unescape

LONGEST = 4096
LONGEST_POP_UP = 200
MOST_PIECES = 8
ELLIPSIS = "…"


def units(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text) + sum(char > "\uffff" for char in text)


def plain(text: str) -> str:
    """Return the text without what no message may hold: lone surrogates and control characters."""
    lines = text.replace("\r\n", "\n")
    return "".join(char if _may_stand(char) else "\ufffd" for char in lines)


def message_html(subject: str, text: str) -> str:
    """Return one message: the subject in bold above the text, shortened where it is too long."""
    subject, text = _shown(subject, text)
    heading = shortened(subject, LONGEST // 4)
    body = shortened(text, LONGEST - units(heading) - 2)
    return "\n\n".join(part for part in (_bold(heading), _escaped(body)) if part)


def pieces_html(subject: str, text: str) -> list[str]:
    """Return as many messages as the text needs, parted between lines."""
    first, *more = _packed(shortened(_shown(subject, text)[1], LONGEST * MOST_PIECES).splitlines())
    if units(first) + units(subject) + 2 > LONGEST:
        return [message_html(subject, ""), _escaped(first), *map(_escaped, more)]
    return [message_html(subject, first), *map(_escaped, more)]


def unescaped(html: str) -> str:
    """Return a message of ours without its markup."""
    return unescape(html.replace("<b>", "").replace("</b>", ""))


def pop_up(subject: str, text: str) -> str:
    """Return what fits on a pop-up; it knows no markup."""
    return shortened("\n".join(filter(None, _shown(subject, text))), LONGEST_POP_UP)


def shortened(text: str, room: int) -> str:
    """Return the text within `room`, its longest lines cut first, so that the last one stays."""
    lines = text.split("\n")
    if len(lines) > room // 8:
        return _cut(text, room)
    excess = units(text) - room
    while excess > 0:
        longest = max(range(len(lines)), key=lambda number: units(lines[number]))
        length = units(lines[longest])
        if length < 2:
            return _cut("\n".join(lines), room)
        lines[longest] = _cut(lines[longest], max(1, length // 2, length - excess))
        excess = units("\n".join(lines)) - room
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _shown(subject: str, text: str) -> tuple[str, str]:
    subject, text = plain(subject).strip(), plain(text).strip()
    return subject, text if subject or text else ELLIPSIS


def _may_stand(char: str) -> bool:
    return char in "\n\t" or (char >= " " and not "\x7f" <= char < "\xa0" and not _is_half(char))


def _is_half(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


def _bold(text: str) -> str:
    return f"<b>{_escaped(text)}</b>" if text else ""


def _cut(text: str, room: int) -> str:
    if units(text) <= room:
        return text
    kept, used = [], units(ELLIPSIS)
    for char in text:
        used += units(char)
        if used > room:
            break
        kept.append(char)
    return "".join(kept).rstrip() + ELLIPSIS


def _packed(lines: Sequence[str]) -> list[str]:
    return list(_pack(lines)) or [""]


def _pack(lines: Sequence[str]) -> Iterator[str]:
    """Yield pieces of whole lines, each within a message."""
    piece: list[str] = []
    used = 0
    for line in (_cut(line, LONGEST) for line in lines):
        if piece and used + units(line) + 1 > LONGEST:
            yield "\n".join(piece)
            piece, used = [], 0
        piece.append(line)
        used += units(line) + 1
    if piece:
        yield "\n".join(piece)
