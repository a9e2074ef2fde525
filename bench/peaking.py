"""Row `peak`: the most memory that a service with a long history ever holds while it is busy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.databases import folder, prepare_sqlite
from bench.measure import Figure, Target
from bench.over_http import JOBS, REPLIES, job_body, yes_body
from bench.plan import Plan
from bench.processes import Request, dispatch, send
from bench.sizes import Sizes

PEAK = Target(150, 110, less=True)
AT_ONCE = 32
SHARE = 40  # drivers who answer in each round


async def peak(sizes: Sizes) -> list[Figure]:
    """Clients do what they usually do, many at once; a new process in each round."""
    drivers = SHARE * sizes.rounds
    plan = Plan(drivers=drivers, open_offers=drivers, history=sizes.history)
    peaks: list[float] = []
    with folder() as here:
        database = await prepare_sqlite(here / "laden.sqlite3", plan)
        for number in range(sizes.rounds):
            async with dispatch(database) as server:
                await send(server, AT_ONCE, list(_usual(number, plan, sizes)))
                peaks.append(_most_held(server.pid))
    what = f"peak resident, {AT_ONCE} at once, {sizes.history:,} jobs of history"
    against = f"YES, new job, list, job, tick; {sizes.requests:,} requests"
    return [Figure("peak", what, against, median(peaks), "MB", PEAK, rounds=tuple(peaks))]


def _usual(number: int, plan: Plan, sizes: Sizes) -> Iterator[Request]:
    """Return a round's requests: five kinds in turn; a driver who answered says it again."""
    for n in range(sizes.requests):
        one = number * SHARE + n // 5 % SHARE + 1
        match n % 5:
            case 0:
                yield "POST", REPLIES, yes_body(one)
            case 1:
                yield "POST", JOBS, job_body(number * sizes.requests + n)
            case 2:
                yield "GET", f"{JOBS}?limit=50", ""
            case 3:
                yield "GET", f"{JOBS}/{plan.id_of(one)}", ""
            case _:
                yield "POST", "/tick", "{}"


def _most_held(pid: int) -> float:
    """Return the most resident memory that a process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024 / 1_000_000
