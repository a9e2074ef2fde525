"""Open this for what the bot tells Telegram once at each start, and learns about itself."""

from __future__ import annotations

import asyncio
import logging
from itertools import chain, repeat

from telegram.error import TelegramError

from channels.telegram.calls import ALLOWED, Client
from channels.telegram.options import TelegramOptions
from channels.telegram.words import WORDS, words_in
from core.channel import ChannelContext
from core.hookspecs import DatabaseBusy, StorageFault

log = logging.getLogger(__name__)

USERNAME = "username"
WEBHOOK_PATH = "/channels/telegram/webhook"
RETRY_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)


async def learn_name(client: Client, context: ChannelContext) -> None:
    """Keep the bot's own name, which invitations need. Raises TelegramError."""
    me = await client.get_me()
    if me.username and await context.state.get(USERNAME) != me.username:
        await context.state.put(USERNAME, me.username)


async def keep_settling_in(
    client: Client, context: ChannelContext, options: TelegramOptions
) -> None:
    """Try until it is done; what fails is said once."""
    pauses = chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1]))
    complained = False
    for pause in pauses:
        try:
            await _settle_in(client, context, options)
        except (TelegramError, DatabaseBusy, StorageFault) as fault:
            if not complained:
                log.warning("telegram.not_settled_in reason=%s", type(fault).__name__)
            complained = True
            await asyncio.sleep(pause)
        else:
            return


async def _settle_in(client: Client, context: ChannelContext, options: TelegramOptions) -> None:
    """Say where updates are to go, and what the menu shows in each language."""
    await learn_name(client, context)
    if options.mode == "webhook":
        await client.set_webhook(
            context.base_url.rstrip("/") + WEBHOOK_PATH,
            allowed_updates=ALLOWED,
            secret_token=options.webhook_secret,
        )
    else:
        await client.delete_webhook()
    try:
        await client.offer_commands(dict(words_in(None).commands), None)
        for language, words in WORDS.items():
            await client.offer_commands(dict(words.commands), language)
    except TelegramError as fault:  # a menu is a convenience
        log.warning("telegram.no_menu reason=%s", fault.message)
