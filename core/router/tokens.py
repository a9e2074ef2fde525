"""Bearer tokens: made with their secret shown once, revoked by name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from core.domain import TokenScope
from core.models import Token
from core.outcomes import NameTaken, NotFound, TokenMade
from core.showing import token_view
from core.views import TokenView
from core.work import Work

PREFIX = "dispatch_"  # so that a token which leaked is recognised wherever it turns up


async def create_token(work: Work, name: str, scope: TokenScope) -> TokenMade | NameTaken:
    """Make a token of 256 random bits; only its hash is kept."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(name=name, scope=scope.value, token_hash=hash_of(secret), created_at=work.now)
    token_id = await work.insert_new(token)
    if token_id is None:
        return NameTaken(name)
    return TokenMade(token_view(await Token.get(id=token_id)), secret)


async def revoke_token(work: Work, name: str) -> TokenView | NotFound:
    """End the token of that name."""
    token = await Token.get_or_none(name=name, revoked_at=None)
    if token is None or not await Token.filter(id=token.id, revoked_at=None).update(
        revoked_at=work.now
    ):
        return NotFound("token")
    return token_view(await Token.get(id=token.id))


async def note_uses(work: Work, used: Mapping[int, datetime]) -> None:
    """Remember when tokens were last used."""
    for token_id, at in used.items():
        await Token.filter(id=token_id).update(last_used_at=at)


def hash_of(secret: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()
