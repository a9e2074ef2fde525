"""The keys of [channels.telegram]: what is refused, and that no secret is shown."""

from __future__ import annotations

from typing import Any

import pytest
from telegram.error import NetworkError

from channels.telegram import Telegram, TelegramOptions, register_channels
from channels.telegram.calls import Client
from channels.telegram.faults import said
from core.hookspecs import ConfigurationError, read_options
from core.testing import make_context

TOKEN = "123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
SECRET = "sixteen_or_longer"


def test_a_token_is_enough() -> None:
    (channel,) = register_channels({"token": TOKEN}, make_context())
    assert isinstance(channel, Telegram)
    assert channel.name == "telegram"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "token"),
        ({"token": "not a token"}, "token"),
        ({"token": TOKEN, "mode": "webhook"}, "webhook_secret"),
        ({"token": TOKEN, "mode": "webhook", "webhook_secret": "short"}, "webhook_secret"),
        ({"token": TOKEN, "mode": "pushing"}, "mode"),
        ({"token": TOKEN, "api_base": "ftp://x.test"}, "api_base"),
        ({"token": TOKEN, "username": "@with_at"}, "username"),
        ({"token": TOKEN, "tokn": "x"}, "token"),
    ],
)
def test_what_cannot_work_is_refused_by_name(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_options(options, TelegramOptions)
    assert named in str(refused.value)
    assert "not a token" not in str(refused.value)


def test_no_secret_is_shown() -> None:
    options = TelegramOptions(TOKEN, mode="webhook", webhook_secret=SECRET)
    assert TOKEN not in repr(options)
    assert SECRET not in repr(options)


async def test_the_token_is_in_nothing_that_a_log_could_hold() -> None:
    client = Client(TOKEN, "http://127.0.0.1:9")
    await client.close_connections()
    assert TOKEN not in f"{client} {client!r}"
    for written in (TOKEN, TOKEN.replace(":", "%3A")):
        fault = NetworkError(f"cannot open http://127.0.0.1:9/bot{written}/getMe")
        assert said(fault) == "cannot open http://127.0.0.1:9/bot…/getMe"
