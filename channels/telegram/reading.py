"""Open this for what an update means. Pure: the same bytes mean the same after a crash.

Of jobs that somebody describes it says only so: `bringing` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.telegram.commands import Invited, NewJob, command_in
from channels.telegram.pressing import NAMES_OF_IDS, Act, Press, prompted_job, read_data
from channels.telegram.updates import is_id, name_of, read_json, text_of
from channels.telegram.words import REASONS
from core.channel import Decision, Done, Ignored, Incoming, Link, OwnPhone, Reachable, Reply

LATEST = 253_402_300_799  # seconds; the last year that Python knows ends here
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_DECIDES: Mapping[Act, str] = {
    Act.APPROVE: "approve",
    Act.APPROVE_AND_OFFER: "approve_and_offer",
    Act.REJECT: "reject",
    Act.ACKNOWLEDGE: "acknowledge",
    Act.ASK_AGAIN: "ask_again",
    Act.CHOOSE_DRIVER: "choose_driver",
    Act.ASSIGN: "assign",
    Act.CANCEL: "cancel",
}
_SAYS: Mapping[Act, str] = {Act.YES: "yes", Act.NO: "decline", Act.DROP: "drop"}
_ABOUT_OFFERS = frozenset({Act.YES, Act.NO, Act.DROP, Act.DELIVERED, Act.REASON})


@dataclass(frozen=True, slots=True)
class Described:
    """Jobs in somebody's words, and when these were sent; still to be read."""

    handle: str
    text: str
    sent: datetime | None
    context: Mapping[str, Any]


def read_update(raw: bytes) -> Incoming | Described:
    """Return what the update means; what is no concern of ours is Ignored, with the reason."""
    match read_json(raw):
        case None:
            return Ignored("no update of Telegram")
        case {"callback_query": {"id": str(), "from": {"id": chat}, "data": str()} as query}:
            return _pressed(query, str(chat)) if is_id(chat) else Ignored("a press by nobody")
        case {"message": {"chat": {"id": chat, "type": "private"}} as message} if is_id(chat):
            return _message(message, str(chat))
        case {
            "my_chat_member": {
                "chat": {"id": chat, "type": "private"},
                "new_chat_member": {"status": str(status)},
            }
        } if is_id(chat):
            return _membership(str(chat), status)
        case {"message": _} | {"my_chat_member": _}:
            return Ignored("not a private chat")
        case _:
            return Ignored("an update of a kind that is not expected")


def _membership(chat: str, status: str) -> Incoming:
    if status == "kicked":
        return Reachable(chat, reachable=False, reason="the bot was blocked")
    if status == "member":
        return Reachable(chat, reachable=True)
    return Ignored(f"a membership of a kind that is not expected: {status[:40]}")


def _message(message: Mapping[str, Any], chat: str) -> Incoming | Described:
    context = {"chat": int(chat), "message": message.get("message_id")}
    if not is_id(context["message"]):
        return Ignored("a message without a number")
    sender = name_of(message.get("from"))
    match message:
        case {"from": {"is_bot": True}}:
            return Ignored("written by a bot")
        case {"text": str(text)}:
            return _words(message, chat, text_of(text), sender, context)
        case {"contact": {"phone_number": str(phone), "user_id": owner}, "from": {"id": me}}:
            if owner != me or not _PHONE.fullmatch(phone):
                return Ignored("a contact that is not the sender's own")
            return OwnPhone(chat, f"+{phone.lstrip('+')}", sender, context)
        case {"contact": _}:
            return Ignored("a contact that is not the sender's own")
        case {"photo": [*_, {"file_id": str(photo)}]}:
            said = text_of(message.get("caption")).strip() or None
            return Done(chat, _quoted_offer(message), {"telegram_photo": photo}, said, context)
        case _:
            return Ignored("a message of a kind that is not expected")


def _words(
    message: Mapping[str, Any], chat: str, text: str, sender: str | None, context: dict[str, Any]
) -> Incoming | Described:
    rejected = _prompted(message)
    if rejected is not None and not text.startswith("/"):
        job_id, version = rejected
        reason = text.strip()[:500] or None
        return Decision(chat, "reject", job_id, reason=reason, version=version, context=context)
    match command_in(text):
        case None:
            return Reply(chat, text, _quoted_offer(message), name=sender, context=context)
        case Invited(token):
            return Link(chat, token, sender, context)
        case NewJob(described):
            return Described(chat, described, _sent(message), context)
        case words:
            return Reply(chat, words, name=sender, context=context)


def _sent(message: Mapping[str, Any]) -> datetime | None:
    seconds = message.get("date")
    if type(seconds) is not int or not 0 <= seconds <= LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _prompted(message: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return job and version that our question was about, when this answers one."""
    match message.get("reply_to_message"):
        case {"from": {"is_bot": True}, "text": str(asked)}:
            return prompted_job(asked)
        case _:
            return None


def _quoted_offer(message: Mapping[str, Any]) -> int | None:
    """Return the offer of the message that this answers, as its buttons tell."""
    match message.get("reply_to_message"):
        case {"from": {"is_bot": True}, "reply_markup": {"inline_keyboard": [*rows]}}:
            buttons = [button for row in rows if isinstance(row, list) for button in row]
            pressed = (_press_of(button) for button in buttons)
            return next((p.ids[0] for p in pressed if p and p.act in _ABOUT_OFFERS), None)
        case _:
            return None


def _press_of(button: object) -> Press | None:
    data = button.get("callback_data") if isinstance(button, Mapping) else None
    return read_data(data) if isinstance(data, str) else None


def _pressed(query: Mapping[str, Any], chat: str) -> Incoming:
    context: dict[str, Any] = {
        "callback": text_of(query["id"]),
        "data": text_of(query["data"])[:64],
    }
    match query.get("message"):
        case {"chat": {"type": kind}} if kind != "private":
            return Ignored("a press outside a private chat")
        case {"message_id": number} if is_id(number):
            context |= {"chat": int(chat), "message": number}
        case _:
            context["chat"] = int(chat)
    press = read_data(query["data"])
    if press is None:
        return Ignored("a button that is none of ours")
    return _meant(press, chat, name_of(query.get("from")), context)


def _meant(press: Press, chat: str, sender: str | None, context: dict[str, Any]) -> Incoming:
    ids = dict(zip(NAMES_OF_IDS[press.act], press.ids, strict=True))
    match press.act:
        case Act.YES | Act.NO | Act.DROP:
            return Reply(chat, _SAYS[press.act], ids["offer"], name=sender, context=context)
        case Act.REASON:
            if ids["reason"] >= len(REASONS):
                return Ignored("a button that is none of ours")
            text = f"{_SAYS[Act.NO]} {REASONS[ids['reason']]}"
            return Reply(chat, text, ids["offer"], name=sender, context=context)
        case Act.DELIVERED:
            return Done(chat, ids["offer"], context=context)
        case Act.ASK_REASON | Act.BACK:
            return Ignored("shows other buttons, decides nothing")
        case decides:
            return Decision(
                chat,
                _DECIDES[decides],
                ids.get("job"),
                ids.get("alert") or None,
                ids.get("agent"),
                version=ids.get("version"),
                context=context,
            )
