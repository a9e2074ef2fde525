"""Speaks with drivers and coordinators in Telegram, by buttons and by text.

[channels.telegram]
plugin = "channels.telegram"
token = { env = "TELEGRAM_TOKEN" }
mode = "polling"                       # or "webhook", which needs webhook_secret
api_base = "https://api.telegram.org"  # any Bot API server
webhook_secret = { env = "TELEGRAM_WEBHOOK_SECRET" }
username = "my_firm_bot"               # asked of Telegram where left out
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from channels.telegram.channel import Telegram
from channels.telegram.options import TelegramOptions
from core.channel import Channel, ChannelContext
from core.hookspecs import hookimpl, read_options

__all__ = ["Telegram", "TelegramOptions", "register_channels"]


@hookimpl
def register_channels(options: Mapping[str, Any], context: ChannelContext) -> Iterable[Channel]:
    """Return the one bot."""
    return [Telegram(read_options(options, TelegramOptions), context)]
