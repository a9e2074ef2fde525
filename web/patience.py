"""How long we wait for a client; the clock is only set where there is something to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def within(seconds: float | None, doing: Coroutine[Any, Any, T]) -> T:
    """Return what `doing` returns; raise TimeoutError when that takes too long.

    Nearly every body came with its headers, and nearly every answer is taken whole: to set the
    clock for both all the same takes 10 µs of a YES (process_time, in turns).
    """
    try:
        waits_for = doing.send(None)
    except StopIteration as done:
        returned: T = done.value
        return returned
    async with asyncio.timeout(seconds):
        return await _Begun(doing, waits_for)


class _Begun(Generator[Any, Any, T]):
    """The rest of a coroutine that began by itself, up to where it first had to wait."""

    def __init__(self, doing: Coroutine[Any, Any, T], waits_for: Any) -> None:
        self._doing = doing
        self._first = [waits_for]

    def __await__(self) -> Generator[Any, Any, T]:
        return self

    def send(self, value: Any) -> Any:
        return self._first.pop() if self._first else self._doing.send(value)

    def throw(self, *error: Any) -> Any:
        return self._doing.throw(*error)
