"""Open this for how an HTML mail becomes text, with what it quotes marked as quoted."""

from __future__ import annotations

import re
from enum import Enum, auto

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 500_000  # characters of HTML that are looked at
DEEPEST = 1_000  # elements within one another: the parser's time grows with the square of it
_BREAK = "\ue000"  # a private character: line ends of the source are only spaces
_QUOTED = f"{_BREAK}>{_BREAK}"

_UNSEEN_TAGS = frozenset({"script", "style", "head", "title", "template", "noscript", "-comment"})
_HIDDEN = re.compile(
    r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE
)
_BLOCKS = frozenset(
    {"address", "article", "aside", "body", "br", "caption", "center", "dd", "div", "dl", "dt"}
    | {"fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th"}
    | {"thead", "tr", "ul"}
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NEVER_DEEP = frozenset(
    {"area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option"}
    | {"p", "tbody", "td", "th", "tr", "wbr"}
)
_SIGNATURES = re.compile(r"gmail_signature|moz-signature|yahoo_signature", re.IGNORECASE)
_QUOTATIONS = re.compile(
    r"gmail_attr|moz-cite-prefix|moz-email-headers-table|yahoo_quoted|protonmail_quote"
    r"|tutanota_quote|zmail_extra|apple-quoted",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|outlook-mobile-reference-message"
    r"|mail-editor-reference-message-container|stopSpelling|OutlookMessageHeader",
    re.IGNORECASE,
)


class _Part(Enum):
    UNSEEN = auto()
    QUOTED = auto()
    QUOTED_FROM_HERE = auto()
    SAID = auto()


def text_of_html(html: str) -> str:
    """Return the text as lines: blocks apart, `>` for a quotation, nothing after an endless one."""
    looked_at = html[:LONGEST].replace(_BREAK, "")
    if _is_too_deep(looked_at):
        return ""
    body = LexborHTMLParser(looked_at).body
    said = [] if body is None else _said(body)
    return re.sub(r"[ \t\r\n\f]+", " ", "".join(said)).replace(_BREAK, "\n")


def _is_too_deep(html: str) -> bool:
    """Tell whether no mail program wrote this; elements that may stay open do not count."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _NEVER_DEEP:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            if depth > DEEPEST:
                return True
    return False


def _said(body: LexborNode) -> list[str]:
    """Walk in the order of the document; deep nesting must not exhaust the stack."""
    said: list[str] = []
    ahead: list[LexborNode | str] = [body]
    while ahead:
        node = ahead.pop()
        if isinstance(node, str):
            said.append(node)
        elif node.tag == "-text":
            said.append(_text(node))
        else:
            match _part(node):
                case _Part.UNSEEN:
                    pass
                case _Part.QUOTED:
                    said.append(_QUOTED)
                case _Part.QUOTED_FROM_HERE:
                    break
                case _Part.SAID:
                    around = _BREAK if node.tag in _BLOCKS else ""
                    said.append(around)
                    ahead.append(around)
                    ahead.extend(reversed(list(node.iter(include_text=True))))
    return said


def _text(node: LexborNode) -> str:
    text = node.text(deep=False) or ""
    within = node.parent.tag if node.parent is not None else ""
    return text.replace("\n", _BREAK) if within == "pre" else text


def _part(node: LexborNode) -> _Part:
    tag = node.tag or ""
    given = node.attributes
    named = f"{given.get('id') or ''} {given.get('class') or ''}"
    if tag in _UNSEEN_TAGS or "hidden" in given or _HIDDEN.search(given.get("style") or ""):
        return _Part.UNSEEN
    if tag == "hr" or _ENDS.search(named):
        return _Part.QUOTED_FROM_HERE
    if _SIGNATURES.search(named):
        return _Part.UNSEEN
    if tag == "blockquote" or _QUOTATIONS.search(named) or given.get("name") == "quote":
        return _Part.QUOTED
    if "gmail_quote" in named and node.css_first("blockquote") is None:
        return _Part.QUOTED
    return _Part.SAID
