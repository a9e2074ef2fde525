"""How a pickup's date and time are read: day first, ISO too, and nothing guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.intake import DateProblem, Pickup, read_pickup

LONDON = ZoneInfo("Europe/London")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("30/01/2026", "2026-01-30"),
        ("3/2/2026", "2026-02-03"),
        ("30.01.2026", "2026-01-30"),
        ("30-01-2026", "2026-01-30"),
        ("2026-01-30", "2026-01-30"),
        ("2026-02-03", "2026-02-03"),  # never 2 March
        (" 30/01/2026\n", "2026-01-30"),
        ("29/02/2028", "2028-02-29"),
        ("01/01/2000", "2000-01-01"),
        ("31/12/2100", "2100-12-31"),
    ],
)
@pytest.mark.parametrize("time", [None, "", "  "])
def test_a_date_alone_is_its_local_day(date: str, day: str, time: str | None) -> None:
    assert read_pickup(date, time, LONDON) == Pickup(utc(f"{day}T00:00"), date_only=True)


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Santiago", "Africa/Cairo"])
@pytest.mark.parametrize("month", range(1, 13))
def test_a_local_day_begins_that_day_in_zones_that_skip_midnight(zone: str, month: int) -> None:
    for day in range(1, 29):
        at = read_pickup(f"{day}/{month}/2026", None, ZoneInfo(zone)).at
        assert at is not None
        assert at.astimezone(ZoneInfo(zone)).date() == datetime(2026, month, day, tzinfo=UTC).date()


def test_summer_time_counts() -> None:
    assert read_pickup("30/07/2026", None, LONDON).at == utc("2026-07-29T23:00")
    assert read_pickup("30/07/2026", "14:30", LONDON).at == utc("2026-07-30T13:30")


@pytest.mark.parametrize(
    ("time", "clock"),
    [
        ("14:30", "14:30"),
        ("1430", "14:30"),
        ("0915", "09:15"),
        ("9:15", "09:15"),
        ("14.30", "14:30"),
        ("2.30pm", "14:30"),
        ("2pm", "14:00"),
        ("2:30 PM", "14:30"),
        ("2 p.m.", "14:00"),
        ("11am", "11:00"),
        ("12pm", "12:00"),
        ("12:30am", "00:30"),
        ("14:30:00", "14:30"),
        ("00:00", "00:00"),
        ("noon", "12:00"),
        ("Midday", "12:00"),
    ],
)
def test_times_as_people_write_them(time: str, clock: str) -> None:
    expected = Pickup(utc(f"2026-01-30T{clock}"), date_only=False)
    assert read_pickup("30/01/2026", time, LONDON) == expected


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-30T14:30:00+00:00", "2026-01-30T14:30"),
        ("2026-01-30T14:30:00Z", "2026-01-30T14:30"),
        ("2026-01-30t14:30z", "2026-01-30T14:30"),
        ("2026-01-30T14:30:00.000Z", "2026-01-30T14:30"),
        ("2026-01-30T14:30+0530", "2026-01-30T09:00"),
        ("2026-07-30T14:30", "2026-07-30T13:30"),  # local
        ("2026-07-30 14:30:00", "2026-07-30T13:30"),
        ("2026-10-25T01:30:00+01:00", "2026-10-25T00:30"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25T01:30"),
    ],
)
def test_a_date_time_is_read_with_its_offset_or_as_local(text: str, at: str) -> None:
    assert read_pickup(text, None, LONDON) == Pickup(utc(at), date_only=False)


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_no_date_and_no_time_is_no_pickup(blank: str | None) -> None:
    assert read_pickup(blank, blank, LONDON) == Pickup(None, date_only=False)


@pytest.mark.parametrize(
    ("date", "time", "fix"),
    [
        (None, "14:30", "add the pickup date"),
        ("2026-01-30T14:30Z", "14:30", "leave the time out"),
        ("2026-01-30T14:30", "14:30", "leave the time out"),
        ("30/01/26", None, "year of four digits"),
        ("31/02/2026", None, "February 2026 has 28 days"),
        ("29/02/2027", None, "February 2027 has 28 days"),
        ("0/1/2026", None, "January 2026 has 31 days"),
        ("01/30/2026", None, "day first"),
        ("2026-13-01", None, "no such month"),
        ("31/12/1999", None, "2000 to 2100"),
        ("1/1/2101", None, "2000 to 2100"),
        ("1430", None, "30/01/2026 or 2026-01-30"),
        ("tomorrow", None, "30/01/2026 or 2026-01-30"),
        ("30/01-2026", None, "30/01/2026 or 2026-01-30"),
        ("30 / 01 / 2026", None, "30/01/2026 or 2026-01-30"),
        ("30/01/2026\u00a0", None, "30/01/2026 or 2026-01-30"),
        ("\u0663\u0660/01/2026", None, "30/01/2026 or 2026-01-30"),
        ("2026-01-30T25:00Z", None, "2026-01-30T14:30:00+00:00"),
        ("2026-01-30T14:30+99:00", None, "2026-01-30T14:30:00+00:00"),
        ("30/01/2026", "midnight", "00:00 or 23:59"),
        ("30/01/2026", "12am", "00:00 or 23:59"),
        ("30/01/2026", "24:00", "14:30 or 2.30pm"),
        ("30/01/2026", "14:60", "14:30 or 2.30pm"),
        ("30/01/2026", "2pm-4pm", "14:30 or 2.30pm"),
        ("30/01/2026", "14:30pm", "14:30 or 2.30pm"),
        ("30/01/2026", "0pm", "14:30 or 2.30pm"),
        ("30/01/2026", "930", "14:30 or 2.30pm"),
        ("30/01/2026", "2", "14:30 or 2.30pm"),
        ("30/01/2026", "ASAP", "14:30 or 2.30pm"),
        ("29/03/2026", "01:30", "the clock shows 02:30 then"),
        ("2026-03-29T01:30", None, "the clock shows 02:30 then"),
        ("25/10/2026", "01:30", "add an offset, like 2026-10-25T01:30:00+01:00"),
        ("2026-10-25T01:30", None, "add an offset, like 2026-10-25T01:30:00+01:00"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_fix(
    date: str | None, time: str | None, fix: str
) -> None:
    with pytest.raises(DateProblem) as caught:
        read_pickup(date, time, LONDON)
    assert fix in str(caught.value)


def read_or_problem(date: str | None, time: str | None, zone: ZoneInfo) -> Pickup | str:
    try:
        return read_pickup(date, time, zone)
    except DateProblem as problem:
        return str(problem)


DIGITS = st.text("0123456789/.-: TZtzapm+\u0663\n", max_size=100)
TEXTS = st.none() | st.text(max_size=100) | DIGITS
ZONES = st.sampled_from(["Europe/London", "Pacific/Apia", "America/St_Johns", "UTC"]).map(ZoneInfo)


@given(TEXTS, TEXTS, ZONES)
@example("9" * 100, "9" * 100, LONDON)
@example("2000-01-01T00:00+23:59", None, LONDON)
@example("2100-12-31T23:59-23:59", None, LONDON)
@example("\ud800", None, LONDON)
def test_any_text_is_read_or_refused_in_one_line(
    date: str | None, time: str | None, zone: ZoneInfo
) -> None:
    outcome = read_or_problem(date, time, zone)
    if isinstance(outcome, Pickup):
        assert outcome.at is None or outcome.at.tzinfo is UTC
    else:
        assert len(outcome.splitlines()) == 1
        outcome.encode()


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30)).map(  # noqa: DTZ001 - local clocks
        lambda moment: moment.replace(second=0, microsecond=0)
    )
)
def test_every_wall_time_is_exact_or_refused(wall: datetime) -> None:
    outcome = read_or_problem(f"{wall:%d/%m/%Y}", f"{wall:%H:%M}", LONDON)
    if isinstance(outcome, Pickup):
        assert outcome.at is not None
        assert outcome.at.astimezone(LONDON).replace(tzinfo=None) == wall
    else:
        assert "clock change" in outcome or "twice" in outcome
