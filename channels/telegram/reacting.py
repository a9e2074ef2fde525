"""Open this for what the chat does by itself on a press or message that decides nothing. Pure.

None of it is kept: when a crash cuts it off, the person presses again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.telegram.keyboards import Rows, rows_of_approval, rows_of_rejecting
from channels.telegram.pressing import Act, Press, prompt_text, read_data
from channels.telegram.updates import Update, is_id, language_of_sender
from channels.telegram.words import REASONS, words_in


@dataclass(frozen=True, slots=True)
class PopUp:
    """End a press; with a text, say why nothing follows."""

    callback: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShowButtons:
    """Put other buttons below a message."""

    chat: int
    message: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask for words that the person's app will send as an answer to the question."""

    chat: int
    question: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Tell somebody what they can do instead; with `key`, by a key that sends their contact."""

    chat: int
    text: str
    below: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a group: everything here is between two."""

    chat: int


Reaction = PopUp | ShowButtons | AskBack | Hint | Leave


def reactions_to(update: Update) -> tuple[Reaction, ...]:
    """Return what to do at once about an update; nothing for what the service will answer."""
    match update:
        case {"callback_query": {"id": str(callback), "data": str(data)} as query}:
            return _to_press(query, callback, read_data(data))
        case {"callback_query": {"id": str(callback)} as query}:
            return _to_press(query, callback, None)
        case {"message": {"chat": {"id": chat, "type": "private"}} as message} if is_id(chat):
            return _to_message(message, chat)
        case {"message": {"chat": {"id": chat, "type": "group" | "supergroup"}}} if is_id(chat):
            return (Leave(chat),)
        case {
            "my_chat_member": {
                "chat": {"id": chat, "type": "group" | "supergroup" | "channel"},
                "new_chat_member": {"status": "member" | "administrator" | "restricted"},
            }
        } if is_id(chat):
            return (Leave(chat),)
        case _:
            return ()


def _to_press(query: Mapping[str, Any], callback: str, press: Press | None) -> tuple[Reaction, ...]:
    words = words_in(language_of_sender(query.get("from")))
    message = query.get("message")
    if isinstance(message, Mapping) and not _is_private(message):
        return (PopUp(callback, words.unknown_button),)
    match press:
        case None:
            return (PopUp(callback, words.unknown_button),)
        case Press(Act.REASON, (_, number)) if number >= len(REASONS):
            return (PopUp(callback, words.unknown_button),)
        case Press(Act.ASK_REASON, (job_id, version)):
            rows = rows_of_rejecting(job_id, version, words)
            question = prompt_text(job_id, version, words.why_rejected)
            return (PopUp(callback), *_buttons(message, rows), *_question(message, question))
        case Press(Act.BACK, (job_id, version)):
            rows = rows_of_approval(job_id, version, words)
            return (PopUp(callback), *_buttons(message, rows))
        case _:
            return ()


def _is_private(message: Mapping[str, Any]) -> bool:
    match message:
        case {"chat": {"type": kind}}:
            return bool(kind == "private")
        case _:
            return True


def _buttons(message: object, rows: Rows) -> tuple[Reaction, ...]:
    match message:
        case {"chat": {"id": chat}, "message_id": number} if is_id(chat) and is_id(number):
            return (ShowButtons(chat, number, rows),)
        case _:
            return ()


def _question(message: object, question: str) -> tuple[Reaction, ...]:
    match message:
        case {"chat": {"id": chat}} if is_id(chat):
            return (AskBack(chat, question),)
        case _:
            return ()


def _to_message(message: Mapping[str, Any], chat: int) -> tuple[Reaction, ...]:
    number, sender = message.get("message_id"), message.get("from")
    words = words_in(language_of_sender(sender))
    if type(number) is not int or (isinstance(sender, Mapping) and sender.get("is_bot")):
        return ()
    match message:
        case {"text": _} | {"photo": _}:
            return ()
        case {"contact": {"user_id": owner}, "from": {"id": me}} if owner == me:
            return ()
        case {"contact": _}:
            return (Hint(chat, words.only_own_contact, number, words.share_phone),)
        case _ if any(kind in message for kind in _WRITTEN):
            return (Hint(chat, words.only_text, number),)
        case _:
            return ()


# what people send on purpose; a pinned message or a set timer is no such thing
_WRITTEN = (
    *("animation", "audio", "dice", "document", "location", "poll", "sticker", "venue", "video"),
    *("video_note", "voice"),
)
