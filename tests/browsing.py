"""A real browser for tests of pages, and what it complained of and asked for meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Return a Chromium; in CI a missing one is a failure."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None and "CI" not in os.environ:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.async_api import async_playwright  # only tests of pages pay for it

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=found, args=ARGS)
        yield chromium
        await chromium.close()


@dataclass(slots=True)
class Seen:
    """What one page wrote to its console, which errors it raised, and which addresses it asked."""

    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> Self:
        """Watch a page from now on."""
        seen = cls()
        page.on("console", lambda said: seen.complaints.append(said.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("request", lambda request: seen.asked.append(request.url))
        return seen
