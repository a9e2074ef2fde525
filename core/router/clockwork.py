"""How a tick goes through what is due: some at a time, each in a unit of work of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from core.errors import DispatchError
from core.router import tick
from core.work import Work

if TYPE_CHECKING:
    from core.router import Router

log = logging.getLogger(__name__)

T = TypeVar("T")
Settle = Callable[[Work, int], Awaitable[T]]
SettleSome = Callable[[Work, Sequence[int]], Awaitable[list[T]]]

AT_ONCE = 864  # how much of what is due one step of a tick takes
# How much of it may share a unit of work. Of 10,000 expiries with 50 drivers each took 124 µs of
# the processor with 200, 116 with 256, 113 with 320, 108 with 500 (process_time, in turns). An
# answer that comes meanwhile waits for the unit, but for no second one: this many, nine statements
# of 32 rows, take 25 to 28 ms on a quiet machine.
TOGETHER = 288


async def settle_due(
    router: Router,
    query: str,
    settle: Settle[T],
    now: datetime,
    *,
    together: SettleSome[T] | None = None,
) -> list[T]:
    """Find what is due and settle it; what cannot be settled yet stays due, tried once in a tick.

    With `together`, several share a unit of work on SQLite, and get units of their own only where
    that failed. On PostgreSQL, units that hold several jobs and drivers at once would deadlock.
    """
    shares = together if router.runner.dialect == "sqlite" else None
    results: list[T] = []
    tried: set[int] = set()
    limit = AT_ONCE
    while True:
        found = await router.runner.read(tick.due, query, now, limit)
        new = [one for one in found if one not in tried]
        if not new and len(found) < limit:
            return results
        if shares is not None:
            results += await _together(router, shares, settle, new)
        else:
            results += await _alone(router, settle, new)
        tried.update(new)
        limit = AT_ONCE if new else AT_ONCE + len(tried)


async def _together(
    router: Router, settle_some: SettleSome[T], settle: Settle[T], due: Sequence[int]
) -> list[T]:
    results: list[T] = []
    for start in range(0, len(due), TOGETHER):
        part = due[start : start + TOGETHER]
        try:
            results += await router.do_long(settle_some, part)
        except Exception as fault:
            if not _is_of_its_own(fault):
                raise
            results += await _alone(router, settle, part)
    return results


async def _alone(router: Router, settle: Settle[T], due: Sequence[int]) -> list[T]:
    settled = await asyncio.gather(*(router.do(settle, one) for one in due), return_exceptions=True)
    results: list[T] = []
    for one, result in zip(due, settled, strict=True):
        if not isinstance(result, BaseException):
            results.append(result)
        elif _is_of_its_own(result):  # one that cannot be settled must not keep others waiting
            log.error("tick.failed", extra={"row": one}, exc_info=result)
        else:
            raise result
    return results


def _is_of_its_own(fault: BaseException) -> bool:
    """Tell whether it is the row's fault, not the database's or the process's."""
    return isinstance(fault, Exception) and not isinstance(fault, DispatchError)
