"""Every row of the fire suite by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.databases import DIALECTS
from tests.fire import (
    backups,
    chat_replays,
    contested,
    disconnects,
    faults,
    kill,
    replays,
    replicas,
    restart,
    ticks,
)
from tests.fire.ground import Plan, Report


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of fire, and the databases that it burns on."""

    run: Callable[[Plan], Awaitable[Report]]
    dialects: tuple[str, ...] = DIALECTS


ROWS: Mapping[str, Row] = {
    "kill": Row(kill.run),
    "contested": Row(contested.run),
    "disconnects": Row(disconnects.run),
    "replays": Row(replays.run),
    "chat-replays": Row(chat_replays.run),
    "ticks": Row(ticks.run),
    "faults": Row(faults.run),
    "restart": Row(restart.run),
    "backup": Row(backups.run),
    "replicas": Row(replicas.run, dialects=("postgres",)),
}
