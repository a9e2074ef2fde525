"""How fast may be sent: overall, per chat, and after Telegram asked to wait."""

from __future__ import annotations

import pytest

from channels.telegram.pacing import Pace
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


def test_one_chat_is_written_to_once_a_second(pace: Pace) -> None:
    assert [pace.book_chat(1) for _ in range(3)] == [0, 1, 2]


def test_chats_do_not_wait_for_one_another(pace: Pace) -> None:
    assert [pace.book_chat(chat) for chat in (1, 2, 3)] == [0, 0, 0]


def test_thirty_a_second_go_out_in_all(pace: Pace) -> None:
    waits = [pace.book_turn() for _ in range(61)]
    assert waits[30] == pytest.approx(1)
    assert waits[60] == pytest.approx(2)


def test_time_that_passed_is_not_saved_up_for_a_burst(pace: Pace, watch: Stopwatch) -> None:
    pace.book_turn()
    watch.seconds += 60
    assert [pace.book_turn() for _ in range(2)] == [0, pytest.approx(1 / 30)]


def test_a_wait_too_long_for_one_send_is_left_to_later(pace: Pace) -> None:
    pace.hold(1, 30)
    with pytest.raises(TemporarySendError) as refused:
        pace.book_chat(1)
    assert refused.value.retry_after == pytest.approx(30)
    assert pace.book_chat(2) == 0


def test_a_refused_turn_is_not_taken(pace: Pace, watch: Stopwatch) -> None:
    pace.hold(1, 30)
    for _ in range(5):
        with pytest.raises(TemporarySendError):
            pace.book_chat(1)
    watch.seconds += 30
    assert pace.book_chat(1) == 0
