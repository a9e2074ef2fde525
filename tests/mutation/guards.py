"""Open this for the wrongs of what decides a write: terms of SQL, filters, asked-for statuses.

A term of SQL is not taken away but made true, so that its values are still bound.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.mutation.mutants import Mutant, Source

ANY_STATUS = '__import__("core.domain").domain.JobStatus'
WRITES = {"update", "delete"}
CHANGES = {"change", "change_all", "change_one", "move", "renew"}
HOLDS = {"hold": 1, "hold_job": 1, "move_job": 1, "move_on": 1}  # where the statuses begin
REFUSALS = re.compile(r"\.(hold|hold_job|move_job|move_on|update|change|change_one|renew|move)\(")

_TERM = re.compile(r"\b(?:WHERE|AND) (?!1 = 1)")
_END = re.compile(r" (?:AND|OR|ORDER BY|GROUP BY|LIMIT|RETURNING|UNION|FOR UPDATE|ON CONFLICT)\b")
_BETWEEN_LITERALS = re.compile(r'"\s*f?"')
_KEY = re.compile(r"(?:\w+\.)?id = \$\d+\Z")


def wrong_guards(source: Source) -> Iterator[Mutant]:
    """Return the mutants of one file in which a condition of a statement holds no more."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr():
                if not any(isinstance(one, ast.JoinedStr) for one in source.above(node)):
                    yield from _terms_of_sql(source, node)
            case ast.Call(func=ast.Attribute(attr="filter")):
                yield from _filters(source, node)
            case ast.Call(func=ast.Attribute(attr=name)) if name in HOLDS:
                yield from _statuses(source, node, HOLDS[name])
            case ast.If(test=test, body=[ast.Return() | ast.Raise() | ast.Continue()]):
                guard = _asks_a_write(source, test)
                written = f"(({source.text(test)}) and False)"
                yield source.instead(test, "refusal ignored", written, guard=guard)
            case _:
                pass


def _terms_of_sql(source: Source, node: ast.Constant | ast.JoinedStr) -> Iterator[Mutant]:
    text, (begins, _) = source.text(node), source.span(node)
    guard = _is_of_a_write(source, node, text)
    for found in _TERM.finditer(text):
        start, end = found.end(), _end_of_term(text, found.end())
        term = text[start:end]
        if not term.strip() or _KEY.match(term):
            continue
        yield Mutant(
            source.file,
            node.lineno + text.count("\n", 0, start),
            begins + len(text[:start].encode()),
            begins + len(text[:end].encode()),
            "SQL term made true",
            f"({term} OR 1 = 1)",
            guard,
        )


def _end_of_term(text: str, start: int) -> int:
    """Return where a term ends: at the next keyword, or with what it stands in."""
    depth, at = 0, start
    while at < len(text):
        if text[at] == '"':
            joined = _BETWEEN_LITERALS.match(text, at)
            if joined is None or (depth == 0 and _END.match(text, joined.end())):
                return at
            at = joined.end()
            continue
        if depth == 0 and _END.match(text, at):
            return at
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth < 0:
            return at
        at += 1
    return at


def _is_of_a_write(source: Source, node: ast.expr, text: str) -> bool:
    if re.search(r"\b(UPDATE|DELETE FROM)\b", text):
        return True
    if "SELECT" in text:
        return False
    for one in source.above(node):
        match one:
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in CHANGES
            case ast.Assign(targets=[ast.Name(id=name)]):
                return _is_given_to_a_change(source, one, name)
            case ast.Return():
                return True
            case _:
                pass
    return False


def _is_given_to_a_change(source: Source, where: ast.AST, name: str) -> bool:
    """Tell whether the condition of that name is what a row is changed by, or leaves unseen."""
    for node in ast.walk(source.function(where)):
        match node:
            case ast.Call(func=ast.Attribute(attr=called), args=given) if called in CHANGES:
                if any(isinstance(one, ast.Name) and one.id == name for one in given):
                    return True
            case ast.Return(value=ast.Name() | ast.IfExp() | ast.JoinedStr() as value):
                if any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(value)):
                    return True
            case _:
                pass
    return False


def _filters(source: Source, call: ast.Call) -> Iterator[Mutant]:
    guard = _is_written(source, call)
    for one in call.keywords:
        if one.arg is None or (guard and one.arg == "id"):
            continue
        kept = [source.text(a) for a in call.args]
        kept += [source.text(k) for k in call.keywords if k is not one]
        written = f"{source.text(call.func)}({', '.join(kept)})"
        yield source.instead(call, f"filter without {one.arg}", written, guard=guard)


def _is_written(source: Source, rows: ast.AST, seen: tuple[str, ...] = ()) -> bool:
    """Tell whether rows so chosen are updated or deleted, here or by the name given to them."""
    for one in source.above(rows):
        match one:
            case ast.Attribute(attr=name) if name in WRITES:
                return True
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in seen:
                return any(
                    _is_written(source, node, (*seen, name))
                    for node in ast.walk(source.function(one))
                    if isinstance(node, ast.Name)
                    and node.id == name
                    and isinstance(node.ctx, ast.Load)
                )
            case ast.Attribute() | ast.Call() | ast.IfExp():
                pass
            case _:
                return False
    return False


def _statuses(source: Source, call: ast.Call, first: int) -> Iterator[Mutant]:
    """Ask for any status, and for any version."""
    name = source.text(call.func)
    asked = call.args[first:]
    if asked:
        many = name.endswith(("hold", "hold_job"))
        other = (
            [f"*{ANY_STATUS}"] if many else [f"tuple({ANY_STATUS})", *map(source.text, asked[1:])]
        )
        kept = [source.text(one) for one in (*call.args[:first],)] + other
        kept += [source.text(one) for one in call.keywords]
        written = f"{name}({', '.join(kept)})"
        yield source.instead(call, "any status is held", written, guard=True)
    for one in call.keywords:
        if one.arg == "version":
            yield source.instead(one, "any version is held", "version=None", guard=True)


def _asks_a_write(source: Source, test: ast.expr) -> bool:
    """Tell whether the condition asks whether a write found its row."""
    if REFUSALS.search(source.text(test)):
        return True
    asked = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in asked
        and bool(REFUSALS.search(source.text(node)))
        for node in ast.walk(source.function(test))
    )
