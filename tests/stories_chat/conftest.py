"""An office in chat on each database; audited when the story ends."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories_chat.office import Office, open_office


@pytest.fixture
def story_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    path = tmp_path / "story.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite://{path}"


@pytest.fixture
async def office(story_url: str) -> AsyncIterator[Office]:
    async with open_office(story_url) as opened:
        yield opened
        assert await opened.broken_invariants() == ()
