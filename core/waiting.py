"""Open this for how a loop sleeps: until something happens, and no longer than told."""

from __future__ import annotations

import asyncio


async def happens(*events: asyncio.Event, within: float) -> bool:
    """Wait until one of the events is set; False when none was in that many seconds."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return bool(done)
