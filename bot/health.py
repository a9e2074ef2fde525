"""Open this for what /ready says: which loop lives, what the auditor found, which plugin failed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic

from core.errors import DispatchError
from core.plugins import Plugins
from core.runner import Runner, Unit

FAULT_SHOWN_FOR = 15.0
DATABASE_SECONDS = 5.0


@dataclass(slots=True)
class Heart:
    """One loop's sign of life. `silent_after`: seconds without a beat that mean it hangs."""

    name: str
    silent_after: float | None = None
    _beaten_at: float = field(default_factory=monotonic)
    _fault: str | None = None
    _failed_at: float = 0.0

    def beat(self) -> None:
        """Say that a pass went well."""
        self._beaten_at = monotonic()
        self._fault = None

    def fail(self, fault: str) -> None:
        """Say that the loop was broken off; shown until it has run for a while again."""
        self._fault = fault
        self._failed_at = monotonic()

    @property
    def complaint(self) -> str | None:
        """What is wrong with this loop, in a few words."""
        now = monotonic()
        if self.silent_after is not None and now - self._beaten_at > self.silent_after:
            return "not running"
        if self._fault is not None and now - self._failed_at < FAULT_SHOWN_FOR:
            return f"failing: {self._fault}"
        return None


@dataclass(slots=True)
class Health:
    """What the process knows about itself."""

    hearts: list[Heart] = field(default_factory=list)
    findings: tuple[str, ...] = ()  # of the auditor

    def heart(self, name: str, silent_after: float | None = None) -> Heart:
        """Return a heart for one more loop."""
        heart = Heart(name, silent_after)
        self.hearts.append(heart)
        return heart

    def complaints(self) -> dict[str, str]:
        """Return what is wrong by the name of who has it; empty when all is well."""
        found = {heart.name: heart.complaint for heart in self.hearts}
        wrong = {name: complaint for name, complaint in found.items() if complaint is not None}
        return wrong | ({"auditor": "; ".join(self.findings)} if self.findings else {})


async def readiness(runner: Runner, plugins: Plugins, health: Health) -> dict[str, str]:
    """Return name → what is wrong, of database, loops, auditor and plugins; empty: ready."""
    wrong = health.complaints() | {f"channel {n}": why for n, why in plugins.broken.items()}
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            await runner.read(_answers)
    except (DispatchError, TimeoutError) as error:
        wrong["database"] = str(error) or "does not answer"
    return wrong


async def _answers(unit: Unit) -> None:
    await unit.rows("SELECT 1 AS one")
