"""Waiting for what happens in another task, thread or process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DEADLINE = 30.0
STEP = 0.01


async def eventually(found: Callable[[], object], seconds: float = DEADLINE) -> None:
    """Return once `found` finds something true; fail when it never does."""
    for _ in range(int(seconds / STEP)):
        if found():
            return
        await asyncio.sleep(STEP)
    raise AssertionError(f"not within {seconds} s")
