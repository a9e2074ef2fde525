"""Dates without a year, around the turn of a year, and times around a change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.moments import read_when
from core.intake.values import Surroundings
from tests.core.intake.told import LONDON


def on(day: str, zone: ZoneInfo = LONDON) -> Surroundings:
    return Surroundings(datetime.fromisoformat(day).replace(hour=9, tzinfo=zone), zone)


@pytest.mark.parametrize(
    ("today", "written", "meant"),
    [
        ("2026-12-30", "Fri 1 Jan", "2027-01-01"),
        ("2026-12-31", "tomorrow", "2027-01-01"),
        ("2026-12-28", "31 Dec", "2026-12-31"),
        ("2027-01-01", "1 Jan", "2027-01-01"),
        ("2027-01-02", "30/11", "2027-11-30"),
        ("2027-02-01", "29 Feb 2028", "2028-02-29"),
        ("2027-12-01", "29 Feb", "2028-02-29"),
    ],
)
def test_a_date_without_year_is_the_nearest_to_come(today: str, written: str, meant: str) -> None:
    when = read_when(written, None, on(today))
    assert when.date == meant, when.problems


@pytest.mark.parametrize(("today", "written"), [("2027-01-01", "31 Dec"), ("2027-02-03", "2 Feb")])
def test_a_date_without_year_that_may_be_past_is_asked_about(today: str, written: str) -> None:
    (problem,) = read_when(written, None, on(today)).problems
    assert "write it with its year" in problem


def test_summer_time_counts() -> None:
    assert read_when("tomorrow 2pm", None, on("2027-07-29")).pickup.at == datetime(
        2027, 7, 30, 13, tzinfo=UTC
    )


@pytest.mark.parametrize("written", ["28/03/2027 01:30", "Sun 28 March 1.30am", "2027-03-28 0130"])
def test_a_time_that_a_clock_change_skips_is_a_problem(written: str) -> None:
    (problem,) = read_when(written, None, on("2027-03-01")).problems
    assert "skipped by a clock change" in problem


@pytest.mark.parametrize("written", ["31/10/2027 01:30", "Sun 31 Oct 1.30am"])
def test_a_time_that_exists_twice_is_a_problem(written: str) -> None:
    (problem,) = read_when(written, None, on("2027-10-01")).problems
    assert "exists twice" in problem


def test_today_is_the_day_of_the_site() -> None:
    late = datetime(2027, 1, 26, 23, 30, tzinfo=UTC)
    there = Surroundings(late, ZoneInfo("Europe/Bucharest"))
    assert read_when("today", None, there).date == "2027-01-27"


@given(
    ahead=st.integers(0, 330),
    form=st.sampled_from(("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%a %d %B", "%d %b", "%A %d %b %Y")),
    clock=st.sampled_from(("%H:%M", "%H%M", "%I.%M%p", "%H.%M")),
    minutes=st.integers(3 * 60, 24 * 60 - 1),
    today=st.dates(date(2024, 1, 1), date(2060, 1, 1)),
)
def test_every_form_of_a_moment_means_that_moment(
    ahead: int, form: str, clock: str, minutes: int, today: date
) -> None:
    around = on(today.isoformat())
    day = today + timedelta(days=ahead)
    local = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=LONDON)
    when = read_when(f"{local:{form}}", f"{local:{clock}}", around)
    assert when.pickup.at == local.astimezone(UTC), when
