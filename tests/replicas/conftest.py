"""PostgreSQL only: SQLite has one `serve` per file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.databases import PostgresServer
from tests.house import House
from tests.replicas.offices import open_offices


@pytest.fixture
def url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the DATABASE_URL of a fresh, migrated PostgreSQL database."""
    with postgres_server.fresh() as fresh:
        yield fresh


@pytest.fixture
async def offices(url: str) -> AsyncIterator[list[House]]:
    """Three offices on one database; audited when the test ends."""
    async with open_offices(url) as opened:
        yield opened
