"""What the rules must know of this installation; read once in bot/, frozen, passed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from core.domain import Policy

CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Site:
    """One installation: its time zone, policies, vehicles and enabled channels."""

    zone: ZoneInfo
    base_url: str
    policies: Mapping[str, Policy] = field(default_factory=lambda: {"default": Policy()})
    ladder: tuple[str, ...] = ()
    channels: tuple[str, ...] = (CONSOLE,)  # enabled ones, in the order of plugins.toml
    alert_after: timedelta = timedelta(minutes=15)
    alert_every: timedelta = timedelta(minutes=15)
    clock_slack: timedelta = timedelta(minutes=2)  # so long overdue, and the clock stands still
    default_coordinator_email: str | None = None
    edits: bool = False  # a channel may edit what it sent

    def policy(self, name: str | None) -> Policy:
        """Return the named policy, the default one when unknown or None."""
        return self.policies.get(name or "default", self.policies["default"])
