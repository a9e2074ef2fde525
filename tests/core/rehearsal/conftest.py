"""A stage for scratch records, and worlds that lived before."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.rehearsal import Stage, open_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened
