"""How many statements a reply takes: on PostgreSQL each is a round trip."""

from __future__ import annotations

from typing import Any

import pytest

from core.runner import Unit
from tests.house import House


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the raw statements that units make from here on."""
    statements: list[str] = []

    def noting(real: Any) -> Any:
        async def note(unit: Unit, sql: str, *values: object) -> Any:
            statements.append(sql)
            return await real(unit, sql, *values)

        return note

    for name in ("execute", "records"):
        monkeypatch.setattr(Unit, name, noting(getattr(Unit, name)))
    return statements


async def test_a_yes_reads_once_and_writes_job_offer_inbox_and_history(
    house: House, said: list[str]
) -> None:
    await house.drivers("Ann", "Bob")
    await house.offering("A-1")
    said.clear()
    assert (await house.says(1, "YES")).code == "accepted"
    together = house.router.runner.dialect == "postgres"
    of_editing = [sql for sql in said if "WHERE editable" in sql]  # where a channel can edit
    assert [" ".join(sql.split()[:3]) for sql in said if sql not in of_editing] == [
        "SELECT a.id, a.name,",
        "UPDATE jobs SET",
        "UPDATE offers SET",
        *(["WITH first AS"] if together else ["INSERT INTO inbox", "INSERT INTO events"]),
    ]


async def test_a_yes_after_somebody_elses_no_takes_no_more_statements(
    house: House, said: list[str]
) -> None:
    await house.drivers("Ann", "Bob")
    for reference, no_first in (("A-1", ()), ("A-2", (1,))):
        job_id = await house.offering(reference)
        for number in no_first:
            await house.says(number, "NO", job_id=job_id)
        said.clear()
        answer = await house.says(1 + len(no_first), "YES", job_id=job_id)
        assert answer.code == "accepted"
        assert [sql for sql in said if "reserved_at IS NOT NULL) ORDER BY" in sql] == []
        assert not any(sql.startswith("UPDATE alerts") for sql in said)


async def test_a_no_writes_job_and_offer_once_before_the_next_is_asked(
    house: House, said: list[str]
) -> None:
    await house.drivers("Ann", "Bob")
    job_id = await house.offering("A-1")
    said.clear()
    await house.says(1, "NO", job_id=job_id)
    assert [sql.split()[1] for sql in said if sql.startswith("UPDATE")][:2] == ["jobs", "offers"]
    assert sum(sql.startswith("UPDATE offers") for sql in said) == 1
    offers = await house.rows("SELECT responded_at FROM offers WHERE status = 'declined'")
    assert [row["responded_at"] is not None for row in offers] == [True]
