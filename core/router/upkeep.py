"""The use cases of whoever runs the service: tokens, what is stuck, personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.domain import Actor, TokenScope
from core.drafts import JobDraft
from core.outcomes import (
    AlreadyExists,
    Created,
    Forgotten,
    KeyReused,
    NameTaken,
    NotFound,
    NotPossible,
    Purged,
    TokenMade,
)
from core.router import forgetting, jobs, purging, stuck, tokens
from core.router.disclosing import agent_data
from core.router.doing import Doing
from core.router.sweeping import STEP, Sweep
from core.views import InboxView, OutboxView, TokenView
from core.work import Work


class Upkeep(Doing):
    """The part of the router that keeps the record itself in order."""

    async def take_over(self) -> None:
        """Free at once what a killed process held, where no other process can be at work."""
        if self.runner.dialect == "sqlite":  # one `serve` a file; replicas wait for leases to lapse
            await self.do_long(stuck.end_leases)

    async def create_token(self, name: str, scope: TokenScope) -> TokenMade | NameTaken:
        """Make a bearer token; its secret is in the answer and nowhere else."""
        return await self.do(tokens.create_token, name, scope)

    async def revoke_token(self, name: str) -> TokenView | NotFound:
        """End the token of that name, within a second in every process."""
        return await self.do(tokens.revoke_token, name)

    async def note_token_uses(self, used: Mapping[int, datetime]) -> None:
        """Remember when tokens were last used."""
        if used:
            await self.do(tokens.note_uses, used)

    async def create_jobs(
        self, drafts: Sequence[JobDraft], by: Actor, *, source: str
    ) -> list[Created | AlreadyExists | KeyReused]:
        """Take jobs in, all or none of them; those known already stay as they are."""

        async def step(work: Work) -> list[Created | AlreadyExists | KeyReused]:
            return [await jobs.create_job(work, draft, by, source=source) for draft in drafts]

        return await self.do(step)

    async def entry(self, entry_id: int) -> tuple[InboxView, bytes] | None:
        """Return an inbox entry with what it says."""
        return await self.runner.read(stuck.read_entry, entry_id)

    async def retry_entry(self, entry_id: int) -> InboxView | NotPossible | NotFound:
        """Have an entry that was not acted on read again."""
        return await self.do(stuck.retry_entry, entry_id)

    async def resolve_entry(
        self, entry_id: int, *, reason: str | None = None
    ) -> InboxView | NotPossible | NotFound:
        """Say that a person has dealt with an entry."""
        return await self.do(stuck.resolve_entry, entry_id, reason)

    async def retry_message(self, message_id: int) -> OutboxView | NotPossible | NotFound:
        """Send a failed message once more."""
        return await self.do(stuck.retry_message, message_id)

    async def agent_data(self, agent_id: int) -> dict[str, Any] | None:
        """Return everything that is kept about one driver."""
        return await self.runner.read(agent_data, agent_id)

    async def forget_agent(self, agent_id: int, by: Actor) -> Forgotten | NotPossible | NotFound:
        """Erase one driver; refused while they hold a job or an open offer."""
        begun = await self.do(forgetting.begin_to_forget, agent_id, by)
        if not isinstance(begun, tuple):
            return begun
        for sweep in forgetting.sweeps(agent_id, begun).values():
            await self._sweep(sweep)
        return await self.do_long(forgetting.end_forgetting, agent_id, by)

    async def purge(self, before: datetime, by: Actor, *, dry_run: bool = False) -> Purged:
        """Erase personal data of jobs that ended before that moment, or only count it."""
        done = {
            table: await self._sweep(sweep, dry_run=dry_run)
            for table, sweep in purging.sweeps(before, by).items()
        }
        return Purged(**done)

    async def _sweep(self, sweep: Sweep, *, dry_run: bool = False) -> int:
        lowest, highest = await self.runner.read(sweep.ends)
        found = 0
        for low in range(lowest, highest + 1, STEP):
            ids = await self.runner.read(sweep.find, low, low + STEP)
            if ids and not dry_run:
                await self.do_long(sweep.clear, ids)
            found += len(ids)
        return found
