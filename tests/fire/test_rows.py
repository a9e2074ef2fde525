"""Every row at its small scale; `make fire` burns them at their full one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import PostgresServer
from tests.fire.ground import Ground, Plan
from tests.fire.rows import ROWS

SEED = 20260130


@pytest.fixture
def ground(postgres_server: PostgresServer, migrated_sqlite: Path, tmp_path: Path) -> Ground:
    return Ground(postgres_server, migrated_sqlite, tmp_path)


@pytest.mark.parametrize(
    ("row", "dialect"), [(name, dialect) for name, row in ROWS.items() for dialect in row.dialects]
)
async def test_nothing_wrong_is_found_in(row: str, dialect: str, ground: Ground) -> None:
    report = await ROWS[row].run(Plan(ground, dialect, SEED, full=False))
    assert report.findings == [], f"seed {SEED}: {report.figures}"
