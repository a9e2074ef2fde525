"""Mail as a channel: jobs mailed in, decisions and answers mailed back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.channel import Channel, ChannelContext
from core.hookspecs import hookimpl, read_options


@hookimpl
def register_channels(options: Mapping[str, Any], context: ChannelContext) -> Iterable[Channel]:
    """Return the one mail channel."""
    from channels.email.channel import Email
    from channels.email.options import EmailOptions, check_trust
    from channels.email.sending import Sender

    read = read_options(options, EmailOptions)
    check_trust(read, context.base_url)
    return [Email(read, context, Sender(read, context))]
