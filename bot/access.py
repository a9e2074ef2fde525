"""Open this for who may come in: API_TOKEN, the tokens in the database, or everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.configuration import Configuration
from core.tokens import TokenBook

if TYPE_CHECKING:
    from web import Scope


@dataclass(frozen=True, slots=True)
class Access:
    """What the web asks on every request, as of a second ago at most."""

    configuration: Configuration
    tokens: TokenBook

    async def scope(self, token_hash: str) -> Scope | None:
        """Return what a token of the database allows, by its SHA-256."""
        from web import Scope

        found = await self.tokens.scope(token_hash)
        return None if found is None else Scope(found.value)

    async def is_open(self) -> bool:
        """Whether everybody who reaches the service may do everything: there is no token.

        Never where others reach it, even when the last token is revoked while it runs.
        """
        settings = self.configuration.settings
        if settings.has_api_token or (settings.exposed_by and not self.configuration.insecure):
            return False
        return await self.tokens.is_empty()
