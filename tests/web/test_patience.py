"""Waiting for a client: bounded, and without a clock for what need not wait."""

from __future__ import annotations

import asyncio

import pytest

from web.patience import within


async def at_once() -> str:
    return "done"


async def when(event: asyncio.Event, ends: list[str]) -> str:
    try:
        await event.wait()
        await asyncio.sleep(0)
    except BaseException as error:
        ends.append(type(error).__name__)
        raise
    return "done"


async def test_what_need_not_wait_is_never_too_late() -> None:
    assert await within(0, at_once()) == "done"


async def test_what_waits_is_waited_for() -> None:
    event, ends = asyncio.Event(), list[str]()
    asyncio.get_running_loop().call_soon(event.set)
    assert await within(20, when(event, ends)) == "done"
    assert ends == []


async def test_what_waits_too_long_is_ended() -> None:
    ends = list[str]()
    with pytest.raises(TimeoutError):
        await within(0, when(asyncio.Event(), ends))
    assert ends == ["CancelledError"]


async def test_no_limit_waits_on() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(within(None, when(event, [])))
    await asyncio.sleep(0)
    event.set()
    assert await waiting == "done"


async def test_who_is_cancelled_meanwhile_ends_what_was_begun() -> None:
    ends = list[str]()
    waiting = asyncio.create_task(within(20, when(asyncio.Event(), ends)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ends == ["CancelledError"]


async def test_an_error_comes_through_at_once_and_later() -> None:
    async def fail(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        raise ValueError(turns)

    for turns in (0, 1, 2):
        with pytest.raises(ValueError, match=str(turns)):
            await within(20, fail(turns))
