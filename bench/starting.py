"""Rows `start` and `memory`: what the process costs before it does anything."""

from __future__ import annotations

import asyncio
from time import perf_counter

import psutil

from bench.databases import folder, prepare_sqlite
from bench.measure import Figure, Target, ratio_of, take_turns
from bench.plan import Plan
from bench.processes import bare_quart, dispatch, run
from bench.sizes import Sizes

START = Target(1.5, 1.2, less=True)
MEMORY = Target(1.6, 1.3, less=True)
SETTLED = 0.5  # seconds after the first 200: the loops have run once

_OURS = "bot.__main__, bot.cli, bot.serving, bot.configuration, bot.logs, web, channels.console"
_NAMES = f"""
import sys, uvloop
import {_OURS}
print(*(name for name, module in sys.modules.items()
        if "site-packages" in (getattr(module, "__file__", None) or "")))
"""
_IMPORT = """
import contextlib, importlib, sys
for name in sys.argv[1:]:
    with contextlib.suppress(ImportError):
        importlib.import_module(name)
"""


async def start(sizes: Sizes) -> list[Figure]:
    """From the command to the first 200 of /health, on a database that is ready."""
    names = (await run(["-c", _NAMES])).split()
    with folder() as here:
        database = await prepare_sqlite(here / "start.sqlite3", Plan(drivers=3, open_offers=0))

        async def ours(_number: int) -> float:
            async with dispatch(database) as server:
                return server.started_in

        async def libraries(_number: int) -> float:
            began = perf_counter()
            await run(["-c", _IMPORT, *names])
            return perf_counter() - began

        await ours(0)  # so that everything is compiled and in the disk's cache
        pairs = await take_turns(sizes.rounds, ours, libraries)
    what, against = "start to first 200", "importing the same libraries"
    return [ratio_of("start", what, against, pairs, target=START, shown="{:.2f} s")]


async def memory(sizes: Sizes) -> list[Figure]:
    """Resident memory when idle."""
    with folder() as here:
        database = await prepare_sqlite(here / "idle.sqlite3", Plan(drivers=3, open_offers=0))

        async def ours(_number: int) -> float:
            async with dispatch(database) as server:
                return await _resident(server.pid)

        async def bare(_number: int) -> float:
            async with bare_quart(here) as server:
                return await _resident(server.pid)

        pairs = await take_turns(sizes.rounds, ours, bare)
    against = "bare Quart, same server"
    return [ratio_of("memory", "idle", against, pairs, target=MEMORY, shown="{:.0f} MB")]


async def _resident(pid: int) -> float:
    await asyncio.sleep(SETTLED)
    return float(psutil.Process(pid).memory_info().rss) / 1_000_000
