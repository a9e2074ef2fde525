"""What a history tells of when things came about, line by line, without a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain import CLOCK, EventKind
from core.rehearsal.course import Course, awake, outages, steps, time_outs
from core.views import EventView
from tests.house import JO, NOON

K = EventKind
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
END = NOON + 30 * MINUTE


def line(
    number: int,
    kind: EventKind,
    at: datetime,
    facts: dict[str, Any] | None = None,
    *,
    actor: str = str(CLOCK),
    offer_id: int | None = 1,
) -> EventView:
    return EventView(number, at, kind, 1, offer_id, 7, actor, None, None, None, facts)


def timed_out(late: timedelta) -> list[EventView]:
    """Return the history of an offer that timed out so late."""
    return [
        line(1, K.OFFERED, NOON, {"expires_at": END.isoformat()}),
        line(2, K.REROUTED, NOON + MINUTE),
        line(3, K.ALERTED, NOON + MINUTE, {"cause": "undeliverable"}),
        line(4, K.TIMED_OUT, END + late),
    ]


def test_an_offer_that_timed_out_a_minute_late_shows_an_outage() -> None:
    assert outages({1: timed_out(MINUTE)}) == [(END, END + MINUTE)]
    assert outages({1: timed_out(MINUTE - SECOND)}) == []


def test_an_offer_whose_end_moved_was_due_by_its_last_end() -> None:
    moved = timed_out(10 * MINUTE)
    later = {"expires_at": (END + 10 * MINUTE).isoformat()}
    moved.insert(3, line(4, K.EXPIRY_MOVED, NOON + 2 * MINUTE, later))
    assert outages({1: moved}) == []


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ((30, 40), (40, 50), [(30, 50)]),
        ((30, 40), (41, 50), [(30, 40), (41, 50)]),
        ((30, 60), (40, 50), [(30, 60)]),
    ],
)
def test_outages_that_touch_are_one(
    first: tuple[int, int], second: tuple[int, int], joined: list[tuple[int, int]]
) -> None:
    histories = {}
    for job_id, (begins, ends) in enumerate((second, first), 1):
        expires_at = (NOON + begins * MINUTE).isoformat()
        histories[job_id] = [
            line(1, K.OFFERED, NOON, {"expires_at": expires_at}, offer_id=job_id),
            line(2, K.TIMED_OUT, NOON + ends * MINUTE, offer_id=job_id),
        ]
    found = [
        ((begins - NOON) / MINUTE, (ends - NOON) / MINUTE) for begins, ends in outages(histories)
    ]
    assert found == joined


def test_the_clock_sleeps_from_the_beginning_of_an_outage_until_just_before_its_end() -> None:
    spells = [(NOON, END)]
    assert awake(NOON, spells) == END
    assert awake(END - SECOND, spells) == END
    assert awake(END, spells) == END
    assert awake(NOON - SECOND, spells) == NOON - SECOND
    assert awake(END + SECOND, spells) == END + SECOND


def test_lines_of_one_moment_and_hand_in_a_row_are_one_step() -> None:
    by_hand = str(JO)
    lines = [
        line(1, K.DECLINED, NOON),
        line(2, K.OFFERED, NOON),
        line(4, K.OFFERED, NOON),  # another's line lies between
        line(5, K.OFFERED, NOON, actor=by_hand),
        line(6, K.OFFERED, NOON + SECOND, actor=by_hand),
    ]
    assert [first for _, first in steps(lines)] == [1, 1, 4, 5, 6]


def test_time_outs_in_a_row_are_one_step_and_what_follows_them_belongs_to_it() -> None:
    kinds = (K.TIMED_OUT, K.TIMED_OUT, K.OFFERED, K.TIMED_OUT)
    lines = [line(number, kind, NOON) for number, kind in enumerate(kinds, 1)]
    assert [first for _, first in steps(lines)] == [1, 1, 1, 4]


def test_only_the_clock_times_out_and_the_first_place_of_a_moment_counts() -> None:
    histories = {
        1: [line(9, K.TIMED_OUT, END)],
        2: [line(5, K.TIMED_OUT, END), line(6, K.OFFERED, END)],
        3: [line(8, K.TIMED_OUT, END)],
        4: [line(2, K.TIMED_OUT, END, actor=str(JO))],
    }
    assert time_outs(histories) == {(7, END): 5}


def test_the_next_tick_is_one_at_or_after_what_was_due() -> None:
    course = Course(timed_out(timedelta(0)))
    assert course.tick_after(END) == (END, 4)
    assert course.tick_after(END + SECOND) is None


def test_an_offer_is_a_tick_of_its_own_unless_something_led_to_it() -> None:
    alone = Course([line(1, K.OFFERED, NOON)])
    assert alone.tick_after(NOON) == (NOON, 1)
    led_to = Course([line(1, K.DECLINED, NOON), line(2, K.OFFERED, NOON)])
    assert led_to.tick_after(NOON) is None
    by_hand = Course([line(1, K.OFFERED, NOON, actor=str(JO))])
    assert by_hand.tick_after(NOON) is None


def test_a_replay_keeps_its_course_until_a_line_differs_in_what_is_compared() -> None:
    recorded = [
        line(1, K.OFFERED, NOON, {"round": 1, "place": 3}),
        line(2, K.TIMED_OUT, END),
        line(3, K.OFFERED, END),
    ]
    course = Course(recorded)
    course.follow(line(11, K.OFFERED, NOON, {"round": 1, "place": 5}))
    course.follow(line(12, K.ALERTED, NOON))  # beside the course
    assert course.kept
    assert course.tick_after(NOON) == (END, 2)
    course.follow(line(13, K.TIMED_OUT, END + SECOND))
    assert not course.kept


def test_a_replay_that_goes_on_beyond_the_record_has_left_its_course() -> None:
    course = Course([line(1, K.OFFERED, NOON)])
    course.follow(line(11, K.OFFERED, NOON))
    assert course.kept
    course.follow(line(12, K.TIMED_OUT, END))
    assert not course.kept
