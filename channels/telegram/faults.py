"""Open this for what Telegram's refusals mean to the service: translated once, here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from core.hookspecs import PermanentSendError, TemporarySendError

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
_NOBODY_THERE = ("chat not found", "user not found", "peer_id_invalid", "user_id_invalid")
_ALREADY_SO = ("message is not modified",)
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_TOO_OLD = ("query is too old", "query id is invalid", "query_id_invalid")
_TOKEN_IN_URL = re.compile(r"bot[0-9]+(?::|%3A)[A-Za-z0-9_-]+", re.IGNORECASE)
_UNPARSED = ("can't parse entities",)


class Flood(TelegramError):
    """Too many requests: wait `seconds`, in the chat that it was about."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Raise the service's errors in place of Telegram's.

    TimeoutError means that what was asked may have been done all the same.
    """
    try:
        yield
    except Flood as fault:
        raise TemporarySendError("Telegram asks to wait", fault.seconds) from fault
    except ChatMigrated as fault:
        raise PermanentSendError("the chat became a group") from fault
    except Forbidden as fault:
        raise PermanentSendError(said(fault)) from fault
    except BadRequest as fault:  # before NetworkError, which it is a kind of
        if _mentions(fault, _NOBODY_THERE):
            raise PermanentSendError(said(fault)) from fault
        raise TemporarySendError(f"Telegram refused it: {said(fault)}") from fault
    except InvalidToken as fault:
        raise TemporarySendError("Telegram does not know the bot's token") from fault
    except NetworkError as fault:
        if isinstance(fault.__cause__, _NEVER_LEFT):
            raise TemporarySendError("Telegram cannot be reached") from fault
        raise TimeoutError("Telegram did not say whether it was done") from fault
    except TelegramError as fault:
        raise TemporarySendError(said(fault)) from fault


def is_already_so(fault: BadRequest) -> bool:
    """Tell whether an edit would have changed nothing."""
    return _mentions(fault, _ALREADY_SO)


def is_gone(fault: BadRequest) -> bool:
    """Tell whether there is no message left to edit."""
    return _mentions(fault, _GONE)


def is_too_old(fault: BadRequest) -> bool:
    """Tell whether a press can no longer be answered, or was."""
    return _mentions(fault, _TOO_OLD)


def is_unparsed(fault: BadRequest) -> bool:
    """Tell whether it is the markup that Telegram minds, so that plain text may do."""
    return _mentions(fault, _UNPARSED)


def said(fault: TelegramError) -> str:
    """Return what was said in one line, without the token that stands in every URL."""
    return _TOKEN_IN_URL.sub("bot…", " ".join(fault.message.split()))[:200]


def _mentions(fault: TelegramError, words: tuple[str, ...]) -> bool:
    text = fault.message.casefold()
    return any(word in text for word in words)
