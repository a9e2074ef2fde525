"""Open this for HTML in messages: read as strictly as the Bot API reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.chat_server.refusals import RefusedError, bad_request

TAGS: Mapping[str, str] = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
ATTRIBUTE = re.compile(r"\s*([^\s=>/\"']*)\s*(=?)\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]*))")
COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")
LINKED_SCHEMES = {"http", "https", "tg", "ton", "mailto"}


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text as people see it, and which parts of it look different; offsets in UTF-16 units."""

    text: str
    entities: tuple[Mapping[str, Any], ...] = ()


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    extra: Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    text: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.text.append(text)
        self.length += utf16_length(text)


def utf16_length(text: str) -> int:
    """Return the length that the Bot API counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> Formatted:
    """Return text without any format but its commands."""
    commands = (
        {
            "type": "bot_command",
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in COMMAND.finditer(text)
    )
    return Formatted(text, tuple(commands))


def read_html(source: str) -> Formatted:
    """Return what the HTML means; raises the 400 that real bots get for what is wrong in it."""
    reading = _Reading()
    place = 0
    while place < len(source):
        match source[place]:
            case "&":
                place = _read_reference(source, place, reading)
            case "<":
                read = _read_end if source.startswith("</", place) else _read_start
                place = read(source, place, reading)
            case letter:
                reading.add(letter)
                place += 1
    if reading.open:
        tag = reading.open[-1].tag
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{tag}"')
    return _trimmed("".join(reading.text), reading.entities)


def _read_reference(source: str, place: int, reading: _Reading) -> int:
    found = REFERENCE.match(source, place)
    if found is None:
        reading.add("&")
        return place + 1
    decimal, hexadecimal, name = found.groups()
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    if name is None and not (0 < code <= 0x10FFFF):
        reading.add("&")
        return place + 1
    reading.add(NAMED[name] if name else chr(code))
    return found.end()


def _read_start(source: str, place: int, reading: _Reading) -> int:
    """Read `<tag attributes>`; return where it ends."""
    at = _byte_offset(source, place)
    name_end = place + 1
    while name_end < len(source) and source[name_end] not in "> \t\r\n":
        name_end += 1
    tag = source[place + 1 : name_end].lower()
    if name_end == len(source):
        raise _cannot_parse(f"Unclosed start tag at byte offset {at}")
    if tag not in TAGS:
        raise _cannot_parse(f'Unsupported start tag "{tag}" at byte offset {at}')
    attributes: dict[str, str] = {}
    while True:
        while name_end < len(source) and source[name_end].isspace():
            name_end += 1
        if name_end == len(source):
            raise _cannot_parse(f"Unclosed start tag at byte offset {at}")
        if source[name_end] == ">":
            break
        found = ATTRIBUTE.match(source, name_end)
        if found is None or not found[1]:
            raise _cannot_parse(f'Empty attribute name in the tag "{tag}" at byte offset {at}')
        attributes[found[1].lower()] = found[3] or found[4] or found[5] or ""
        name_end = found.end()
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    reading.open.append(_Open(tag, reading.length, _extra(tag, attributes)))
    return name_end + 1


def _read_end(source: str, place: int, reading: _Reading) -> int:
    """Read `</tag>` and keep what it ends; return where it ends."""
    at = _byte_offset(source, place)
    if not reading.open:
        raise _cannot_parse(f"Unexpected end tag at byte offset {at}")
    end = source.find(">", place)
    if end < 0:
        raise _cannot_parse(f"Unclosed end tag at byte offset {at}")
    tag = source[place + 2 : end].strip().lower()
    begun = reading.open.pop()
    if tag not in ("", begun.tag):
        expected = f'expected "</{begun.tag}>", found "</{tag}>"'
        raise _cannot_parse(f"Unmatched end tag at byte offset {at}, {expected}")
    length = reading.length - begun.offset
    if length and (begun.tag != "a" or begun.extra):
        where = {"offset": begun.offset, "length": length}
        reading.entities.append({"type": TAGS[begun.tag], **where, **begun.extra})
    return end + 1


def _extra(tag: str, attributes: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what an entity says besides its place; a link to nowhere is no link."""
    if tag == "a":
        url = REFERENCE.sub(lambda found: NAMED.get(found[3], found[0]), attributes.get("href", ""))
        return {"url": url} if urlsplit(url).scheme in LINKED_SCHEMES else {}
    return {"custom_emoji_id": attributes.get("emoji-id", "")} if tag == "tg-emoji" else {}


def _trimmed(text: str, entities: list[dict[str, Any]]) -> Formatted:
    """Return it without space around; entities move and shrink with it."""
    before = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    total = utf16_length(text)
    kept = []
    for entity in sorted(entities, key=lambda each: (each["offset"], -each["length"])):
        begin = max(entity["offset"] - before, 0)
        end = min(entity["offset"] - before + entity["length"], total)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return Formatted(text, tuple(kept))


def _byte_offset(source: str, place: int) -> int:
    return len(source[:place].encode("utf-8", "surrogatepass"))


def _cannot_parse(reason: str) -> RefusedError:
    return bad_request(f"can't parse entities: {reason}")
