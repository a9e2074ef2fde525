"""Real `serve` processes on one database, and somebody who asks whichever of them answers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx

from tests.bot.processes import Served, Shell
from tests.bot.warming import DEADLINE
from tests.databases import in_own_loop
from tests.house import phone
from tests.replicas.ledger import Ledger

Row = dict[str, Any]


@dataclass(slots=True)
class Fleet:
    """The replicas that run now."""

    shell: Shell
    ledger: Ledger
    url: str
    _stack: ExitStack
    replicas: list[Served] = field(default_factory=list)
    _turn: Iterator[int] = field(default_factory=itertools.count)

    def start(self, count: int) -> None:
        """Start so many more, all at the same time."""
        with ThreadPoolExecutor(count) as threads:
            starting = [threads.submit(self._start_one) for _ in range(count)]
            self.replicas += [one.result() for one in starting]

    def leave(self, replica: Served) -> Served:
        """Send no more requests to it."""
        self.replicas.remove(replica)
        return replica

    def drivers(self, count: int) -> None:
        """Have so many drivers on duty."""
        agents = [
            {"name": f"Driver {n}", "phone_e164": phone(n), "priority": n}
            for n in range(1, count + 1)
        ]
        self.post("/agents/sync", agents=agents)

    def offer(self, reference: str, **facts: str) -> Row:
        """Bring in a job and have it offered; return the answer of start_offers, with `job_id`."""
        job_id = int(self.post("/jobs", sheet_job_id=reference, **facts).json()["id"])
        self.post(f"/jobs/{job_id}/approve")
        return {**self.post(f"/jobs/{job_id}/start_offers").json(), "job_id": job_id}

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Ask the next replica; the one after it when that one is gone, as a balancer does."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            replicas = tuple(self.replicas)
            url = replicas[next(self._turn) % len(replicas)].url
            try:
                answer = httpx.post(f"{url}{path}", json=body, timeout=DEADLINE)
            except httpx.TransportError:
                continue
            if answer.status_code < 500:
                return answer
        raise AssertionError(f"nobody answers {path}")

    def rows(self, sql: str, *params: object) -> list[Row]:
        """Look into the database, or change it."""
        return in_own_loop(_rows(self.url, sql, *params))

    def _start_one(self) -> Served:
        served: Served = self._stack.enter_context(self.shell.serving(DATABASE_URL=self.url))
        served.wait_until_ready()
        return served


@contextmanager
def running_fleet(shell: Shell, url: str) -> Iterator[Fleet]:
    """Hand out a fleet without replicas; end them all afterwards."""
    ledger = Ledger(shell.folder)
    ledger.prepare()
    with ExitStack() as stack:
        yield Fleet(shell, ledger, url, stack)


def until(is_so: Callable[[], object]) -> None:
    """Ask again and again until it is so."""
    end = time.monotonic() + DEADLINE
    while not is_so():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.05)


async def _rows(url: str, sql: str, *params: object) -> list[Row]:
    host = url.rpartition("=")[2]
    database = url.partition("?")[0].rpartition("/")[2]
    connection = await asyncpg.connect(host=host, user="postgres", database=database)
    try:
        return [dict(row) for row in await connection.fetch(sql, *params)]
    finally:
        await connection.close()
