"""Where a row burns: fresh databases of both kinds, and what each row is told."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from core.runner import migrate
from tests.databases import MIGRATED, PostgresServer, in_own_loop, running_postgres

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """One fresh, migrated database and a folder that nothing else uses."""

    dialect: str
    url: str
    folder: Path

    @property
    def file(self) -> Path:
        """The database's file, on SQLite."""
        return Path(self.url.removeprefix("sqlite://"))


@dataclass(slots=True)
class Ground:
    """Hands out fresh databases from a server and a template file."""

    server: PostgresServer
    template: Path
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def fresh(self, dialect: str) -> Iterator[Place]:
        """Hand out a database; it and its folder are gone afterwards."""
        folder = self.folder / f"place-{next(self._numbers)}"
        folder.mkdir()
        try:
            if dialect == "postgres":
                with self.server.fresh() as url:
                    yield Place(dialect, url, folder)
            else:
                file = folder / "dispatch.sqlite3"
                shutil.copyfile(self.template, file)
                yield Place(dialect, f"sqlite://{file}", folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run of a row is told; the same seed does the same."""

    ground: Ground
    dialect: str
    seed: int
    full: bool

    def amount(self, small: int, full: int) -> int:
        """Return how many of something this run does."""
        return full if self.full else small

    def random(self, *names: object) -> Random:
        """Return a source of chance that is the same for the same seed and names."""
        words = "/".join(map(str, (self.seed, self.dialect, *names)))
        return Random(words)  # noqa: S311 - it must be repeatable, not secret


@dataclass(slots=True)
class Report:
    """What came of one run: figures to print, and everything that was wrong."""

    figures: Figures = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def add(self, **figures: float) -> None:
        """Add to the figures."""
        for name, value in figures.items():
            self.figures[name] = self.figures.get(name, 0) + value

    def worst(self, **figures: float) -> None:
        """Keep the largest of each figure."""
        for name, value in figures.items():
            self.figures[name] = max(self.figures.get(name, 0), value)


@contextmanager
def own_ground() -> Iterator[Ground]:
    """Prepare a server and a template for a run by command."""
    with tempfile.TemporaryDirectory(prefix="dispatch-fire-") as name, running_postgres() as server:
        folder = Path(name)
        server.run(f'CREATE DATABASE "{MIGRATED}"')
        in_own_loop(migrate(server.url(MIGRATED)))
        template = folder / "migrated.sqlite3"
        in_own_loop(migrate(f"sqlite://{template}"))
        yield Ground(server, template, folder)
