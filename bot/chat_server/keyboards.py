"""Open this for which keyboards the server takes, and how a person finds a button on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.chat_server.refusals import bad_request

MOST_BUTTONS = 100
MOST_DATA_BYTES = 64
BUTTON_SCHEMES = {"http", "https", "tg"}
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")

Markup = Mapping[str, Any]


def check_markup(markup: Markup | None) -> Markup | None:
    """Return the keyboard, None for an empty one; raises the 400 that a wrong one gets."""
    if not markup:
        return None
    kind = kind_of(markup)
    if kind is None:
        raise bad_request("object expected as reply markup")
    if kind not in ("inline_keyboard", "keyboard"):
        return markup
    rows = markup[kind]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{kind}" must be of type Array')
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_inline(button) if kind == "inline_keyboard" else _check_plain(button)
    return markup if buttons or kind == "keyboard" else None


def kind_of(markup: Markup) -> str | None:
    """Return which of the four kinds it is."""
    return next((kind for kind in KINDS if kind in markup), None)


def is_inline(markup: Markup | None) -> bool:
    """Tell whether the buttons belong to the message, which can be edited then."""
    return markup is not None and "inline_keyboard" in markup


def buttons_of(markup: Markup | None) -> Iterator[Mapping[str, Any]]:
    """Yield the buttons of a keyboard, row by row; a plain one may be bare text."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    for row in rows:
        for button in row:
            yield {"text": button} if isinstance(button, str) else button


def _check_inline(button: object) -> None:
    where = "can't parse inline keyboard button"
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request(f'{where}: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("text buttons can't be empty")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MOST_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif "url" in button:
        address = urlsplit(str(button["url"]))
        if address.scheme not in BUTTON_SCHEMES or not address.netloc:
            reason = "Unsupported URL protocol" if address.scheme else "URL host is empty"
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: {reason}")
    elif not button.keys() & {"switch_inline_query", "web_app", "login_url", "copy_text", "pay"}:
        raise bad_request(f"{where}: Text buttons are unallowed in the inline keyboard")


def _check_plain(button: object) -> None:
    text = button.get("text") if isinstance(button, dict) else button
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
