"""Open this for the keys of `[channels.telegram]`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,128}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """Which bot, and how what people write reaches us."""

    token: str = field(repr=False)
    mode: Literal["polling", "webhook"] = "polling"
    api_base: str = "https://api.telegram.org"
    webhook_secret: str | None = field(default=None, repr=False)
    username: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot work, without showing a secret."""
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("token: must look like 123456:ABC…, as @BotFather gives it")
        if urlsplit(self.api_base).scheme not in ("http", "https"):
            raise ValueError("api_base: must be an http or https URL")
        if self.webhook_secret is not None and not _SECRET.fullmatch(self.webhook_secret):
            raise ValueError("webhook_secret: must be 16 to 256 letters, digits, _ or -")
        if self.mode == "webhook" and self.webhook_secret is None:
            raise ValueError("webhook_secret: is needed with mode = 'webhook'")
        if self.username is not None and not _USERNAME.fullmatch(self.username):
            raise ValueError("username: must be the bot's, without @")

    @property
    def bot_id(self) -> str:
        """Return the public part of the token."""
        return self.token.partition(":")[0]
