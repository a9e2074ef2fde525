"""Upgrading: whatever an earlier schema left under way goes on after the migration."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.migrations.executor import MigrationTarget

from bot.database import prepare_database
from core.domain import MessageKind
from core.runner import pending_migrations
from core.runner.address import database_of
from core.runner.migrating import _executor
from tests.bot.processes import Shell
from tests.bot.test_database import settings_for
from tests.databases import DIALECTS, EMPTY, PostgresServer, in_own_loop
from tests.house import JO, NOON, House, open_house, phone

FIXTURES = Path(__file__).parent.parent / "fixtures"
HEADS = {
    "schema-0001": "0001_initial",
    "schema-0003": "0003_overrides",
    "schema-0005": "0005_edits",
}
LEFT_AT = NOON + timedelta(minutes=31)  # the moment at which the fixture was left
JOBS = {
    "COMPLETED": "completed",
    "REJECTED": "rejected",
    "CANCELLED": "cancelled",
    "ASSIGNED": "assigned",
    "BY-HAND": "assigned",
    "DROPPING": "assigned",
    "UNCOVERED": "uncovered",
    "RESERVE": "offering",
    "SECOND": "offering",
    "OPEN": "offering",
    "ANSWERED": "offering",
    "QUEUED": "offering",
    "APPROVED": "approved",
    "NEW": "needs_approval",
}


def load_sqlite(schema: str, path: Path) -> None:
    """Make the database that an earlier schema left."""
    database = sqlite3.connect(path)
    database.executescript((FIXTURES / f"{schema}.sql").read_text())
    database.close()


def load_postgres(schema: str, url: str) -> None:
    """Build the same schema on PostgreSQL by its migrations, and copy the rows over."""
    source = sqlite3.connect(":memory:", check_same_thread=False)
    source.executescript((FIXTURES / f"{schema}.sql").read_text())
    source.row_factory = sqlite3.Row
    try:
        in_own_loop(_copy(source, url, HEADS[schema]))
    finally:
        source.close()


async def _copy(source: sqlite3.Connection, url: str, head: str) -> None:
    database = database_of(url)
    async with _executor(database) as executor:
        await executor.migrate([MigrationTarget("models", head)], direction="forward")
    target = await asyncpg.connect(**database.credentials)
    try:
        await target.execute("SET session_replication_role = replica")  # rows in any order
        for (table,) in source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall():
            await _copy_table(source, target, table)
    finally:
        await target.close()


async def _copy_table(source: sqlite3.Connection, target: Any, table: str) -> None:
    kinds = {
        row["column_name"]: row["data_type"]
        for row in await target.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1",
            table,
        )
    }
    if table == "tortoise_migrations":
        return
    for row in source.execute(f"SELECT * FROM {table}").fetchall():
        names = row.keys()
        marks = ", ".join(f"${n}" for n in range(1, len(names) + 1))
        values = [_value(row[name], kinds[name]) for name in names]
        columns = ", ".join(f'"{name}"' for name in names)
        await target.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *values)
    if kinds.get("id") == "bigint":
        await target.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" (SELECT COALESCE(MAX(id), 0) + 1 FROM {table}), false)"
        )


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind.startswith("timestamp"):
        return datetime.fromisoformat(value)
    return bool(value) if kind == "boolean" else value


@contextmanager
def left_behind(request: pytest.FixtureRequest, folder: Path, schema: str) -> Iterator[str]:
    """Hand out the DATABASE_URL of a database of an earlier schema with work in flight."""
    if request.param == "sqlite":
        load_sqlite(schema, folder / "old.sqlite3")
        yield f"sqlite://{folder / 'old.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.fresh(EMPTY) as url:
        load_postgres(schema, url)
        yield url


@asynccontextmanager
async def opened_after_upgrade(url: str, schema: str, left_at: datetime) -> AsyncIterator[House]:
    """Open the office as it is after the upgrade, at the moment at which it was left."""
    pending = await pending_migrations(url)
    assert pending
    assert HEADS[schema] not in pending
    assert await prepare_database(settings_for(url)) == pending
    async with open_house(url) as opened:
        opened.clock.set(left_at)
        yield opened
        assert await opened.broken_invariants() == ()


@pytest.fixture(params=DIALECTS)
async def upgraded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Return the office that the first schema left."""
    with left_behind(request, tmp_path, "schema-0001") as url:
        async with opened_after_upgrade(url, "schema-0001", LEFT_AT) as opened:
            yield opened


@pytest.fixture(params=DIALECTS)
async def steered(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Return the office that the schema of the first overrides left."""
    with left_behind(request, tmp_path, "schema-0003") as url:
        async with opened_after_upgrade(url, "schema-0003", NOON + timedelta(minutes=10)) as opened:
            yield opened


@pytest.fixture(params=DIALECTS)
async def unread(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """Return the office that the schema of edits left, with much to read."""
    with left_behind(request, tmp_path, "schema-0005") as url:
        async with opened_after_upgrade(url, "schema-0005", NOON + timedelta(minutes=10)) as opened:
            yield opened


async def statuses(house: House) -> dict[str, str]:
    return {j.sheet_job_id: j.status for j in (await house.router.records.jobs(limit=500)).rows}


async def ids(house: House) -> dict[str, int]:
    return {j.sheet_job_id: j.id for j in (await house.router.records.jobs(limit=500)).rows}


async def test_nothing_is_lost_by_the_migration(upgraded: House) -> None:
    assert await statuses(upgraded) == JOBS
    assert len((await upgraded.router.records.agents()).rows) == 3
    assert await upgraded.alerts() == ["uncovered"]
    waiting = await upgraded.router.backlog()
    assert (waiting["offers_open"], waiting["outbox_queued"], waiting["inbox_waiting"]) == (5, 4, 1)


async def test_what_was_promised_is_said_and_what_was_stored_is_read(upgraded: House) -> None:
    await upgraded.reader.drain()
    assert (await statuses(upgraded))["ANSWERED"] == "assigned"
    told = [m.kind for m in await upgraded.told(phone(1))]
    assert sorted(told) == ["booked", "offer"]
    assert [m.kind for m in await upgraded.told("coordinator")] == ["approval_request"]
    assert (await upgraded.router.backlog())["outbox_queued"] == 0


async def test_open_offers_are_answered_and_cascades_go_on(upgraded: House) -> None:
    jobs = await ids(upgraded)
    assert (await upgraded.says(2, "YES", job_id=jobs["SECOND"])).code == "accepted"
    declined = await upgraded.says(1, "NO", job_id=jobs["OPEN"])
    assert declined.facts["next"]["agent"]["name"] == "Two"
    assert (await upgraded.says(2, "NO", job_id=jobs["RESERVE"])).code == "declined_advanced"
    reserved = await upgraded.shown(jobs["RESERVE"])
    assert (reserved.status, reserved.assigned_agent_id) == ("assigned", 1)
    for code in ("confirm_drop", "dropped"):  # the first DROP was too long ago to count
        assert (await upgraded.says(1, "DROP", job_id=jobs["DROPPING"])).code == code
    assert (await upgraded.says(1, "YES", job_id=jobs["QUEUED"])).code == "accepted"
    assert (await upgraded.says(1, "YES", job_id=jobs["ASSIGNED"])).code == "accepted"


async def test_what_waits_for_people_and_for_time_still_does(upgraded: House) -> None:
    await upgraded.reader.drain()
    await upgraded.relay.drain()
    await upgraded.passes(minutes=31)
    assert {"unapproved", "never_started"} <= set(await upgraded.alerts())
    assert len(await upgraded.offers((await ids(upgraded))["OPEN"])) == 2
    for _ in range(10):
        await upgraded.passes(days=1)
    ended = await statuses(upgraded)
    assert set(ended.values()) <= {"completed", "rejected", "cancelled"}
    assert ended["ANSWERED"] == ended["BY-HAND"] == "completed"


def test_serve_upgrades_a_copy_of_it_beside_a_backup_and_settles_everything(
    tmp_path: Path,
) -> None:
    shell = Shell(tmp_path)
    load_sqlite("schema-0001", shell.folder / "dispatch.sqlite3")
    with shell.serving() as served:
        served.wait_until_ready()
        served.wait_for_line("BOOKED: ANSWERED")
        assert served.end()[0] == 0
    (backup,) = shell.folder.glob("*before-migration*")
    assert backup.stat().st_size > 0
    shell.ok("check", PORT="0")
    assert json.loads(shell.ok("inbox", "list", "--state", "stored", "--json")) == []


async def test_what_coordinators_steered_goes_on(steered: House) -> None:
    jobs = await ids(steered)
    assert (await steered.says(1, "YES", job_id=jobs["RECONFIRM"])).code == "accepted"
    assert (await steered.says(2, "YES", job_id=jobs["TAKEN-BACK"])).code == "accepted"
    assert (await steered.says(1, "YES", job_id=jobs["AWARDED"])).code == "accepted"
    await steered.router.overrides.resume(jobs["PAUSED"], JO)
    declined = await steered.says(1, "NO", job_id=jobs["PAUSED"])
    assert declined.facts["next"]["agent"]["name"] == "Two"
    told = [m.kind for m in await steered.told(phone(1))]
    assert told.count(MessageKind.OFFER) == 1


async def test_reminders_and_confirmations_still_fall_due(steered: House) -> None:
    jobs = await ids(steered)
    await steered.relay.drain()
    await steered.passes(minutes=6)
    assert "reminder" in [m.kind for m in await steered.told(phone(1))]
    await steered.passes(minutes=25)
    assert (await steered.shown(jobs["RECONFIRM"])).status == "offering", "nobody confirmed it"
    assert "dropped" in await steered.alerts()


async def test_what_many_senders_wrote_is_read_in_the_order_of_each(unread: House) -> None:
    assert (await unread.router.backlog())["inbox_waiting"] == 44
    assert await unread.reader.drain() == 44
    assert await statuses(unread) == {
        "TURNED-DOWN": "offering",
        "BOTH": "assigned",
        "EDITED": "offering",
        "UNDECIDED": "needs_approval",
    }
    jobs = await ids(unread)
    assert [o.status for o in await unread.offers(jobs["TURNED-DOWN"])] == ["declined", "sent"]
    assert (await unread.router.backlog())["inbox_waiting"] == 0
