"""A backup is whole, proved and never in the way of a running service."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
from pathlib import Path

import httpx

from tests.bot.processes import Served, Shell


def test_a_backup_can_be_restored_and_replaces_nothing(shell: Shell) -> None:
    assert "there is no database" in shell.run("backup", "copy.sqlite3").stderr
    assert not list(shell.folder.iterdir())
    shell.ok("seed")
    shell.ok("jobs", "add", "A-1")
    assert "1 jobs, sound" in shell.ok("backup", "copy.sqlite3")
    copy = shell.folder / "copy.sqlite3"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = copy.read_bytes()
    refused = shell.run("backup", "copy.sqlite3")
    assert (refused.returncode, "replaces nothing" in refused.stderr) == (1, True)
    assert copy.read_bytes() == before
    restored = {"DATABASE_URL": "sqlite://copy.sqlite3", "PORT": "0"}
    assert "A-1" in shell.ok("jobs", "list", **restored)
    shell.ok("check", **restored)
    leftovers = {path.name for path in shell.folder.iterdir() if path.name.startswith(".")}
    assert leftovers == set()


def test_what_is_no_sound_database_gives_no_backup(shell: Shell) -> None:
    (shell.folder / "dispatch.sqlite3").write_bytes(b"this is no database " * 1_000)
    refused = shell.run("backup", "copy.sqlite3")
    assert refused.returncode == 1
    assert "no backup was made" in refused.stderr
    assert [path.name for path in shell.folder.iterdir()] == ["dispatch.sqlite3"]


def test_a_folder_that_is_not_there_is_one_line(shell: Shell) -> None:
    shell.ok("seed")
    refused = shell.run("backup", "none/copy.sqlite3")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_backups_under_load_hold_everything_acknowledged_before(shell: Shell) -> None:
    with shell.serving() as served, loaded(served) as acknowledged:
        for number in range(3):
            before = len(acknowledged)
            shell.ok("backup", f"copy{number}.sqlite3")
            assert len(acknowledged) > before, "the service stood still"
            held = references(shell.folder / f"copy{number}.sqlite3")
            assert set(acknowledged[:before]) <= held
            restored = {"DATABASE_URL": f"sqlite://copy{number}.sqlite3", "PORT": "0"}
            checks = json.loads(shell.ok("check", "--json", **restored))["checks"]
            assert {c["name"] for c in checks} >= {"auditor", "migrations"}


class loaded:  # noqa: N801 - used like a function
    """Bring jobs in one after another while the block runs; the references answered with 201."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._over = threading.Event()
        self._acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._load)

    def __enter__(self) -> list[str]:
        self._thread.start()
        return self._acknowledged

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _load(self) -> None:
        with httpx.Client(base_url=self._served.url, timeout=30) as client:
            while not self._over.is_set():
                reference = f"L-{len(self._acknowledged)}"
                answered = client.post("/jobs", json={"sheet_job_id": reference})
                assert answered.status_code == 201, answered.text
                self._acknowledged.append(reference)


def references(path: Path) -> set[str]:
    database = sqlite3.connect(path)
    found = {row[0] for row in database.execute("SELECT sheet_job_id FROM jobs")}
    database.close()
    return found


PG_DUMP = """#!/bin/sh
for word in "$@"; do case "$word" in --file=*) file="${word#--file=}";; esac; done
echo "$PGPASSWORD $*" > said
[ "$PGPASSWORD" = wrong ] && { echo "no way in" >&2; exit 1; }
echo PGDMP > "$file"
"""


def test_postgres_is_backed_up_by_pg_dump_without_the_password_in_its_words(shell: Shell) -> None:
    """By a stand-in: no pg_dump for the server of these tests comes with it."""
    programs = shell.folder / "programs"
    programs.mkdir()
    (programs / "pg_dump").write_text(PG_DUMP)
    (programs / "pg_dump").chmod(0o755)
    found = {"PATH": f"{programs}:/usr/bin:/bin"}
    url = "postgres://me:{}@db.test:5433/orders"
    told = shell.ok("backup", "copy.dump", DATABASE_URL=url.format("hidden"), **found)
    assert "made by pg_dump" in told
    password, _, words = (shell.folder / "said").read_text().partition(" ")
    assert password == "hidden"
    assert "hidden" not in words
    for word in ("--host=db.test", "--port=5433", "--username=me", "--dbname=orders"):
        assert word in words
    copy = shell.folder / "copy.dump"
    assert copy.read_bytes() == b"PGDMP\n"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    refused = shell.run("backup", "none.dump", DATABASE_URL=url.format("wrong"), **found)
    assert (refused.returncode, "pg_dump failed: no way in" in refused.stderr) == (1, True)
    assert not list(shell.folder.glob("*none*"))


def test_without_pg_dump_one_line_says_what_to_use(shell: Shell) -> None:
    without = {"DATABASE_URL": "postgres://me@db.test/orders", "PATH": str(shell.folder)}
    refused = shell.run("backup", "copy.dump", **without)
    assert refused.returncode == 1
    assert "is backed up with pg_dump" in refused.stderr
    assert not list(shell.folder.iterdir())
