"""Open this for playing people from another process: one action per request, by plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.chat_server.faults import Fault, Kind
from bot.chat_server.messages import Message
from bot.chat_server.people import NotThereError, Person

if TYPE_CHECKING:
    from bot.chat_server.server import ChatServer

Wanted = Mapping[str, Any]


class NotPossibleError(ValueError):
    """The action names nobody, nothing, or a button that is not there."""


def act(server: ChatServer, action: str, wanted: Wanted) -> None:
    """Do what somebody does in their chat; raises NotPossibleError."""
    if action not in ACTIONS:
        raise NotPossibleError(f"no such action: {action[:40]}")
    person = server.people.get(_number(wanted, "person"))
    if person is None:
        raise NotPossibleError("nobody has that id")
    try:
        ACTIONS[action](person, wanted)
    except NotThereError as error:
        raise NotPossibleError(str(error)) from error


def add_person(server: ChatServer, wanted: Wanted) -> int:
    """Add somebody; return their id."""
    name, phone = str(wanted.get("name", "Somebody")), str(wanted.get("phone", ""))
    return server.person(name, phone=phone, language=str(wanted.get("language", "en"))).id


def add_fault(server: ChatServer, wanted: Wanted) -> None:
    """Let something go wrong; raises NotPossibleError for an unknown kind."""
    if wanted.get("kind") not in list(Kind):
        raise NotPossibleError(f"kind must be one of {', '.join(Kind)}")
    numbers = ("chat_id", "times", "retry_after", "status")
    about = {key: _number(wanted, key) for key in numbers if key in wanted}
    method = str(wanted["method"]).lower() if "method" in wanted else None
    server.faults.script(Fault(Kind(wanted["kind"]), method, **about))


def chats_shown(server: ChatServer) -> dict[str, Any]:
    """Return every chat as its person sees it."""
    return {
        "changes": server.world.changes,
        "people": [_person_shown(person) for person in server.people.values()],
    }


def _person_shown(person: Person) -> dict[str, Any]:
    keyboard = person.chat.keyboard or {}
    return {
        "id": person.id,
        "name": person.name,
        "phone": person.phone,
        "blocked": person.chat.blocked,
        "started": person.chat.started,
        "keyboard": [
            [button if isinstance(button, str) else button["text"] for button in row]
            for row in keyboard.get("keyboard", [])
        ],
        "popups": [
            {"text": press.text, "alert": press.alert} for press in person.presses if press.text
        ],
        "waiting": [press.message.id for press in person.unanswered],
        "messages": [_message_shown(message) for message in person.sees],
    }


def _message_shown(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "bot": message.by_bot,
        "text": message.text,
        "entities": message.said.entities,
        "buttons": (message.markup or {}).get("inline_keyboard", []),
        "photo": bool(message.photo),
        "contact": message.contact and message.contact["phone_number"],
        "reply_to": message.reply_to and message.reply_to.text[:80],
        "edited": message.edited_at is not None,
        "at": message.at,
    }


def _write(person: Person, wanted: Wanted) -> None:
    text = str(wanted.get("text", "")).strip()
    if not text:
        raise NotPossibleError("text is empty")
    reply_to = person.chat.message(_number(wanted, "reply_to")) if "reply_to" in wanted else None
    person.writes(text[:4096], reply_to=reply_to)


def _press(person: Person, wanted: Wanted) -> None:
    message = person.chat.message(_number(wanted, "message")) if "message" in wanted else None
    if message is not None and "data" in wanted:
        person.presses_data(str(wanted["data"]), message)
        return
    person.presses_on(str(wanted.get("label", "")), message)


def _photo(person: Person, wanted: Wanted) -> None:
    person.sends_photo(str(wanted.get("caption", "")))


def _start(person: Person, wanted: Wanted) -> None:
    person.starts(str(wanted.get("token", "")))


def _share(person: Person, _wanted: Wanted) -> None:
    person.shares_contact()


def _block(person: Person, _wanted: Wanted) -> None:
    person.blocks()


def _unblock(person: Person, _wanted: Wanted) -> None:
    person.unblocks()


def _number(wanted: Wanted, name: str) -> int:
    value = wanted.get(name)
    if not isinstance(value, int):
        raise NotPossibleError(f"{name} must be a number")
    return value


ACTIONS: Mapping[str, Callable[[Person, Wanted], None]] = {
    "start": _start,
    "write": _write,
    "press": _press,
    "photo": _photo,
    "share": _share,
    "block": _block,
    "unblock": _unblock,
}
