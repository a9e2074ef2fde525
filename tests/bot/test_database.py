"""What happens to the database before it is used, and the key beside it."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.database import is_served, only_server, prepare_database
from bot.secret_key import kept_in_file, secret_key
from bot.settings import Settings
from core.errors import StorageFault
from core.runner import open_runner


def settings_for(url: str, **others: SecretStr) -> Settings:
    return Settings().model_copy(update={"database_url": SecretStr(url), **others})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dispatch.sqlite3"


async def test_existing_data_is_backed_up_before_it_is_migrated(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE precious (thing)")
        database.execute("INSERT INTO precious VALUES ('kept')")
    database.close()
    settings = settings_for(f"sqlite://{path}")
    assert (await prepare_database(settings))[0] == "0001_initial"
    assert await prepare_database(settings) == []
    (backup,) = path.parent.glob("*before-migration*")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT * FROM precious").fetchall() == [("kept",)]
    tables = copy.execute("SELECT name FROM sqlite_master").fetchall()
    copy.close()
    assert tables == [("precious",)]


def test_what_cannot_be_backed_up_is_not_migrated(path: Path) -> None:
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(StorageFault):
        asyncio.run(prepare_database(settings_for(f"sqlite://{path}")))
    assert path.read_bytes().startswith(b"this is no database")


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match=r"none/x\.sqlite3.*No such file"):
        await prepare_database(settings_for(f"sqlite://{tmp_path}/none/x.sqlite3"))


def test_only_one_serves_a_file_at_a_time(path: Path) -> None:
    settings = settings_for(f"sqlite://{path}")
    assert not is_served(settings)
    with only_server(settings):
        assert is_served(settings)
        with pytest.raises(StorageFault, match="another"), only_server(settings):
            pass
    assert not is_served(settings)


def test_all_who_race_for_the_key_read_the_same_one(tmp_path: Path) -> None:
    path = tmp_path / "key"
    begin = threading.Barrier(16)
    keys: list[str] = []

    def take() -> None:
        begin.wait()
        keys.append(kept_in_file(path))

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert set(keys) == {path.read_text().strip()}
    assert len(keys[0]) >= 43
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(StorageFault, match="is empty"):
        kept_in_file(tmp_path / "key")


async def test_the_key_is_made_once_and_a_given_one_comes_first(database_url: str) -> None:
    settings = settings_for(database_url)
    given = settings_for(database_url, secret_key=SecretStr("given"))
    runner = await open_runner(database_url)
    try:
        first = await secret_key(settings, runner)
        assert await secret_key(settings, runner) == first
        assert await secret_key(given, runner) == "given"
    finally:
        await runner.close()
