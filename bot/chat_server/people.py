"""Open this for what a person can do in their chat with the bot, and what they see there."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.chat_server.formatting import plain
from bot.chat_server.keyboards import buttons_of
from bot.chat_server.messages import Message
from bot.chat_server.world import Chat, Press, World

Button = Mapping[str, Any]
press_ids = itertools.count(4_000_000_000_000_000_001)


class NotThereError(LookupError):
    """A person cannot press what they do not see."""


@dataclass(slots=True)
class Person:
    """One user of the chat service. All methods act at once, as a thumb would."""

    world: World
    chat: Chat
    user: Mapping[str, Any]
    phone: str = ""
    presses: list[Press] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Return the id of the person, which is the id of their private chat too."""
        return self.chat.id

    @property
    def name(self) -> str:
        return str(self.user["first_name"])

    @property
    def sees(self) -> tuple[Message, ...]:
        """Return what is in the chat now, oldest first."""
        return tuple(message for message in self.chat.messages if not message.deleted)

    @property
    def told(self) -> tuple[Message, ...]:
        """Return what the bot says in the chat now, oldest first."""
        return tuple(message for message in self.sees if message.by_bot)

    @property
    def popups(self) -> tuple[str, ...]:
        """Return the pop-ups that answered this person's presses, in the order of the presses."""
        return tuple(press.text for press in self.presses if press.answered)

    @property
    def unanswered(self) -> tuple[Press, ...]:
        """Return the presses whose button still shows a clock."""
        return tuple(press for press in self.presses if not press.answered)

    def starts(self, token: str = "") -> Message:
        """Open the bot, by a deep link when there is a token."""
        return self.writes(f"/start {token}".strip())

    def writes(self, text: str, *, reply_to: Message | None = None) -> Message:
        """Write to the bot; whoever had blocked it takes that back."""
        if self.chat.blocked:
            self.unblocks()
        self.chat.started = True
        return self._send(self.chat, plain(text).text, reply_to=reply_to)

    def writes_in(self, group: Chat, text: str) -> Message:
        """Write in a group that the bot is in."""
        return self._send(group, text)

    def edits(self, message: Message, text: str) -> None:
        """Change what they wrote."""
        message.edit(plain(text), None, self.world.now())
        self.world.updates.add("edited_message", message.shown())
        self.world.changed()

    def shares_contact(self, of: Person | None = None, phone: str | None = None) -> Message:
        """Share their own contact, or somebody else's."""
        person = of or self
        number = (phone or person.phone).removeprefix("+")
        card = {"phone_number": number, "first_name": person.name, "user_id": person.id}
        return self._send(self.chat, "", contact=card)

    def sends_photo(self, caption: str = "", content: bytes = b"\xff\xd8 a photo") -> Message:
        """Send a photo, which comes in two sizes."""
        number = len(self.world.files) + 1
        sizes = tuple(
            {
                "file_id": f"photo-{number}-{name}",
                "file_unique_id": f"unique-{number}-{name}",
                "width": width,
                "height": width,
                "file_size": len(content),
            }
            for name, width in (("small", 90), ("large", 1280))
        )
        self.world.files |= {str(size["file_id"]): content for size in sizes}
        return self._send(self.chat, caption, photo=sizes)

    def presses_on(self, label: str, message: Message | None = None) -> Press | Message | None:
        """Press the newest button whose label contains `label`; a link's button does nothing here.

        A button of the keyboard sends its text, or the own contact when it asks for that.
        """
        for place in (message,) if message else reversed(self.told):
            if (button := _named(label, place.buttons)) is not None:
                data = button.get("callback_data")
                return self.presses_data(data, place) if data else None
        if (button := _named(label, buttons_of(self.chat.keyboard))) is not None:
            if (self.chat.keyboard or {}).get("one_time_keyboard"):
                self.chat.keyboard = None
            contact = button.get("request_contact")
            return self.shares_contact() if contact else self.writes(str(button["text"]))
        raise NotThereError(f"{self.name} sees no button {label!r}")

    def presses_data(self, data: str, message: Message) -> Press:
        """Press a button that may be gone already, or that never was there."""
        press = Press(str(next(press_ids)), message, self.user, data, self.world.now())
        self.world.presses[press.id] = press
        self.presses.append(press)
        self.world.updates.add("callback_query", press.shown())
        self.world.changed()
        return press

    def blocks(self) -> None:
        """Block the bot."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    def unblocks(self) -> None:
        """Take the block back."""
        self.chat.blocked = False
        self._membership("kicked", "member")

    def leaves_the_service(self) -> None:
        """Delete the account."""
        self.chat.deactivated = True

    def _send(self, chat: Chat, text: str, **more: Any) -> Message:
        message = self.world.put(chat, self.user, plain(text), **more)
        self.world.updates.add("message", message.shown())
        return message

    def _membership(self, old: str, new: str) -> None:
        states = {
            f"{name}_chat_member": {"user": self.world.bot, "status": status}
            | ({"until_date": 0} if status == "kicked" else {})
            for name, status in (("old", old), ("new", new))
        }
        change = {"chat": dict(self.chat.facts), "from": dict(self.user)}
        at = int(self.world.now())
        self.world.updates.add("my_chat_member", {**change, "date": at, **states})
        self.world.changed()


def _named(label: str, buttons: Iterable[Button]) -> Button | None:
    """Return the button of that label, else the first whose label contains it."""
    found = [button for button in buttons if label in str(button["text"])]
    return min(found, key=lambda button: button["text"] != label, default=None)
