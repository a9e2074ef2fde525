"""Open this for what people have at hand: the router, the channels, a plan, names of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.router import Router
from tests.simulation.agenda import Agenda
from tests.simulation.channels import StormyChannel


@dataclass(slots=True)
class Desk:
    """The outside of the service, as drivers and coordinators reach it."""

    router: Router
    channels: Mapping[str, StormyChannel]
    agenda: Agenda
    jobs: dict[str, int] = field(default_factory=dict)  # by reference
    pickups: dict[str, datetime | None] = field(default_factory=dict)
    agents: dict[int, int] = field(default_factory=dict)  # id by the driver's number

    def now(self) -> datetime:
        """Return the present moment of the world."""
        return self.agenda.clock.now()
