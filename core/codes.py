"""Open this for the numbers by which drivers answer: which an offer gets, which must rest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.columns import among
from core.replies import HIGHEST_CODE, LOWEST_CODE

if TYPE_CHECKING:
    from core.runner import Unit

CODE_REST = timedelta(days=7)  # how long a code of a closed offer is not used again
# One row an agent: a row for each code took five times as long.
_JOINED = {"sqlite": "group_concat(code)", "postgres": "string_agg(code::text, ',')"}
_SINCE = "SELECT agent_id, code FROM offers WHERE id > $1"


@dataclass(slots=True)
class Codes:
    """The codes that agents have or had lately, so that an old answer means nothing.

    Units that follow each other share what one has read, as long as each of them is committed:
    with 10,000 due and 50 drivers, reading all anew took 60 µs of an expiry's 230 (`thread_time`).
    A code that ends its rest meanwhile goes on resting; one that came to life again unseen is
    refused by the database.
    """

    _taken: dict[int, int] = field(default_factory=dict)  # by agent: a bit for each code
    _last: int | None = None  # the newest offer that is known of
    _unit: Unit | None = None  # which looks, or whose commit is waited for

    async def look(self, unit: Unit, now: datetime, agents: Collection[int]) -> None:
        """Make known which codes these agents must not be given."""
        if self._unit is not unit:
            await self._begin(unit)
        unknown = [agent_id for agent_id in agents if agent_id not in self._taken]
        if not unknown:
            return
        joined = _JOINED[unit.dialect]
        lately = (
            f"SELECT id, (SELECT {joined} FROM offers WHERE agent_id = agents.id"
            f" AND closed_at IS NULL), (SELECT {joined} FROM offers WHERE agent_id = agents.id"
            f" AND closed_at >= $1) FROM agents WHERE {among('id', len(unknown), first=2)}"
        )
        for agent_id, live, rested in await unit.records(lately, now - CODE_REST, *unknown):
            self._taken[agent_id] = 0
            for code in f"{live or ''},{rested or ''}".split(","):
                if code:
                    self._take(agent_id, int(code))

    def give(self, agent_id: int) -> int:
        """Return the lowest code that the agent may be given, which it is; LookupError: none."""
        taken = self._taken[agent_id]
        code = LOWEST_CODE + (~taken & taken + 1).bit_length() - 1
        if code > HIGHEST_CODE:
            raise LookupError(f"every code of agent {agent_id} is taken")
        self._take(agent_id, code)
        return code

    def written(self, offers: Sequence[int]) -> None:
        """Note which offers got the codes given; what is newer was written by somebody else."""
        self._last = max(offers)

    def forget(self, agent_id: int) -> None:
        """Look anew for that agent: a code of theirs came to life again."""
        self._taken.pop(agent_id, None)

    def committed(self) -> None:
        """Trust what is known from here on: the unit that gave the codes is committed."""
        self._unit = None

    async def _begin(self, unit: Unit) -> None:
        """Read what was written since; all anew where an earlier unit was not committed."""
        if self._unit is not None or self._last is None:
            self._taken.clear()
        else:
            for agent_id, code in await unit.records(_SINCE, self._last):
                if agent_id in self._taken:
                    self._take(agent_id, code)
        self._unit = unit

    def _take(self, agent_id: int, code: int) -> None:
        if code >= LOWEST_CODE:
            self._taken[agent_id] |= 1 << code - LOWEST_CODE
