"""XLSX files: cells with dates and numbers, other sheets, and files that are not what they say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from core.intake.sheets import LARGEST_UNPACKED
from tests.core.intake.told import file, read, told

NAIVE = datetime(2027, 1, 30, 9, 15)  # noqa: DTZ001  # cells know no time zone
HEADER = ("Ref", "From", "To", "Date", "Time", "Pay")


def sheet(*rows: Sequence[Any], hidden: Sequence[Sequence[Any]] = ()) -> bytes:
    book = Workbook()
    first = book.active
    for row in rows:
        first.append(list(row))
    if hidden:
        other = book.create_sheet("old")
        other.sheet_state = "hidden"
        for row in hidden:
            other.append(list(row))
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_cells_with_dates_times_and_numbers_are_read() -> None:
    payload = sheet(
        ("Jobs of the week",),
        HEADER,
        (2041, "Leeds", "York", date(2027, 1, 30), time(14, 30), 120),
        ("A-2", "Hull", "York", NAIVE, None, 99.5),
        ("A-3", "Hull", "York", "31/02/2027", None, None),
        (None, None, None, None, None, None),
    )
    assert told(read("see attached", files=[file("jobs.xlsx", payload)])) == [
        "sheet_job_id=2041 | pickup=Sat 30 Jan 2027 14:30 | origin=Leeds | destination=York"
        " | pay=120",
        "sheet_job_id=A-2 | pickup=Sat 30 Jan 2027 09:15 | origin=Hull | destination=York"
        " | pay=99.5",
        "sheet_job_id=A-3 | pickup= | origin=Hull | destination=York"
        " ! the date '31/02/2027' does not exist: February 2027 has 28 days",
    ]


def test_a_hidden_sheet_does_not_count() -> None:
    payload = sheet(HEADER[:3], ("A-1", "Leeds", "York"), hidden=[HEADER[:3], ("B", "X", "Y")])
    assert len(read(files=[file("jobs.xlsx", payload)]).readings) == 1


def repacked(payload: bytes, **parts: bytes) -> bytes:
    """Return a file with some of its parts replaced."""
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as old, zipfile.ZipFile(saved, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.rpartition("/")[2].partition(".")[0], old.read(name)))
    return saved.getvalue()


GOOD = sheet(HEADER[:3], ("A-1", "Leeds", "York"))


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"PK\x03\x04 not a sheet", "it is not a readable XLSX file"),
        (GOOD[: len(GOOD) // 2], "it is not a readable XLSX file"),
        (b"", "it is not a readable XLSX file"),
        (repacked(GOOD, sheet1=b"<worksheet"), "it is not a readable XLSX file"),
        (
            repacked(GOOD, sheet1=b" " * (LARGEST_UNPACKED + 1)),
            "it unpacks to more than 30 MB",
        ),
        (
            repacked(GOOD, workbook=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'),
            "it defines entities",
        ),
        (b"0" * 5_000_001, "it is larger than 5 MB"),
    ],
)
def test_a_file_that_is_damaged_or_a_trap_is_unread(payload: bytes, why: str) -> None:
    assert told(read(files=[file("jobs.xlsx", payload)])) == [f"? 'jobs.xlsx': {why}"]


def test_a_good_file_is_read_after_all_that() -> None:
    assert told(read(files=[file("jobs.xlsx", repacked(GOOD))])) == [
        "sheet_job_id=A-1 | origin=Leeds | destination=York"
    ]
