"""Open this for how text becomes a message: escaped, and never longer than it may be. Pure.

Lengths count UTF-16 units after the markup is gone, as Telegram does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape, unescape

LONGEST = 4096
LONGEST_POP_UP = 200
MOST_PIECES = 8
SHORTEST_LINE = 20  # shorter ones say nothing: so many lines are cut at the end instead
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
    heading, text = _shown(subject, text)
    whole = shortened(text, LONGEST * MOST_PIECES)
    if units(heading) + units(whole) + 2 <= LONGEST:
        return [message_html(subject, whole)]
    pieces = [_escaped(piece) for piece in _packed(whole.splitlines()) if piece.strip()]
    return [message_html(heading, ""), *pieces] if heading else pieces


def unescaped(html: str) -> str:
    """Return a message of ours without its markup."""
    return unescape(html.replace("<b>", "").replace("</b>", ""))


def pop_up(subject: str, text: str) -> str:
    """Return what fits on a pop-up; it knows no markup."""
    return shortened("\n".join(filter(None, _shown(subject, text))), LONGEST_POP_UP)


def shortened(text: str, room: int) -> str:
    """Return the text within `room`, its longest lines cut first, so that the last one stays."""
    if units(text) <= room:
        return text
    lines = text.split("\n")
    lengths = [units(line) for line in lines]
    shorter, longer = 0, room
    while shorter < longer:
        middle = (shorter + longer + 1) // 2
        fits = sum(min(length, middle) for length in lengths) + len(lines) - 1 <= room
        shorter, longer = (middle, longer) if fits else (shorter, middle - 1)
    if shorter < SHORTEST_LINE:
        return _cut(text, room)
    return "\n".join(_cut(line, shorter) for line in lines)


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


def _packed(lines: Sequence[str]) -> Iterator[str]:
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
