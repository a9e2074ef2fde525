"""Open this for how a mutant is tried: in a copy of the tree, by a fork that has all libraries."""

from __future__ import annotations

import importlib
import os
import py_compile
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
import pytest

from core.runner import migrate
from tests.databases import PostgresServer, in_own_loop, running_postgres
from tests.mutation.mutants import ROOT, Mutant
from tests.planted.__main__ import LEFT_OUT

ALREADY = "pytest.PytestAssertRewriteWarning"  # libraries are imported before pytest looks
PRISTINE = "pristine"
KEPT = {"postgres", "template0", "template1", PRISTINE}
OURS = ("core", "channels", "web", "bot", "bench", "tests")
WITH_LIBRARIES = (
    "hypothesis",
    "_hypothesis_pytestplugin",
    "pytest_asyncio.plugin",
    "tests.conftest",
    "tests.web.conftest",
    "channels.email",
)
NOT_NEEDED = ("cacheprovider", "schemathesis", "anyio", "pytest_cov")  # of pytest's plugins
BROKEN = 70  # the exit code of a run that could not begin at all
GRACE = 15.0  # seconds in which a run that took too long may still clean up
TO_BEGIN = 10.0  # seconds of the processor besides those that the tests took when collected
IDLE = 20.0  # seconds that may pass for one of the processor: others have it, or the run hangs


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant: `killed`, `survived`, `too slow` or `not reached`."""

    mutant: Mutant
    verdict: str
    by: str = ""


@dataclass(slots=True)
class Place:
    """A copy of the tree, a database server for it, and the run that is under way there."""

    tree: Path
    server: PostgresServer
    migrated: Path  # a SQLite file
    mutant: Mutant | None = None
    pid: int = 0
    begun: float = 0.0
    seconds: float = 0.0  # of the processor that the run may take
    stopped: float = 0.0  # when it was told to stop


@contextmanager
def places(amount: int) -> Iterator[list[Place]]:
    """Make copies of the tree, with what is compiled checked against its source."""
    with ExitStack() as open_until_the_end:
        made = []
        for _ in range(amount):
            folder = open_until_the_end.enter_context(tempfile.TemporaryDirectory(prefix="mutant-"))
            tree = Path(folder) / "tree"
            shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
            for file in (tree / "core").rglob("*.py"):
                py_compile.compile(
                    str(file), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
                )
            server = open_until_the_end.enter_context(running_postgres())
            server.run(f'CREATE DATABASE "{PRISTINE}"')
            migrated = Path(folder) / "migrated.sqlite3"
            for url in (server.url(PRISTINE), f"sqlite://{migrated}"):
                in_own_loop(migrate(url))
            made.append(Place(tree, server, migrated))
        yield made


def load_libraries() -> None:
    """Import what the tests import, once for all forks; each imports our own modules anew."""
    for name in WITH_LIBRARIES:
        importlib.import_module(name)


def try_all(
    places: Sequence[Place],
    mutants: Sequence[Mutant],
    tests_of: Callable[[Mutant], Sequence[str]],
    seconds_of: Callable[[Sequence[str]], float],
) -> Iterator[Outcome]:
    """Try each mutant, as many at once as there are places; yield outcomes as they come."""
    waiting = list(reversed(mutants))
    while waiting or any(place.mutant for place in places):
        for place in places:
            if place.mutant is not None:
                outcome = _ended(place)
                if outcome is not None:
                    yield outcome
            elif waiting:
                mutant = waiting.pop()
                tests = tests_of(mutant)
                if tests:
                    _begin(place, mutant, tests, TO_BEGIN + seconds_of(tests))
                else:
                    yield Outcome(mutant, "not reached")
        time.sleep(0.02)


def _begin(place: Place, mutant: Mutant, tests: Sequence[str], seconds: float) -> None:
    file = place.tree / mutant.file
    file.write_bytes(mutant.applied((ROOT / mutant.file).read_bytes()))
    place.mutant, place.begun, place.stopped = mutant, time.monotonic(), 0.0
    place.seconds = seconds
    place.pid = run_apart(place, tests)


def run_apart(place: Place, tests: Sequence[str], how: str = "-qx") -> int:
    """Run tests in a fork, in the copy of the tree; return its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
        os._exit(_run(place, tests, how))
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(BROKEN)


def _run(place: Place, tests: Sequence[str], how: str) -> int:
    told = os.open(place.tree / "told.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(told, stream)
    os.chdir(place.tree)
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    sys.path[:] = [str(place.tree), *(p for p in sys.path if p not in ("", str(ROOT)))]
    os.environ["PYTHONPATH"] = str(place.tree)
    _lend(place)
    chosen = place.tree / "chosen.txt"
    chosen.write_text("\n".join(tests))
    without = [part for name in NOT_NEEDED for part in ("-p", f"no:{name}")]
    quiet = (*without, "--tb=line", "-W", f"ignore::{ALREADY}")
    return int(pytest.main([how, *quiet, f"@{chosen}"]))


def _lend(place: Place) -> None:
    """Have the tests use the server that runs and what was migrated, as if both were new."""
    from tests import databases

    @contextmanager
    def lent() -> Iterator[PostgresServer]:
        left = databases.in_own_loop(_databases(place.server)) - KEPT
        place.server.run(*(f'DROP DATABASE "{name}" WITH (FORCE)' for name in left))
        yield place.server

    async def migrated(url: str) -> None:
        if url.startswith("sqlite"):
            shutil.copyfile(place.migrated, url.removeprefix("sqlite://"))
        else:
            place.server.run(
                f'DROP DATABASE "{databases.MIGRATED}"',
                f'CREATE DATABASE "{databases.MIGRATED}" TEMPLATE "{PRISTINE}"',
            )

    vars(databases).update(running_postgres=lent, migrate=migrated)


async def _databases(server: PostgresServer) -> set[str]:
    connection = await asyncpg.connect(
        host=str(server.folder), user="postgres", database="postgres"
    )
    try:
        return {row[0] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


def _ended(place: Place) -> Outcome | None:
    """Return what became of the run, None while it goes on."""
    assert place.mutant is not None
    pid, status = os.waitpid(place.pid, os.WNOHANG)
    if not pid:
        _stop_when_late(place)
        return None
    mutant, place.mutant = place.mutant, None
    (place.tree / mutant.file).write_bytes((ROOT / mutant.file).read_bytes())
    if place.stopped:
        return Outcome(mutant, "too slow")
    code, told = os.waitstatus_to_exitcode(status), (place.tree / "told.txt").read_text()
    if code == BROKEN:
        raise RuntimeError(told)
    if code == 0:
        return Outcome(mutant, "survived")
    return Outcome(mutant, "killed", _first_failure(told))


def _stop_when_late(place: Place) -> None:
    now = time.monotonic()
    if place.stopped:
        if now - place.stopped > GRACE:
            os.killpg(place.pid, signal.SIGKILL)
        return
    with suppress(psutil.NoSuchProcess):
        spent = psutil.Process(place.pid).cpu_times()
        taken = spent.user + spent.system
        if taken > place.seconds or now - place.begun > place.seconds * IDLE:
            place.stopped = now
            os.kill(place.pid, signal.SIGINT)


def _tells_failure(line: str) -> bool:
    return line.startswith(("FAILED tests/", "ERROR tests/"))


def _first_failure(told: str) -> str:
    """Return the test that failed, or how the run ended when none could."""
    failed = [line for line in told.splitlines() if _tells_failure(line)]
    if failed:
        return failed[0].split(" ", 1)[1].partition(" - ")[0]
    return f"does not start: {(told.splitlines() or [''])[-1][:100]}"


def doubtful(place: Place, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Run what killed on the tree as it is; what fails there too has killed nothing."""
    killers = sorted({one.by for one in outcomes if "::" in one.by})
    if not killers:
        return list(outcomes)
    pid = run_apart(place, killers, "-q")
    os.waitpid(pid, 0)
    told = (place.tree / "told.txt").read_text().splitlines()
    failing = {line.split(" ", 1)[1].partition(" - ")[0] for line in told if _tells_failure(line)}
    return [
        Outcome(one.mutant, "survived", f"{one.by} fails anyway") if one.by in failing else one
        for one in outcomes
    ]
