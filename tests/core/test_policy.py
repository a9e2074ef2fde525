"""The arithmetic of a cascade: cutoffs, windows, quiet hours, and how a policy is written down."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import LateYes, Policy, QuietHours
from core.policy import (
    asks_remaining,
    cutoff_of,
    expires_at_of,
    is_urgent,
    parse_duration,
    parse_quiet_hours,
    policy_as_json,
    policy_from_json,
    policy_from_table,
    quiet_until,
    reminder_at_of,
    start_at_of,
    window_of,
)
from core.policy_forms import READERS

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 1, 30, 12, 0, tzinfo=UTC)
NIGHT = QuietHours(time(22), time(6))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestTheExample:
    """12:30 now, pickup 14:30, 30 minutes lead, six drivers one after another, 3 to 30 minutes."""

    policy = Policy(min_lead=30 * MINUTE, timeout=30 * MINUTE, min_window=3 * MINUTE)
    now = utc("2026-01-30T12:30")

    def cutoff(self) -> datetime:
        pickup_at = utc("2026-01-30T14:30")
        cutoff = cutoff_of(
            pickup_at, date_only=False, policy=self.policy, zone=LONDON, decided_at=self.now
        )
        assert cutoff == utc("2026-01-30T14:00")
        return cutoff

    def ask(self, now: datetime, askable: int) -> datetime:
        remaining = asks_remaining(askable, width=1, rounds_left=1)
        window = window_of(now, self.cutoff(), remaining=remaining, policy=self.policy)
        assert window is not None
        return expires_at_of(now, window, self.cutoff())

    def test_each_silent_driver_gets_15_minutes_and_the_last_ends_at_14_00(self) -> None:
        now = self.now
        for askable in range(6, 0, -1):
            assert self.ask(now, askable) - now == 15 * MINUTE
            now = self.ask(now, askable)
        assert now == utc("2026-01-30T14:00")

    def test_the_second_gets_18_minutes_when_the_first_declines_at_once(self) -> None:
        assert self.ask(self.now, 5) - self.now == 18 * MINUTE


def cutoff(pickup_at: datetime | None, *, date_only: bool = False, lead: timedelta) -> object:
    policy = Policy(min_lead=lead)
    return cutoff_of(pickup_at, date_only=date_only, policy=policy, zone=LONDON, decided_at=NOON)


def test_without_a_pickup_there_is_no_cutoff() -> None:
    assert cutoff(None, lead=HOUR) is None


@pytest.mark.parametrize("pickup_at", [NOON, NOON - HOUR])
def test_a_pickup_already_past_has_no_cutoff(pickup_at: datetime) -> None:
    assert cutoff(pickup_at, lead=HOUR) is None


def test_a_cutoff_may_be_past_while_its_pickup_is_not() -> None:
    assert cutoff(NOON + MINUTE, lead=HOUR) == NOON + MINUTE - HOUR


@pytest.mark.parametrize(
    ("midnight", "end"),
    [
        ("2026-01-30T00:00", "2026-01-31T00:00"),  # winter
        ("2026-07-29T23:00", "2026-07-30T23:00"),  # summer time
        ("2026-03-29T00:00", "2026-03-29T23:00"),  # a day of 23 hours
        ("2026-10-24T23:00", "2026-10-26T00:00"),  # a day of 25 hours
    ],
)
def test_a_date_alone_is_settled_by_the_end_of_that_local_day(midnight: str, end: str) -> None:
    assert cutoff(utc(midnight), date_only=True, lead=HOUR) == utc(end)


def test_a_day_that_is_over_has_no_cutoff() -> None:
    assert cutoff(utc("2026-01-29T00:00"), date_only=True, lead=HOUR) is None


@pytest.mark.parametrize(
    ("askable", "width", "rounds", "remaining"),
    [(6, 1, 1, 6), (5, 2, 1, 3), (5, 2, 2, 6), (0, 1, 1, 1), (5, 1, 0, 1), (50, 0, 3, 1)],
)
def test_asks_remaining_counts_steps_times_rounds(
    askable: int, width: int, rounds: int, remaining: int
) -> None:
    assert asks_remaining(askable, width=width, rounds_left=rounds) == remaining


@pytest.mark.parametrize(
    ("left", "remaining", "window"),
    [
        (60 * MINUTE, 1, 30 * MINUTE),  # never longer than timeout
        (60 * MINUTE, 30, 3 * MINUTE),  # never shorter than min_window
        (60 * MINUTE, 6, 10 * MINUTE),
        (3 * MINUTE, 1, 3 * MINUTE),
        (3 * MINUTE - timedelta.resolution, 1, None),
        (-MINUTE, 1, None),
    ],
)
def test_a_window_shares_the_time_left(
    left: timedelta, remaining: int, window: timedelta | None
) -> None:
    assert window_of(NOON, NOON + left, remaining=remaining, policy=Policy()) == window


def test_without_a_cutoff_the_timeout_alone_counts() -> None:
    assert window_of(NOON, None, remaining=9, policy=Policy()) == 30 * MINUTE
    assert expires_at_of(NOON, MINUTE, None) == NOON + MINUTE


def test_min_window_never_counts_for_more_than_timeout() -> None:
    policy = Policy(timeout=MINUTE, min_window=3 * MINUTE)
    assert window_of(NOON, NOON + MINUTE, remaining=4, policy=policy) == MINUTE


def test_without_a_min_window_nothing_is_asked_at_the_cutoff_itself() -> None:
    assert window_of(NOON, NOON, remaining=1, policy=Policy(min_window=timedelta(0))) is None


@given(
    left=st.timedeltas(timedelta(days=-1), timedelta(days=9)),
    remaining=st.integers(1, 500),
    timeout=st.timedeltas(timedelta(seconds=1), timedelta(days=1)),
    min_window=st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_an_offer_lasts_from_min_window_to_timeout_and_never_past_the_cutoff(
    left: timedelta, remaining: int, timeout: timedelta, min_window: timedelta
) -> None:
    policy = Policy(timeout=timeout, min_window=min_window)
    window = window_of(NOON, NOON + left, remaining=remaining, policy=policy)
    if window is None:
        assert left <= timedelta(0) or left < min(min_window, timeout)
        return
    expires_at = expires_at_of(NOON, window, NOON + left)
    assert min(min_window, timeout) <= expires_at - NOON <= timeout
    assert expires_at <= NOON + left


def test_asking_starts_so_long_before_the_pickup() -> None:
    policy = Policy(start_before=3 * HOUR)
    assert start_at_of(NOON, policy) == NOON - 3 * HOUR
    assert start_at_of(None, policy) is None
    assert start_at_of(NOON, Policy()) is None


def test_the_reminder_falls_at_its_fraction_of_the_window() -> None:
    policy = Policy(remind_at=0.5)
    assert reminder_at_of(NOON, NOON + HOUR, policy) == NOON + 30 * MINUTE
    assert reminder_at_of(NOON, NOON + HOUR, Policy()) is None


def test_a_near_pickup_is_urgent() -> None:
    policy = Policy(urgent_within=HOUR)
    assert is_urgent(NOON, NOON + HOUR, policy)
    assert not is_urgent(NOON, NOON + HOUR + MINUTE, policy)
    assert not is_urgent(NOON, None, policy)
    assert not is_urgent(NOON, NOON, Policy())


@pytest.mark.parametrize(
    ("now", "quiet", "until"),
    [
        ("2026-01-30T21:59", NIGHT, None),
        ("2026-01-30T22:00", NIGHT, "2026-01-31T06:00"),
        ("2026-01-31T05:59", NIGHT, "2026-01-31T06:00"),
        ("2026-01-31T06:00", NIGHT, None),
        ("2026-07-30T21:30", NIGHT, "2026-07-31T05:00"),  # summer: 22:30 local
        ("2026-03-28T23:00", NIGHT, "2026-03-29T05:00"),  # clocks go forward that night
        ("2026-10-24T22:00", NIGHT, "2026-10-25T06:00"),  # clocks go back that night
        ("2026-01-30T13:00", QuietHours(time(12), time(14)), "2026-01-30T14:00"),
        ("2026-01-30T14:00", QuietHours(time(12), time(14)), None),
        ("2026-01-30T23:59", QuietHours(time(22), time(0)), "2026-01-31T00:00"),
        ("2026-01-30T00:00", QuietHours(time(0), time(6)), "2026-01-30T06:00"),
        ("2026-10-25T00:40", QuietHours(time(22), time(1, 30)), "2026-10-25T01:30"),  # the second
        ("2026-01-30T12:00", QuietHours(time(9), time(9)), None),
        ("2026-01-30T12:00", None, None),
    ],
)
def test_quiet_hours_end_at_a_local_time(
    now: str, quiet: QuietHours | None, until: str | None
) -> None:
    assert quiet_until(utc(now), quiet, LONDON) == (until and utc(until))


clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - zone below
zones = st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/Santiago", "Asia/Gaza"])


@given(moments, clocks, clocks, zones.map(ZoneInfo))
def test_whatever_the_wall_clock_calls_quiet_is_quiet_and_ends(
    now: datetime, start: time, end: time, zone: ZoneInfo
) -> None:
    quiet = QuietHours(start, end)
    until = quiet_until(now, quiet, zone)
    local = now.astimezone(zone).time()
    inside = start <= local < end if start < end else start != end and not end <= local < start
    if inside:
        assert until is not None
    if until is not None:
        assert now < until <= now + timedelta(hours=26)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30m", 30 * MINUTE),
        ("3m", 3 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("90s", 1.5 * MINUTE),
        ("2h", 2 * HOUR),
        ("0m", timedelta(0)),
        ("1d", 24 * HOUR),
        ("0.5m", 0.5 * MINUTE),
        (" 2H ", 2 * HOUR),
    ],
)
def test_durations_are_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "30", "m", "-3m", "1 0m", "3m1h", "1e3m", "nanm", "30 minutes", "٣m", "9" * 400 + "d"],
)
def test_other_durations_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^'.*(write it like 30m|at most 366d)[^\n]*$"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["", "22:00", "22-06", "24:00-06:00", "22:60-06:00", "6:00-7:00"])
def test_other_quiet_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="22:00-06:00"):
        parse_quiet_hours(text)


durations = st.timedeltas(timedelta(0), timedelta(days=366))
policies = st.builds(
    Policy,
    name=st.text(),
    width=st.integers(0, 100),
    timeout=durations,
    min_window=durations,
    min_lead=durations,
    rounds=st.integers(1, 9),
    start_before=st.none() | durations,
    quiet_hours=st.none()
    | st.builds(QuietHours, clocks, clocks).filter(lambda quiet: quiet.start != quiet.end),
    remind_at=st.none() | st.floats(0.01, 0.99),
    late_yes=st.sampled_from(LateYes),
    max_open_offers_per_agent=st.integers(0, 9),
    busy_buffer=durations,
    urgent_within=st.none() | durations,
)


@given(policies)
def test_a_policy_survives_json(policy: Policy) -> None:
    restored = policy_from_json(json.loads(json.dumps(policy_as_json(policy))))
    assert restored == policy
    assert isinstance(restored.late_yes, LateYes)


def test_a_stored_policy_without_a_later_field_has_its_default() -> None:
    stored = policy_as_json(Policy(name="night", width=2))
    del stored["busy_buffer"]
    assert policy_from_json({**stored, "forgotten": 1}) == Policy(name="night", width=2)


def test_a_table_knows_every_field_of_a_policy() -> None:
    assert {*READERS, "name"} == {field.name for field in fields(Policy)}


def test_a_full_table_is_read() -> None:
    table = {
        "order": "priority",
        "width": 0,
        "timeout": "20m",
        "min_window": "1m",
        "min_lead": "30m",
        "rounds": 2,
        "start_before": "4h",
        "quiet_hours": "22:00-06:00",
        "remind_at": 0.5,
        "late_yes": "strict",
        "max_open_offers_per_agent": 3,
        "busy_buffer": "45m",
        "urgent_within": "2h",
    }
    assert policy_from_table("night", table, default_timeout=MINUTE) == Policy(
        name="night",
        width=0,
        timeout=20 * MINUTE,
        min_window=MINUTE,
        min_lead=30 * MINUTE,
        rounds=2,
        start_before=4 * HOUR,
        quiet_hours=NIGHT,
        remind_at=0.5,
        late_yes=LateYes.STRICT,
        max_open_offers_per_agent=3,
        busy_buffer=45 * MINUTE,
        urgent_within=2 * HOUR,
    )


def test_an_empty_table_takes_the_timeout_of_the_settings() -> None:
    expected = replace(Policy(name="default"), timeout=12 * MINUTE)
    assert policy_from_table("default", {}, default_timeout=12 * MINUTE) == expected


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("time_out", "3m", "unknown key 'time_out': did you mean 'timeout'?"),
        ("name", "x", "unknown key 'name'"),
        ("timeout", 30, "timeout: must be text in quotes, not 30"),
        ("timeout", "0m", "timeout: must be more than 0"),
        ("start_before", "0m", "start_before: must be more than 0"),
        ("timeout", "soon", "timeout: 'soon' is not a duration"),
        ("width", -1, "width: must be a whole number from 0"),
        ("width", True, "width: must be a whole number"),
        ("width", 1.5, "width: must be a whole number"),
        ("rounds", 0, "rounds: must be a whole number from 1"),
        ("order", "random", "order: must be 'priority'"),
        ("order", [], "order: must be 'priority'"),
        ("late_yes", "maybe", "late_yes: must be 'standby' or 'strict'"),
        ("late_yes", ["strict"], "late_yes: must be 'standby' or 'strict'"),
        ("remind_at", 1, "remind_at: must be a number between 0 and 1"),
        ("remind_at", True, "remind_at: must be a number between 0 and 1"),
        ("remind_at", float("nan"), "remind_at: must be a number between 0 and 1"),
        ("quiet_hours", "22-6", "quiet_hours: '22-6' are not quiet hours"),
        ("quiet_hours", "06:00-06:00", "quiet_hours: '06:00-06:00' begins when it ends"),
    ],
)
def test_a_wrong_table_names_key_and_fix(key: str, value: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"^\[policies\.night\] ") as caught:
        policy_from_table("night", {key: value}, default_timeout=MINUTE)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
