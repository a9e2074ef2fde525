"""Updates as Telegram writes them."""

from __future__ import annotations

import json
from typing import Any

DAN: dict[str, Any] = {"id": 1001, "is_bot": False, "first_name": "Dan", "last_name": "Driver"}
CHAT: dict[str, Any] = {"id": 1001, "type": "private", "first_name": "Dan"}
BOT: dict[str, Any] = {"id": 7, "is_bot": True, "first_name": "Dispatch"}


def update(**of: Any) -> bytes:
    """Return one update."""
    return json.dumps({"update_id": 1, **of}).encode()


def message(**said: Any) -> bytes:
    """Return what Dan sends in their chat."""
    return update(
        message={"message_id": 5, "date": 1_769_776_200, "from": DAN, "chat": CHAT, **said}
    )


def pressed(data: object, /, **more: Any) -> bytes:
    """Return Dan's press of a button below message 9."""
    below = {"message_id": 9, "date": 1, "chat": CHAT, "from": BOT, "text": "Job offer"}
    return update(callback_query={"id": "77", "from": DAN, "message": below, "data": data, **more})


def offered(*data: str) -> dict[str, Any]:
    """Return a message of ours with such buttons."""
    row = [{"text": "?", "callback_data": one} for one in data]
    return {
        "message_id": 4,
        "from": BOT,
        "chat": CHAT,
        "text": "Job offer",
        "reply_markup": {"inline_keyboard": [row]},
    }
