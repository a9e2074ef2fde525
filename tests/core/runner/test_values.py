"""Raw values and statements on their way in and out."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.runner import as_utc
from core.runner.values import postgres_values, sqlite_statement, sqlite_values

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (None, None),
        ("2026-01-01 12:00:00+00:00", NOON),
        ("2026-01-01T12:00:00Z", NOON),
        ("2026-01-01 07:00:00-05:00", NOON),
        (NOON, NOON),
        (NOON.astimezone(timezone(timedelta(hours=9))), NOON),
    ],
)
def test_as_utc_reads_either_databases_moments(raw: object, moment: datetime | None) -> None:
    read = as_utc(raw)
    assert read == moment
    assert read is None or read.tzinfo is UTC


def test_as_utc_refuses_what_has_no_time_zone_or_is_no_moment() -> None:
    for naive in ("2026-01-01 12:00:00", NOON.replace(tzinfo=None)):
        with pytest.raises(ValueError, match="time zone"):
            as_utc(naive)
    with pytest.raises(TypeError):
        as_utc(12)


def test_text_order_of_stored_moments_is_time_order() -> None:
    moments = [NOON + timedelta(microseconds=step) for step in (-1, 0, 1, 500_000, 1_000_000)]
    zones = [timezone(timedelta(hours=hours)) for hours in (-12, 0, 5, 14, -3)]
    stored = sqlite_values([m.astimezone(z) for m, z in zip(moments, zones, strict=True)])
    assert list(stored) == sorted(stored)


def test_naive_moments_are_refused_on_both() -> None:
    for convert in (sqlite_values, postgres_values):
        with pytest.raises(ValueError, match="time zone"):
            convert([1, NOON.replace(tzinfo=None)])


def test_placeholders_keep_their_numbers() -> None:
    assert sqlite_statement("SELECT $2, $10, $1") == "SELECT ?2, ?10, ?1"
