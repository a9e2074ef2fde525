"""Open this for all that the server knows: the bot, people, chats, messages, presses, files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.chat_server.formatting import Formatted
from bot.chat_server.messages import Message
from bot.chat_server.refusals import TOO_OLD, RefusedError, bad_request, forbidden
from bot.chat_server.updates import UpdateQueue

T = TypeVar("T")
BOT_ID = 7_000_000_001
QUERY_SECONDS = 60.0  # a press that was not answered by then cannot be answered any more


@dataclass(slots=True)
class Chat:
    """A private chat, or a group; what is in it, oldest first."""

    id: int
    facts: Mapping[str, Any]
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    left: bool = False
    moved_to: int | None = None
    keyboard: Mapping[str, Any] | None = None  # the buttons that replace the letters
    messages: list[Message] = field(default_factory=list)

    @property
    def is_private(self) -> bool:
        return bool(self.facts["type"] == "private")

    def message(self, message_id: int) -> Message | None:
        """Return a message that still exists."""
        found = (m for m in reversed(self.messages) if m.id == message_id and not m.deleted)
        return next(found, None)

    def refusal(self) -> RefusedError | None:
        """Return why the bot may not write here."""
        if self.moved_to is not None:
            reason = "group chat was upgraded to a supergroup chat"
            return RefusedError(400, reason, {"migrate_to_chat_id": self.moved_to})
        if self.left:
            return forbidden("bot is not a member of the group chat")
        if self.deactivated:
            return forbidden("user is deactivated")
        if self.blocked:
            return forbidden("bot was blocked by the user")
        if not self.started:
            return forbidden("bot can't initiate conversation with a user")
        return None


@dataclass(slots=True)
class Press:
    """A button that was pressed, and the pop-up that answered it."""

    id: str
    message: Message
    by: Mapping[str, Any]
    data: str
    at: float
    answered: bool = False
    text: str = ""
    alert: bool = False

    def shown(self) -> dict[str, Any]:
        """Return it as the Bot API shows it."""
        return {
            "id": self.id,
            "from": dict(self.by),
            "message": self.message.shown(),
            "chat_instance": str(self.message.chat["id"]),
            "data": self.data,
        }


@dataclass(slots=True)
class World:
    """The state of one server; every change is told to those who wait for one."""

    token: str
    username: str
    now: Callable[[], float]
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    changes: int = 0
    _last_message: int = 100
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def bot(self) -> dict[str, Any]:
        """Return the bot as a user."""
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Dispatch",
            "username": self.username,
        }

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that the bot may write to; raises the refusal that it gets otherwise."""
        chat = self.known_chat(chat_id)
        if (refusal := chat.refusal()) is not None:
            raise refusal
        return chat

    def known_chat(self, chat_id: int) -> Chat:
        """Return a chat, whatever its state."""
        if chat_id not in self.chats:
            raise bad_request("chat not found")
        return self.chats[chat_id]

    def put(self, chat: Chat, sender: Mapping[str, Any], said: Formatted, **more: Any) -> Message:
        """Write a message into a chat."""
        self._last_message += 1
        message = Message(self._last_message, chat.facts, sender, self.now(), said, **more)
        chat.messages.append(message)
        self.changed()
        return message

    def press_to_answer(self, press_id: str) -> Press:
        """Return a press that can be answered; raises the refusal of all others."""
        press = self.presses.get(press_id)
        if press is None or press.answered or self.now() > press.at + QUERY_SECONDS:
            raise bad_request(TOO_OLD)
        return press

    def changed(self) -> None:
        """Wake those who wait for something to happen."""
        self.changes += 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    async def until(self, found: Callable[[], T], seconds: float) -> T:
        """Return what `found` finds, as soon as it finds something true; else TimeoutError."""
        async with asyncio.timeout(seconds):
            while not (result := found()):
                waiting = asyncio.get_running_loop().create_future()
                self._waiting.add(waiting)
                await waiting
        return result
