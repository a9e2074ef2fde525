"""Open this for the one place that calls Telegram, by python-telegram-bot's `Bot`."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest
from telegram.request import HTTPXRequest, RequestData

from channels.telegram.faults import Flood, is_already_so, is_too_old, is_unparsed
from channels.telegram.keyboards import Rows
from channels.telegram.markup import unescaped

ALLOWED = ("message", "callback_query", "my_chat_member")
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
CONNECTIONS = 64
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

for _chatty in ("telegram", "httpx", "httpcore"):  # httpx logs each URL, and the token is in it
    logging.getLogger(_chatty).setLevel(logging.WARNING)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply


class Connection(HTTPXRequest):
    """Connections to the server; says itself how long a 429 asks to wait, to the fraction."""

    def __init__(self, connections: int) -> None:
        super().__init__(
            connections,
            read_timeout=ANSWER_SECONDS,
            write_timeout=ANSWER_SECONDS,
            connect_timeout=CONNECT_SECONDS,
            pool_timeout=ANSWER_SECONDS,
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *times: Any,
        **more_times: Any,
    ) -> tuple[int, bytes]:
        """Return status and body; Flood for a 429."""
        status, body = await super().do_request(url, method, request_data, *times, **more_times)
        if status == 429:
            raise Flood(_wait_asked_for(body))
        return status, body


@dataclass(frozen=True, slots=True)
class Said:
    """A message as Telegram knows it: which chat, which number."""

    chat: int
    message: int


class Client(Bot):
    """The methods of Telegram's that we use, in our own values. Raises TelegramError."""

    def __init__(
        self,
        token: str,
        api_base: str,
        sending: HTTPXRequest | None = None,
        polling: HTTPXRequest | None = None,
    ) -> None:
        super().__init__(
            token,
            base_url=f"{api_base.rstrip('/')}/bot",
            base_file_url=f"{api_base.rstrip('/')}/file/bot",
            request=sending or Connection(CONNECTIONS),
            get_updates_request=polling or Connection(1),
        )

    def __repr__(self) -> str:
        """Leave the token out."""
        return "Client()"

    async def close_connections(self) -> None:
        """Close what is open; a request under way ends."""
        for connection in self._request:
            await connection.shutdown()

    async def updates(self, offset: int | None, seconds: int) -> list[dict[str, Any]]:
        """Wait for updates from `offset` on, as Telegram wrote them; that confirms earlier ones.

        `Bot.get_updates` would raise on one that it cannot take apart, for ever.
        """
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": ALLOWED}
        found = await self._post("getUpdates", asked, read_timeout=seconds + ANSWER_SECONDS)
        return [update for update in found if isinstance(update, dict)]

    async def say(
        self, chat: int, html: str, *, markup: Markup | None = None, below: int | None = None
    ) -> Said:
        """Send a message; as plain text when Telegram does not take the markup."""
        answers = ReplyParameters(below, allow_sending_without_reply=True) if below else None
        send = partial(
            self.send_message,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=answers,
            reply_markup=markup,
        )
        try:
            sent = await send(chat, html, parse_mode="HTML")
        except BadRequest as fault:
            if not is_unparsed(fault):
                raise
            sent = await send(chat, unescaped(html))
        return Said(sent.chat_id, sent.message_id)

    async def change(self, said: Said, html: str, rows: Rows) -> None:
        """Put another text and other buttons in place of a message's."""
        try:
            await self.edit_message_text(
                html,
                said.chat,
                said.message,
                parse_mode="HTML",
                link_preview_options=_NO_PREVIEW,
                reply_markup=buttons(rows),
            )
        except BadRequest as fault:
            if not is_already_so(fault):
                raise

    async def change_buttons(self, said: Said, rows: Rows) -> None:
        """Put other buttons below a message, or none."""
        try:
            await self.edit_message_reply_markup(
                said.chat, said.message, reply_markup=buttons(rows)
            )
        except BadRequest as fault:
            if not is_already_so(fault):
                raise

    async def pop_up(self, callback: str, text: str, *, wants_ok: bool = False) -> bool:
        """Answer a press; False when it is too late for that."""
        try:
            return await self.answer_callback_query(callback, text or None, show_alert=wants_ok)
        except BadRequest as fault:
            if is_too_old(fault):
                return False
            raise

    async def offer_commands(self, commands: dict[str, str], language: str | None) -> None:
        """Set what the menu of the chat shows to people of that language, None for all others."""
        menu = [BotCommand(name, shown) for name, shown in commands.items()]
        await self.set_my_commands(menu, language_code=language)


def buttons(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return the rows as Telegram wants them; None for no buttons."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(one.label, one.url, callback_data=one.data) for one in row]
            for row in rows
        ]
    )


def share_phone_key(label: str) -> ReplyKeyboardMarkup:
    """Return a key that sends the person's own contact."""
    key: Sequence[Sequence[KeyboardButton]] = [[KeyboardButton(label, request_contact=True)]]
    return ReplyKeyboardMarkup(key, resize_keyboard=True, one_time_keyboard=True)


def _wait_asked_for(body: bytes) -> float:
    try:
        seconds = json.loads(body)["parameters"]["retry_after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 1.0
    return float(seconds) if isinstance(seconds, int | float) and seconds > 0 else 1.0
