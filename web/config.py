"""Open this for what the web must be told by whoever composes the process."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.channel import Channel


class Scope(StrEnum):
    """What a bearer token allows, and what a route asks for; `open` asks for no token."""

    FULL = "full"
    READ = "read"
    REPLY = "reply"
    TICK = "tick"
    OPEN = "open"


async def _all_well() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class WebConfig:
    """`base_url` and `host` as in the settings.

    `is_open` says whether the API is in open mode, because there is no token at all; when it is
    not given, that is so without `api_token` and `find_scope`.
    """

    base_url: str
    host: str
    zone: ZoneInfo
    version: str
    api_token: str | None = field(default=None, repr=False)  # of full scope
    find_scope: Callable[[str], Awaitable[Scope | None]] | None = None  # by a token's SHA-256, hex
    is_open: Callable[[], Awaitable[bool]] | None = None
    channels: Mapping[str, Channel] = field(default_factory=dict)
    ready: Callable[[], Awaitable[Mapping[str, str]]] = _all_well  # name -> what is wrong
    session_key: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    max_body: int = 1_000_000
    webhook_timeout: float = 10.0  # seconds that a channel may take for one webhook call
    monotonic: Callable[[], float] = time.monotonic  # seconds, for rate limits
