"""Open this for a message as both sides keep it, and as the bot is shown it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.chat_server.formatting import Formatted
from bot.chat_server.keyboards import buttons_of, is_inline


@dataclass(slots=True)
class Message:
    """One message; a bot's may be edited and deleted."""

    id: int
    chat: Mapping[str, Any]
    sender: Mapping[str, Any]
    at: float
    said: Formatted = field(default_factory=lambda: Formatted(""))
    markup: Mapping[str, Any] | None = None
    reply_to: Message | None = None
    contact: Mapping[str, Any] | None = None
    photo: tuple[Mapping[str, Any], ...] = ()
    edited_at: float | None = None
    deleted: bool = False
    earlier: list[str] = field(default_factory=list)  # its texts before each edit

    @property
    def text(self) -> str:
        return self.said.text

    @property
    def by_bot(self) -> bool:
        return bool(self.sender["is_bot"])

    @property
    def can_be_edited(self) -> bool:
        """Tell whether its keyboard, if any, is part of it."""
        return self.by_bot and (self.markup is None or is_inline(self.markup))

    @property
    def buttons(self) -> tuple[Mapping[str, Any], ...]:
        """Return the buttons below it."""
        return tuple(buttons_of(self.markup)) if is_inline(self.markup) else ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what the buttons below it say."""
        return tuple(str(button["text"]) for button in self.buttons)

    def edit(self, said: Formatted, markup: Mapping[str, Any] | None, at: float) -> None:
        """Say something else from now on."""
        self.earlier.append(self.text)
        self.said, self.markup, self.edited_at = said, markup, at

    def shown(self, *, nested: bool = False) -> dict[str, Any]:
        """Return it as the Bot API shows it; what it answers to is shown one level deep."""
        body: dict[str, Any] = {
            "message_id": self.id,
            "from": dict(self.sender),
            "chat": dict(self.chat),
            "date": int(self.at),
        }
        words, marks = ("caption", "caption_entities") if self.photo else ("text", "entities")
        optional = {
            words: self.said.text,
            marks: [dict(entity) for entity in self.said.entities],
            "edit_date": int(self.edited_at) if self.edited_at else None,
            "contact": self.contact,
            "photo": [dict(size) for size in self.photo],
            "reply_markup": self.markup if is_inline(self.markup) else None,
            "reply_to_message": self.reply_to and not nested and self.reply_to.shown(nested=True),
        }
        return body | {name: value for name, value in optional.items() if value}
