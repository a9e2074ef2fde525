"""Open this for taking an update of Telegram's apart, whatever nonsense it may hold. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from channels.telegram.markup import plain

LARGEST_ID = 2**63

Update = Mapping[str, Any]


def read_json(raw: bytes) -> Update | None:
    """Return the update that these bytes hold; None when they hold none."""
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and is_id(update.get("update_id")) else None


def chat_of(update: Update) -> str | None:
    """Return the handle that an update came from, as far as it says."""
    match update:
        case {"callback_query": {"from": {"id": chat}}} if is_id(chat):
            return str(chat)
        case {"message": {"chat": {"id": chat}}} if is_id(chat):
            return str(chat)
        case {"my_chat_member": {"chat": {"id": chat}}} if is_id(chat):
            return str(chat)
        case _:
            return None


def is_id(value: object) -> bool:
    """Tell whether the value is a number such as Telegram's ids are."""
    return type(value) is int and abs(value) < LARGEST_ID


def text_of(value: object) -> str:
    """Return a text as it may be kept; empty when there is none."""
    return plain(value) if isinstance(value, str) else ""


def name_of(sender: object) -> str | None:
    """Return how somebody calls themselves."""
    if not isinstance(sender, Mapping):
        return None
    parts = (text_of(sender.get(key)).strip() for key in ("first_name", "last_name"))
    return " ".join(filter(None, parts))[:100] or None


def language_of_sender(sender: object) -> str | None:
    """Return the language that somebody's app is in."""
    code = sender.get("language_code") if isinstance(sender, Mapping) else None
    return code if isinstance(code, str) else None
