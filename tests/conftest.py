"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.browsing import browser
from tests.databases import database_url, migrated_sqlite, postgres_server
from tests.house import House, open_house

pytest.register_assert_rewrite("core.testing.contract")

__all__ = ["browser", "database_url", "house", "migrated_sqlite", "postgres_server"]


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    """The real router, relay and inbox reader on a real database; audited when the test ends."""
    async with open_house(database_url) as opened:
        yield opened
        assert await opened.broken_invariants() == ()
