"""Open this for what a world runs: the real router, relay and reader in seeded surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from core.inbox import InboxReader
from core.links import ApprovalLinks
from core.outbox.relay import Relay
from core.router import Router
from core.runner import Runner
from core.site import CONSOLE, Site
from core.testing import FakeClock
from tests.simulation.agenda import Agenda
from tests.simulation.cast import HOUR, LADDER, OFFICE, POLICIES, ZONE, start_of
from tests.simulation.channels import StormyChannel
from tests.simulation.desk import Desk
from tests.simulation.journal import Journal
from tests.simulation.service import Service
from tests.simulation.weather import Weather, weather_of

BASE_URL = "http://localhost:4567"
CHANNELS = (("telegram", "email", CONSOLE), ("email", CONSOLE), (CONSOLE,))


@dataclass(frozen=True, slots=True)
class Office:
    """One installation, its clock, its weather, and the outside of it."""

    runner: Runner
    rng: Random
    clock: FakeClock
    lasts: timedelta  # jobs arrive for so long
    weather: Weather
    site: Site
    service: Service
    desk: Desk
    journal: Journal

    def seeded(self, name: str) -> Random:
        """Return dice of its own for one person or thing."""
        return dice(self.rng, name)


def dice(rng: Random, name: str) -> Random:
    """Return dice that fall as the seed says, whatever others throw."""
    return Random(f"{rng.random()}/{name}")


def open_office(runner: Runner, rng: Random, lives: int) -> Office:
    """Put the real parts together on a fresh database."""
    clock, journal = FakeClock(start_of(rng)), Journal()
    site = _site(rng)
    lasts = timedelta(hours=max(4, lives // 3))
    weather = weather_of(rng, clock.now(), lasts, site.channels)
    router = Router(runner, clock, site, ApprovalLinks("secret", BASE_URL))
    router.on_commit(journal.commit)
    channels = {
        name: StormyChannel(name, dice(rng, name), weather, clock, journal)
        for name in site.channels
    }
    reader = InboxReader(router, channels)
    for name, channel in channels.items():
        channel.inbox = reader.store_for(name)
    relay = Relay(router, channels)
    service = Service(router, relay, reader, channels, weather, dice(rng, "service"))
    desk = Desk(router, channels, Agenda(clock))
    return Office(runner, rng, clock, lasts, weather, site, service, desk, journal)


def _site(rng: Random) -> Site:
    return Site(
        zone=ZONE,
        base_url=BASE_URL,
        policies=POLICIES,
        ladder=LADDER,
        channels=rng.choice(CHANNELS),
        default_coordinator_email=rng.choice([None, OFFICE]),
        alert_every=rng.choice([HOUR / 4, HOUR, 6 * HOUR]),
    )
