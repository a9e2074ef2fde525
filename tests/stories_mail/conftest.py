"""An office reached by mail, on each database; audited when the story ends."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories_mail.office import Office, open_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office(database_url) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


@pytest.fixture
async def small_office(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """Return one on SQLite alone, for what differs only in the mail."""
    path = tmp_path / "story.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    async with open_office(f"sqlite://{path}") as opened:
        yield opened
        assert await opened.broken_invariants() == ()
