"""Messages as people write them are understood as written down in the files of cases."""

from __future__ import annotations

import pytest

from core.intake.moments import read_when
from tests.core.intake.told import AROUND, letters_of, lines_of, read, told

PROSE = tuple(lines_of("prose.txt"))
DATES = tuple(lines_of("dates.txt"))
LETTERS = tuple(letters_of("letters.txt"))


@pytest.mark.parametrize(("line", "meant"), PROSE)
def test_a_line_of_prose_is_a_job_or_is_not(line: str, meant: str) -> None:
    assert (" // ".join(told(read(line))) or "nothing") == meant


@pytest.mark.parametrize(("written", "meant"), DATES)
def test_a_pickup_is_read_as_people_write_it(written: str, meant: str) -> None:
    date, _, time = written.partition("|")
    when = read_when(date, time, AROUND)
    said = f"! {'; '.join(when.problems)}" if when.problems else when.understood or "nothing"
    doubts = f" ? {'; '.join(when.warnings)}" if when.warnings else ""
    assert said + doubts == meant


@pytest.mark.parametrize(
    ("message", "meant"), [pytest.param(*rest, id=title) for title, *rest in LETTERS]
)
def test_a_whole_letter_is_its_jobs(message: str, meant: list[str]) -> None:
    assert told(read(message)) == meant


def test_there_are_enough_cases() -> None:
    lines = [*PROSE, *DATES]
    letters = [line for _, message, _ in LETTERS for line in message.split("\n")]
    assert len(lines) + len(letters) >= 150
