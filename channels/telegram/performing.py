"""Open this for how the chat's own reactions are carried out; a failure is only noted."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from telegram import ForceReply
from telegram.error import TelegramError

from channels.telegram.calls import Client, Said, share_phone_key
from channels.telegram.markup import message_html
from channels.telegram.reacting import AskBack, Hint, Leave, PopUp, Reaction, ShowButtons

log = logging.getLogger(__name__)


async def perform(client: Client, reactions: Iterable[Reaction]) -> None:
    """Carry them out in their order, as far as it goes."""
    try:
        for reaction in reactions:
            await _perform(client, reaction)
    except TelegramError as fault:
        log.info("telegram.no_reaction reason=%s", type(fault).__name__)


async def _perform(client: Client, reaction: Reaction) -> None:
    match reaction:
        case PopUp(callback, text):
            await client.pop_up(callback, text, wants_ok=bool(text))
        case ShowButtons(chat, message, rows):
            await client.change_buttons(Said(chat, message), rows)
        case AskBack(chat, question):
            await client.say(chat, message_html("", question), markup=ForceReply())
        case Hint(chat, text, below, key):
            markup = share_phone_key(key) if key else None
            await client.say(chat, message_html("", text), markup=markup, below=below)
        case Leave(chat):
            await client.leave_chat(chat)
