"""The client's side of the story: what was asked, and what was acknowledged before the next."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a client wants, by a name under which it may be asked again."""

    what: str  # sync, create, approve, start, reply, cancel, assign, tick
    key: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    job_id: int | None = None
    agent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said to it."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def acknowledged(self) -> bool:
        """Whether the service promised that it is done."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class Line:
    """One ask, with its answer once there is one."""

    ask: Ask
    answer: Answer | None = None


class Ledger:
    """Every ask and answer in order; each answer is written to the file before the next ask."""

    def __init__(self, path: Path | None = None) -> None:
        self.lines: list[Line] = []
        self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None

    def asked(self, ask: Ask) -> Line:
        """Note that something is about to be asked."""
        line = Line(ask)
        self.lines.append(line)
        return line

    def answered(self, line: Line, answer: Answer) -> None:
        """Note what was answered."""
        line.answer = answer
        if self._file is not None:
            told = [line.ask.what, line.ask.key, answer.status, dict(answer.body)]
            self._file.write(json.dumps(told, default=str) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    @property
    def acknowledged(self) -> Iterator[tuple[Ask, Answer]]:
        """What the service promised."""
        for line in self.lines:
            if line.answer is not None and line.answer.acknowledged:
                yield line.ask, line.answer

    @property
    def unanswered(self) -> list[Ask]:
        """What was asked and never answered, under whatever number of tries; each once."""
        answered = {line.ask.key for line in self.lines if line.answer is not None}
        open_ones = {line.ask.key: line.ask for line in self.lines if line.answer is None}
        return [ask for key, ask in open_ones.items() if key not in answered]
