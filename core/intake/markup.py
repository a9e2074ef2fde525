"""Open this for jobs in HTML: its innermost tables, and its text as lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.intake.rows import MOST_COLUMNS, MOST_ROWS, read_rows
from core.intake.values import Description
from core.intake.wording import clean

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 60  # levels between a row and its outermost table
MOST_TAGS = 20_000
MOST_OPEN = 1_000  # tags within one another: parsing takes the square of it
_UNSHOWN = "script, style, head, template, noscript, blockquote, .gmail_quote"
_BLOCKS = "br, p, div, tr, li, h1, h2, h3, h4, hr, table, ul, ol"
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:]{0,20})")
_NEED_NO_END = {
    *("p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "br", "hr"),
    *("img", "meta", "link", "input", "col", "base", "area", "wbr"),
}
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_LINE_BLANKS = re.compile(r"[ \t]{2,}")


def refusal_of(html: str) -> str | None:
    """Return why HTML is not read: too many tags, or too many within one another."""
    if html.count("<") > MOST_TAGS:
        return f"the HTML has more than {MOST_TAGS} tags"
    depth = deepest = 0
    for end, name in _TAG.findall(html):
        if name.lower() not in _NEED_NO_END:
            depth = max(0, depth - 1) if end else depth + 1
            deepest = max(deepest, depth)
    return "the HTML is nested too deeply" if deepest > MOST_OPEN else None


def read_tables(html: str) -> list[Description]:
    """Return the jobs of the tables that hold no other table."""
    tables = _innermost(_parsed(html))
    return [job for table in tables for job in read_rows(table)]


def lines_of(html: str) -> str:
    """Return the text of HTML with its lines as a reader sees them."""
    tree = _parsed(_BLANKS.sub(" ", html))
    for cell in tree.css("td, th"):
        cell.insert_after(" ")
    for block in tree.css(_BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    body = tree.body
    text = clean(body.text(separator="") if body else "")
    return "\n".join(_LINE_BLANKS.sub(" ", line).strip() for line in text.split("\n"))


def _parsed(html: str) -> LexborHTMLParser:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for node in tree.css(_UNSHOWN):
        node.decompose()
    return tree


def _innermost(tree: LexborHTMLParser) -> list[list[list[str]]]:
    rows: dict[int, list[list[str]]] = {}
    outer: set[int] = set()
    for row in tree.css("tr")[:MOST_ROWS]:
        around = _tables_around(row)
        if not around:
            continue
        outer.update(around[1:])
        rows.setdefault(around[0], []).append(_cells(row))
    return [cells for table, cells in rows.items() if table not in outer]


def _tables_around(row: LexborNode) -> list[int]:
    """Return the identities of the tables that a row stands in, the nearest first."""
    found, node = [], row.parent
    for _ in range(DEEPEST):
        if node is None:
            break
        if node.tag == "table":
            found.append(node.mem_id)
        node = node.parent
    return found


def _cells(row: LexborNode) -> list[str]:
    cells: list[str] = []
    node = row.child
    while node is not None and len(cells) < MOST_COLUMNS:
        if node.tag in {"td", "th"}:
            cells.append(_BLANKS.sub(" ", clean(node.text(separator=" ")[:20_000])).strip())
        node = node.next
    return cells
