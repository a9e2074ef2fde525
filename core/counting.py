"""Open this for numbers that are given out one by one, whoever asks at the same time."""

from __future__ import annotations

from core.work import Work


async def next_number(work: Work, name: str) -> int:
    """Return the next number under that name; other units wait here until this one ends."""
    rows = await work.unit.rows(
        "INSERT INTO counters (name, value) VALUES ($1, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        name,
    )
    return int(rows[0]["value"])
