"""Who may come in: Host, Forwarded, Origin, rate limits and tokens, checked on every request."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import cast
from urllib.parse import urlsplit

from quart import Quart, Request, current_app, g, request

from core.errors import DispatchError
from web.asked import Asked
from web.config import Scope, WebConfig
from web.errors import Problem
from web.limits import Limit, peer_key
from web.sessions import Sessions

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,512}) *", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
OPEN_SECONDS = 0.5  # a route that needs no token waits no longer to learn of one
_NAME = "dispatch_guard"
SAFE_METHODS = frozenset({"GET", "HEAD"})

_Headers = Mapping[bytes, Sequence[str]]


class Guard:
    """One app's gate; its limits live as long as the app."""

    def __init__(self, config: WebConfig) -> None:
        base = urlsplit(config.base_url)
        self._hosts = {(base.hostname or "").lower(), config.host.lower().strip("[]")}
        self._origin = _origin(config.base_url)
        self._find_scope = config.find_scope
        self._api_token = _digest(config.api_token) if config.api_token else None
        self._ask_is_open = config.is_open
        self._was_open = config.api_token is None and config.find_scope is None
        self._by_token = Limit(100, 1, config.monotonic)
        self._by_peer = Limit(10, 1, config.monotonic)
        self._wrong_tokens = Limit(30, 60, config.monotonic)
        self.sessions = Sessions(config.session_key, secure=base.scheme == "https")

    def install(self, app: Quart) -> None:
        """Let handlers of `app` reach this gate; the app asks it about every request itself."""
        app.extensions[_NAME] = self

    async def check(self, asked: Asked, needed: Scope | None) -> None:
        """Raise the Problem of a request that may not come in; `needed`: the scope of its route."""
        given = asked.given
        host = self._check_host(given)
        is_open = await self._is_open(needed)
        if is_open:
            _refuse_forwarded(given)
        if asked.method not in SAFE_METHODS:
            self._check_origin(given, host)
        await self._admit(asked, Scope.OPEN if is_open else needed)

    async def still_admits(self, needed: Scope, digest: str | None) -> bool:
        """Tell whether a request that goes on and on could come in again now."""
        if await self._is_open(needed):
            return True
        scope = None if digest is None else await self._scope(digest)
        return scope in (needed, Scope.FULL)

    async def _is_open(self, needed: Scope | None) -> bool:
        """Tell whether there is no token at all; /health answers even if nobody knows just now."""
        if self._ask_is_open is None:
            return self._was_open
        if needed is not Scope.OPEN:
            return await self._ask_is_open()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                self._was_open = await self._ask_is_open()
        except (DispatchError, TimeoutError):
            pass
        return self._was_open

    def _check_host(self, given: _Headers) -> str:
        hosts = given.get(b"host", ())
        name = _name_of(hosts[0]) if len(hosts) == 1 else ""
        if not name or not (name in self._hosts or _is_loopback(name)):
            raise Problem(421, "wrong_host", "this name is not served here: use that of BASE_URL")
        return hosts[0]

    def _check_origin(self, given: _Headers, host: str) -> None:
        origins = given.get(b"origin", ())
        sites = given.get(b"sec-fetch-site", ())
        if not origins and not sites:
            return
        allowed = {self._origin}
        if _is_loopback(_name_of(host)):
            allowed.add(_origin(f"http://{host}"))
        foreign = any(_origin(origin) not in allowed for origin in origins)
        if foreign or any(site.lower() != "same-origin" for site in sites):
            raise Problem(
                403, "foreign_origin", "changes come from our own pages or from no page at all"
            )

    async def _admit(self, asked: Asked, needed: Scope | None) -> None:
        """Count the request, and look at its token where one is asked for."""
        peer = _peer(asked)
        if needed is Scope.OPEN:
            _count(self._by_peer, peer)
            return
        digest = self.digest(asked)
        if digest is None:
            _count(self._by_peer, peer)
            raise _no_token("this needs a token: send Authorization: Bearer …")
        scope = g.scope = await self._known(digest, peer)
        _count(self._by_token, peer and digest)
        if needed not in (None, scope) and scope is not Scope.FULL:
            raise Problem(
                403, "scope_too_small", f"a token of scope {needed} is needed, this one is {scope}"
            )

    def digest(self, asked: Request) -> str | None:
        """Return the SHA-256 of a request's token: its bearer token's, or what it signed in by.

        What changes something by a cookie must say which page it comes from, as browsers do.
        """
        token = _bearer(asked)
        if token is not None:
            return _digest(token)
        if asked.method not in SAFE_METHODS and not _says_from_where(asked):
            return None
        return self.sessions.digest(asked)

    async def known(self, token: str) -> tuple[str, Scope]:
        """Return the SHA-256 and the scope of a token that is typed in now; a wrong one counts."""
        digest = _digest(token)
        return digest, await self._known(digest, _peer(request))

    async def _known(self, digest: str, peer: str | None) -> Scope:
        if peer and (seconds := self._wrong_tokens.wait(peer)):
            raise _too_many(seconds)
        scope = await self._scope(digest)
        if scope is None:
            _count(self._wrong_tokens, peer)
            raise _no_token("this token is not known here: check it for typing errors")
        return scope

    async def _scope(self, digest: str) -> Scope | None:
        if self._api_token and hmac.compare_digest(digest, self._api_token):
            return Scope.FULL
        return await self._find_scope(digest) if self._find_scope else None


def the_guard() -> Guard:
    """Return the gate of the app that handles this request."""
    return cast(Guard, current_app.extensions[_NAME])


def who() -> Scope:
    """Return what whoever sent this request may do; everything where no token is asked for."""
    return cast(Scope, g.get("scope", Scope.FULL))


def admission(needed: Scope) -> Callable[[], Awaitable[bool]]:
    """Return how to ask later whether this request could still come in."""
    guard = the_guard()
    return partial(guard.still_admits, needed, guard.digest(request))


def _refuse_forwarded(given: _Headers) -> None:
    for name in given:
        if name == b"forwarded" or name.startswith(b"x-forwarded-"):
            raise Problem(
                403,
                "forwarded",
                "a proxy is in front, yet there is no token: make one",
            )


def _says_from_where(asked: Request) -> bool:
    return "Origin" in asked.headers or "Sec-Fetch-Site" in asked.headers


def _peer(asked: Request) -> str | None:
    return peer_key((asked.scope.get("client") or (None,))[0])


def _bearer(asked: Request) -> str | None:
    found = _BEARER.fullmatch(asked.headers.get("Authorization", ""))
    return found[1] if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _name_of(host: str) -> str:
    """Return the name in a Host header, without port and brackets; empty when it is none."""
    found = _HOST.fullmatch(host)
    return found[1].lower().strip("[]") if found else ""


@lru_cache(maxsize=1_000)
def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _origin(url: str) -> str | None:
    """Return scheme, host and port of a URL in one spelling, None for anything else."""
    try:
        parts = urlsplit(url.lower())
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname}:{port}" if parts.hostname else None


def _count(limit: Limit, key: str | None) -> None:
    """Count one request; `key` is None for what is never counted."""
    if key is not None and (seconds := limit.take(key)):
        raise _too_many(seconds)


def _too_many(seconds: int) -> Problem:
    return Problem(
        429,
        "too_many_requests",
        f"too many requests: try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
    )


def _no_token(detail: str) -> Problem:
    return Problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
