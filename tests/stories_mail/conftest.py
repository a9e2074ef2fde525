"""An office reached by mail, on each database; audited when the story ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.stories_mail.office import Office, open_office


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with open_office(database_url) as opened:
        yield opened
        assert await opened.broken_invariants() == ()
