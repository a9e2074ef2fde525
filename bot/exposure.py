"""Open this for who may reach the service without a token, and when it refuses to start."""

from __future__ import annotations

from bot.settings import Settings
from core.clock import SystemClock
from core.errors import ConfigurationError
from core.runner import open_runner, pending_migrations
from core.tokens import TokenBook

TOKENS_SINCE = "0002_tokens"


async def refuse_exposure(settings: Settings, *, insecure: bool) -> None:
    """Raise ConfigurationError when others could reach a service that asks for no token."""
    if insecure or settings.has_api_token or settings.exposed_by is None:
        return
    if not await _has_tokens(settings):
        raise ConfigurationError(
            f"{settings.exposed_by} makes the service reachable from elsewhere, but there is no"
            " token: set API_TOKEN, or make one with `dispatch token create` (or give --insecure)"
        )


async def _has_tokens(settings: Settings) -> bool:
    """Look for a token in the database as it is, without making or migrating one."""
    url = settings.database_url.get_secret_value()
    if TOKENS_SINCE in await pending_migrations(url):
        return False
    runner = await open_runner(url)
    try:
        return not await TokenBook(runner, SystemClock()).is_empty()
    finally:
        await runner.close()
