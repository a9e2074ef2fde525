"""What plugins keep: small values, and leases on what may run only once."""

from __future__ import annotations

from datetime import timedelta

from core.channel import Clock
from core.models import Lease, PluginState
from core.runner import Runner, Unit


class PluginMemory:
    """Hands each plugin its own named values and leases; `holder` names this process."""

    def __init__(self, runner: Runner, clock: Clock, holder: str) -> None:
        self._runner = runner
        self._clock = clock
        self._holder = holder

    def state_for(self, owner: str) -> OwnedState:
        """Return the small values of one plugin."""
        return OwnedState(self._runner, owner)

    def leases_for(self, owner: str) -> OwnedLeases:
        """Return the leases of one plugin."""
        return OwnedLeases(self._runner, self._clock, self._holder, owner)


class OwnedState:
    """Values by name, kept in the database."""

    def __init__(self, runner: Runner, owner: str) -> None:
        self._runner = runner
        self._owner = owner

    async def get(self, name: str) -> str | None:
        """Return the value, None when there is none."""

        async def query(unit: Unit) -> str | None:
            row = await PluginState.get_or_none(owner=self._owner, name=name)
            return None if row is None else row.value

        return await self._runner.read(query)

    async def put(self, name: str, value: str) -> None:
        """Keep the value; durable on return."""

        async def unit_of_work(unit: Unit) -> None:
            await unit.execute(
                "INSERT INTO plugin_state (owner, name, value) VALUES ($1, $2, $3)"
                " ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value",
                self._owner,
                name,
                value,
            )

        await self._runner.run(unit_of_work)


class OwnedLeases:
    """Rights to be the only one, which lapse by themselves."""

    def __init__(self, runner: Runner, clock: Clock, holder: str, owner: str) -> None:
        self._runner = runner
        self._clock = clock
        self._holder = holder
        self._owner = owner

    async def hold(self, name: str, seconds: float) -> bool:
        """Take or extend the lease; False while another process holds it."""
        full_name = f"{self._owner}/{name}"

        async def unit_of_work(unit: Unit) -> bool:
            now = self._clock.now()
            return bool(
                await unit.rows(
                    "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)"
                    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
                    " until = excluded.until WHERE leases.holder = excluded.holder"
                    " OR leases.until <= $4 RETURNING name",
                    full_name,
                    self._holder,
                    now + timedelta(seconds=seconds),
                    now,
                )
            )

        return await self._runner.run(unit_of_work)

    async def release(self, name: str) -> None:
        """Give the lease back, if it is ours."""

        async def unit_of_work(unit: Unit) -> None:
            await Lease.filter(name=f"{self._owner}/{name}", holder=self._holder).delete()

        await self._runner.run(unit_of_work)
