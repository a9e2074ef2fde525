"""Rows `reply` and `reply-postgres`: YES to an open offer, in process, against the bare driver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager

import asyncpg

from bench.databases import copied, folder, open_router, prepare_postgres, prepare_sqlite
from bench.expected import yes
from bench.measure import Figure, Target, ratio_of, share_out, take_turns
from bench.plainly import Transaction, commit_postgres, commit_sqlite
from bench.plan import Plan
from bench.rows import phone
from bench.sizes import Sizes
from core.router import Router
from tests.databases import running_postgres

SQLITE = {32: Target(2.5, 4), 1: Target(0.4, 0.6)}
POSTGRES = {8: Target(0.6, 0.9), 32: Target(0.6, 0.9)}
CONNECTIONS = 10  # for writing: as many as the service has

Commit = Callable[[Sequence[Transaction], int], Awaitable[float]]  # (work, at once) -> seconds


async def reply(sizes: Sizes) -> list[Figure]:
    """A reply's full transaction on SQLite."""
    plan, shares = _shared_out(SQLITE, sizes)
    against = "standard library sqlite3, same rows, one per commit"
    with folder() as here:
        ours = await prepare_sqlite(here / "ours.sqlite3", plan)
        theirs = copied(ours, "theirs.sqlite3")

        async def commit(work: Sequence[Transaction], _at_once: int) -> float:
            return commit_sqlite(theirs, work)

        async with open_router(f"sqlite://{ours}") as router:
            return [
                await _compared("reply", against, router, plan, shares[k], k, commit, target)
                for k, target in SQLITE.items()
            ]


async def reply_postgres(sizes: Sizes) -> list[Figure]:
    """A reply's full transaction on PostgreSQL, with fsync on."""
    plan, shares = _shared_out(POSTGRES, sizes)
    against = "asyncpg, same rows, one per commit"
    async with _two_databases(plan) as (url, pool):

        async def commit(work: Sequence[Transaction], at_once: int) -> float:
            return await commit_postgres(pool, work, at_once=at_once)

        async with open_router(url) as router:
            return [
                await _compared("reply-postgres", against, router, plan, shares[k], k, commit, t)
                for k, t in POSTGRES.items()
            ]


async def say_yes(router: Router, plan: Plan, offers: Iterable[int], at_once: int) -> float:
    """Have the offers accepted, so many at a time; return the seconds that took."""

    async def say(n: int) -> None:
        answer = await router.reply(phone(plan.agent_of(n)), "YES")
        assert answer.code == "accepted", answer

    return await share_out(say, offers, at_once)


def _shared_out(
    targets: Mapping[int, Target], sizes: Sizes
) -> tuple[Plan, Mapping[int, list[range]]]:
    """Return a plan with one driver an offer, and the offers of every round by concurrency."""
    shares: dict[int, list[range]] = {}
    first = 1
    for at_once in targets:
        amount = sizes.replies if at_once > 1 else max(1, sizes.replies // 4)
        last = first + amount * sizes.rounds
        shares[at_once] = [range(n, n + amount) for n in range(first, last, amount)]
        first = last
    return Plan(drivers=first - 1, open_offers=first - 1), shares


async def _compared(
    row: str,
    against: str,
    router: Router,
    plan: Plan,
    shares: Sequence[range],
    at_once: int,
    commit: Commit,
    target: Target,
) -> Figure:
    async def ours(number: int) -> float:
        offers = shares[number]
        return len(offers) / await say_yes(router, plan, offers, at_once)

    async def theirs(number: int) -> float:
        now = router.clock.now()
        work = [yes(plan, n, now) for n in shares[number]]
        return len(work) / await commit(work, at_once)

    pairs = await take_turns(len(shares), ours, theirs)
    return ratio_of(row, f"YES in process, {at_once} at once", against, pairs, target=target)


@asynccontextmanager
async def _two_databases(plan: Plan) -> AsyncIterator[tuple[str, asyncpg.Pool]]:
    """Hand out the URL of our database and a pool on a copy of it, both on disk."""
    with running_postgres() as server:
        server.run("ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()", "CREATE DATABASE ours")
        at = {"host": str(server.folder), "user": "postgres"}
        connection = await asyncpg.connect(**at, database="ours")
        try:
            await prepare_postgres(server.url("ours"), connection, plan)
        finally:
            await connection.close()
        server.run("CREATE DATABASE theirs TEMPLATE ours")
        size = {"min_size": CONNECTIONS, "max_size": CONNECTIONS}
        async with asyncpg.create_pool(**at, database="theirs", **size) as pool:
            yield server.url("ours"), pool
