"""Open this for what a mutant is: one place of one file, and what stands there instead."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """The bytes from `start` to `end` of `file` replaced; `guard`: a condition of a write."""

    file: str
    line: int
    start: int
    end: int
    operator: str
    written: str
    guard: bool = False

    def applied(self, source: bytes) -> bytes:
        """Return the file with the mutant in it."""
        return source[: self.start] + self.written.encode() + source[self.end :]

    def name(self) -> str:
        """Return what to call it in one line."""
        return f"{self.file}:{self.line} {self.operator}"

    def difference(self, source: bytes) -> str:
        """Return the changed lines, before and after."""
        before, after = source.decode().splitlines(), self.applied(source).decode().splitlines()
        lines = list(difflib.unified_diff(before, after, n=0, lineterm=""))[3:]
        return "\n".join(lines)


class Source:
    """One file, its tree, and where its nodes begin and end in bytes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.data = text.encode()
        self.tree = ast.parse(text)
        self._starts = [0, *accumulate(len(line) for line in self.data.splitlines(keepends=True))]
        self._above = {
            below: node for node in ast.walk(self.tree) for below in ast.iter_child_nodes(node)
        }

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Return where the node begins and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def text(self, node: ast.expr | ast.stmt | ast.keyword) -> str:
        """Return the node as it is written."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Return what the node stands in, from near to far."""
        while (found := self._above.get(node)) is not None:
            yield found
            node = found

    def function(self, node: ast.AST) -> ast.AST:
        """Return the function in which the node stands, or the module."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return next((one for one in self.above(node) if isinstance(one, kinds)), self.tree)

    def instead(
        self,
        node: ast.expr | ast.stmt | ast.keyword,
        operator: str,
        written: str,
        *,
        guard: bool = False,
    ) -> Mutant:
        """Return the mutant that writes something else where the node stands."""
        start, end = self.span(node)
        return Mutant(self.file, node.lineno, start, end, operator, written, guard)
