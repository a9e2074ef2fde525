"""Open this for jobs written as `Key: value` lines, amid greetings, signatures and small print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.intake.field_names import LONGEST_NAME, NOT_KEPT, field_of
from core.intake.pleasantries import (
    HEADER_NAMES,
    SIGNATURE_NAMES,
    SUBJECT_NAMES,
    is_farewell,
    is_polite,
)
from core.intake.values import Description, Said
from core.intake.wording import fold

_RULE = re.compile(r"\s*(?:[-=*_#~]\s?){3,200}\s*")
_MARKS = " \t>*_-\u2022\u00b7\u2013\u25cf\u25aa"
_BEGINS_A_JOB = {"reference", "origin", "destination", "pickup"}
LONGEST_LINE = 12_000  # the longest notes are shorter
_MOST_IN_LINE = 20  # fields
_OF_WORDS = 3  # at most so many words name the next field within a line


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, and the field that it names, if it does."""

    text: str
    name: str | None = None
    value: str = ""

    @property
    def field(self) -> str | None:
        return field_of(self.name) if self.name else None


def read_lines(text: str) -> list[Description]:
    """Return the jobs of a text in `Key: value` lines, parted by a rule or a new reference."""
    reader = _Reader()
    lines = [_line(raw[:LONGEST_LINE]) for raw in text.split("\n")]
    for line in _without_headers(lines):
        reader.take(line)
    reader.close()
    return reader.jobs


def _line(raw: str) -> _Line:
    bare = raw.strip(_MARKS) if raw.strip() else ""
    for mark in (":", "=", "\t", " - "):
        name, found, value = bare.partition(mark)
        name = name.strip(_MARKS)
        if not found or not 0 < len(name) <= LONGEST_NAME or value.startswith("//"):
            continue
        if mark in {":", "="} or field_of(name):
            return _Line(raw, name, value.strip(" \t*_"))
    return _Line(raw)


def _without_headers(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Leave out the From, Sent, To and Subject of a forwarded mail."""
    block: list[_Line] = []
    for line in (*lines, _Line("")):
        if line.name and fold(line.name) in HEADER_NAMES:
            block.append(line)
            continue
        named = {fold(held.name or "") for held in block}
        is_header = named & SUBJECT_NAMES or any("@" in held.value for held in block)
        if not (len(block) > 1 and is_header):
            yield from block
        block = []
        yield line


@dataclass(slots=True)
class _Reader:
    """The jobs of a text while its lines go by."""

    jobs: list[Description] = field(default_factory=list)
    _said: list[Said] = field(default_factory=list)
    _before: list[Said] = field(default_factory=list)  # unknown fields ahead of the first known
    _beside: list[str] = field(default_factory=list)
    _open: str | None = None  # the name whose value goes on in the next line
    _after_blank: bool = True
    _signing: bool = False

    def take(self, line: _Line) -> None:
        """Take the next line."""
        text = line.text.strip()
        if not text:
            self._blank()
        elif text not in {"--", "-- "} and _RULE.fullmatch(line.text[:200]):
            self.close()
        elif not line.field and is_farewell(text):
            self._signing, self._open = True, None
        elif self._signing and line.field not in _BEGINS_A_JOB:
            return
        elif line.name and self._is_named(line):
            self._signing = False
            self._fact(line)
        else:
            self._words(line, text)

    def close(self) -> None:
        """End the job that is being read; a single fact makes none."""
        if len({field_of(said.name) for said in self._said} - {None}) > 1:
            self.jobs.append(Description(tuple(self._said), tuple(self._beside)))
        self._said, self._before, self._beside = [], [], []
        self._open, self._after_blank, self._signing = None, True, False

    def _blank(self) -> None:
        empty = self._said and not self._said[-1].text
        self._open = self._open if empty else None
        self._after_blank = True
        self._before = []

    def _is_named(self, line: _Line) -> bool:
        """Tell whether the line names a field, known or shaped like one."""
        name = fold(line.name or "")
        if self._after_blank and name in SIGNATURE_NAMES:
            return False
        if line.field or name in NOT_KEPT:
            return True
        shaped = name[:1].isalpha() and len(name.split()) <= 4 and not re.search(r"[,.@?!]", name)
        return shaped and bool(line.value) and self._open != "notes"

    def _fact(self, line: _Line) -> None:
        name, known = line.name or "", line.field
        if known is None:
            (self._said or self._before).append(Said(name, line.value))
            self._open, self._after_blank = None, False
            return
        if known == "reference" and any(field_of(said.name) == "reference" for said in self._said):
            self.close()
        self._said += self._before
        self._before, self._after_blank = [], False
        self._said += _facts_of(name, known, line.value)
        self._open = field_of(self._said[-1].name)

    def _words(self, line: _Line, text: str) -> None:
        """Take a line that names no field: more of a value, or words beside the job."""
        if not self._said:
            return
        last = self._said[-1]
        if self._open and (not last.text or self._open == "notes"):
            self._said[-1] = Said(last.name, f"{last.text}\n{text}".strip())
        elif self._open and line.text.startswith(("  ", " \t", "\t")):
            self._said[-1] = Said(last.name, f"{last.text}, {text}")
        elif not is_polite(text):
            self._beside.append(text)
            self._open = None


def _facts_of(name: str, known: str, value: str) -> Iterator[Said]:
    """Yield the facts of a line, of which `From: Leeds To: York` has two."""
    for _ in range(_MOST_IN_LINE):
        following = _next_name(value) if known != "notes" else None
        if following is None:
            break
        begin, end = following
        yield Said(name, value[:begin].strip(" \t,;|"))
        name, value = value[begin:end], value[end + 1 :].strip()
        known = field_of(name) or ""
    yield Said(name, value)


def _next_name(value: str) -> tuple[int, int] | None:
    """Return where the next known name within a value begins, and where its colon stands."""
    colon = value.find(":")
    for _ in range(_MOST_IN_LINE):
        if colon < 0:
            break
        if value[colon + 1 : colon + 2] in {" ", "\t"}:
            begins = [
                m.start() for m in re.finditer(r"[^\s,;|]+", value[max(0, colon - 60) : colon])
            ]
            for begin in begins[-_OF_WORDS:]:
                start = max(0, colon - 60) + begin
                if start > 0 and field_of(value[start:colon]):
                    return start, colon
        colon = value.find(":", colon + 1)
    return None
