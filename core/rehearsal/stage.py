"""Scratch records in a temporary folder, and one past rehearsed under several policies in them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from core.domain import Policy
from core.rehearsal.figures import Figures, figures_of
from core.rehearsal.lives import Life, lives_of
from core.rehearsal.past import Past
from core.rehearsal.people import People
from core.rehearsal.record import read_past
from core.rehearsal.replay import Replay
from core.runner import Limits, Runner, migrate, open_runner
from core.site import Site

ONE_OF_EACH = Limits(readers=1)
IN_MEMORY = Path("/dev/shm")  # noqa: S108 a folder in memory, where there is one
MIGRATED = "migrated.sqlite3"


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the jobs in reality or under one policy."""

    name: str
    policy: Policy | None  # None: each job's own
    lives: Mapping[str, Life]

    @property
    def figures(self) -> Figures:
        """The figures of all these lives."""
        return figures_of(self.lives.values())


class Stage:
    """Makes a scratch record for each rehearsal; nothing on it is sent or outlives it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Runner]:
        """Open a fresh, migrated record and remove it afterwards."""
        template = self._folder / MIGRATED
        if not template.exists():
            await migrate(f"sqlite://{template}")
        self._count += 1
        path = self._folder / f"rehearsal-{self._count}.sqlite3"
        shutil.copyfile(template, path)
        runner = await open_runner(f"sqlite://{path}", limits=ONE_OF_EACH)
        try:
            yield runner
        finally:
            await runner.close()
            path.unlink()

    async def rehearse(
        self,
        past: Past,
        site: Site,
        people: People,
        policy: Policy | None,
        told: Callable[[float], None] = lambda _share: None,
    ) -> Past:
        """Live that past again under a policy; return what the scratch record then holds."""
        async with self.scratch() as runner:
            await Replay(runner, past, site, people, policy).run(told)
            return await runner.read(read_past, past.ends) or past


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """Have a temporary folder for scratch records, in memory where that can be."""
    with tempfile.TemporaryDirectory(prefix="dispatch-rehearsal-", dir=_room()) as folder:
        yield Stage(Path(folder))


def _room() -> Path | None:
    return IN_MEMORY if IN_MEMORY.is_dir() else None


async def account_of(
    stage: Stage,
    past: Past,
    site: Site,
    people: People,
    name: str,
    policy: Policy | None,
    told: Callable[[float], None] = lambda _share: None,
) -> Account:
    """Rehearse a past and return what became of its jobs."""
    return Account(name, policy, lives_of(await stage.rehearse(past, site, people, policy, told)))


def differing(happened: Mapping[str, Life], rehearsed: Mapping[str, Life]) -> Sequence[str]:
    """Return the references of the jobs whose two lives are not the same in every respect."""
    return [name for name, life in happened.items() if rehearsed.get(name) != life]
