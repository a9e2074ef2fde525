"""Open this for the small wrongs of plain code: comparisons, booleans, constants, statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.mutation.mutants import Mutant, Source

SWAPPED: dict[type[ast.cmpop | ast.operator], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
}
ONLY_TOLD = ("log.", "warnings.warn(")


def plain_wrongs(source: Source) -> Iterator[Mutant]:
    """Return the mutants of one file that any program could have."""
    for node in _code(source.tree):
        yield from _of_values(source, node)
        yield from _of_steps(source, node)


def _of_values(source: Source, node: ast.AST) -> Iterator[Mutant]:
    match node:
        case ast.Compare(ops=[op], left=left, comparators=[right]):
            yield _swapped(source, node, op, left, right)
        case ast.BinOp(op=op, left=left, right=right) if type(op) in SWAPPED:
            if not _is_text(left) and not _is_text(right):
                yield _swapped(source, node, op, left, right)
        case ast.BoolOp():
            yield from _terms(source, node)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield source.instead(node, "not removed", f"({source.text(inner)})")
        case ast.Constant(value=bool() as value):
            yield source.instead(node, "constant", str(not value))
        case ast.Constant(value=int() as value):
            yield source.instead(node, "constant", str(value + 1))
        case _:
            pass


def _of_steps(source: Source, node: ast.AST) -> Iterator[Mutant]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield source.instead(test, "condition negated", f"(not ({source.text(test)}))")
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield source.instead(value, "returns nothing", "None")
        case ast.Expr(value=ast.Call() | ast.Await()):
            if not source.text(node).startswith(ONLY_TOLD):
                yield source.instead(node, "statement removed", "pass")
        case ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield source.instead(node, "statement removed", "pass")
        case _:
            pass


def _swapped(
    source: Source,
    node: ast.expr,
    op: ast.cmpop | ast.operator,
    left: ast.expr,
    right: ast.expr,
) -> Mutant:
    """Write the other operator between the two sides, whatever brackets they stand in."""
    sign, other = SWAPPED[type(op)]
    begins, ends = source.span(left)[1], source.span(right)[0]
    between = source.data[begins:ends].decode().replace(sign, other, 1)
    return Mutant(source.file, node.lineno, begins, ends, f"{sign} to {other}", between)


def _terms(source: Source, node: ast.BoolOp) -> Iterator[Mutant]:
    """Swap `and` and `or`; leave out each term."""
    terms = [f"({source.text(term)})" for term in node.values]
    word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    yield source.instead(node, f"{word} to {other}", f"({f' {other} '.join(terms)})")
    for left_out in range(len(terms)):
        rest = [term for number, term in enumerate(terms) if number != left_out]
        written = f"({f' {word} '.join(rest)})"
        yield source.instead(node, f"term {left_out + 1} of {word} removed", written)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Return what runs: no annotation, decorator, docstring, or what is only told or checked."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for below in value if isinstance(value, list) else [value]:
            if isinstance(below, ast.AST) and not _is_apart(below):
                yield below
                yield from _code(below)


def _is_apart(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
            return True
        case ast.Subscript(value=ast.Name(id=name)):
            return name[:1].isupper()  # a type
        case _:
            return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
