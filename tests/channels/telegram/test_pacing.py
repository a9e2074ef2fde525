"""How fast may be sent: overall, per chat, and after Telegram asked to wait."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from channels.telegram.pacing import KEPT, Pace
from core.hookspecs import TemporarySendError


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def pace(watch: Stopwatch) -> Pace:
    return Pace(now=watch)


async def send_one(pace: Pace, chat: int) -> None:
    async with pace.turn_in(chat):
        await asyncio.sleep(0)


async def test_one_chat_is_written_to_once_a_second(pace: Pace) -> None:
    await send_one(pace, 1)
    assert pace.wait_in(1) == 1
    assert pace.wait_in(2) < 0.1


def test_thirty_a_second_go_out_in_all(pace: Pace) -> None:
    waits = [pace.take_turn() for _ in range(61)]
    assert waits[30] == pytest.approx(1)
    assert waits[60] == pytest.approx(2)


def test_time_that_passed_is_not_saved_up_for_a_burst(pace: Pace, watch: Stopwatch) -> None:
    pace.take_turn()
    watch.seconds += 60
    assert [pace.take_turn() for _ in range(2)] == [0, pytest.approx(1 / 30)]


async def test_a_wait_too_long_for_one_send_is_left_to_later(pace: Pace, watch: Stopwatch) -> None:
    pace.hold(1, 30)
    for _ in range(5):
        with pytest.raises(TemporarySendError) as refused:
            await send_one(pace, 1)
        assert refused.value.retry_after == pytest.approx(30)
    await send_one(pace, 2)
    watch.seconds += 30
    await send_one(pace, 1)


async def test_a_queue_in_one_chat_that_grows_too_long_is_left_to_later() -> None:
    pace = Pace(0, 1)
    await send_one(pace, 1)
    waiting = [asyncio.create_task(send_one(pace, 1)) for _ in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(TemporarySendError):
        await send_one(pace, 1)
    for one in waiting:
        one.cancel()
    await asyncio.wait(waiting)
    assert pace.wait_in(1) <= 1


async def test_messages_to_one_chat_keep_their_order_and_distance() -> None:
    pace, went = Pace(0.001, 0.05), list[tuple[float, int]]()

    async def send(number: int) -> None:
        await send_one(pace, 1)
        went.append((asyncio.get_running_loop().time(), number))

    await asyncio.gather(*map(send, range(5)))
    assert [number for _, number in went] == [0, 1, 2, 3, 4]
    assert all(b - a >= 0.04 for (a, _), (b, _) in pairwise(went))


async def test_a_great_many_chats_leave_nothing_behind(pace: Pace, watch: Stopwatch) -> None:
    for chat in range(KEPT):
        pace.hold(chat, 1)
    watch.seconds += 2
    pace.hold(-1, 1)
    assert pace.wait_in(0) == 0
