"""A runner on a fresh database with one small table, once per database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.runner import Runner, open_runner
from tests.core.runner.boxes import LIDS_POSTGRES, POSTGRES, make_sqlite
from tests.databases import DIALECTS, EMPTY, PostgresServer

MODELS = ("tests.core.runner.boxes",)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the DATABASE_URL of a fresh SQLite file with the table of boxes."""
    return make_sqlite(tmp_path / "boxes.sqlite3")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the DATABASE_URL of a fresh PostgreSQL database with the table of boxes."""
    with postgres_server.fresh(EMPTY) as url:
        database = url.partition("?")[0].rpartition("/")[2]
        postgres_server.run(POSTGRES, LIDS_POSTGRES, database=database)
        yield url


@pytest.fixture(params=DIALECTS)
def url(request: pytest.FixtureRequest) -> str:
    """Return the DATABASE_URL of a fresh database: once SQLite, once PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def runner(url: str) -> AsyncIterator[Runner]:
    """Return an open runner on it."""
    opened = await open_runner(url, models=MODELS)
    yield opened
    await opened.close()
