"""Open this for real processes: `dispatch serve`, the bare service, the client, an import."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
DEADLINE = 60.0
PAUSE = 0.002
Request = tuple[str, str, str]  # method, path, body; empty: none
_HEALTH = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Server:
    """A service that answers: its process, its port, how long its first 200 took."""

    pid: int
    port: int
    started_in: float


@asynccontextmanager
async def dispatch(database: Path) -> AsyncIterator[Server]:
    """Run our service on a prepared database, what it prints thrown away."""
    port = free_port()
    settings = {"DATABASE_URL": f"sqlite://{database}", "PORT": str(port)}
    async with _serving(["bot", "serve"], port, database.parent, settings) as server:
        yield server


@asynccontextmanager
async def bare_quart(folder: Path) -> AsyncIterator[Server]:
    """Run the trivial service."""
    port = free_port()
    async with _serving(["bench.bare", str(port)], port, folder, {}) as server:
        yield server


async def post(server: Server, path: str, at_once: int, bodies: Sequence[str]) -> float:
    """Have a client post the bodies; return requests a second, all of them answered 2xx."""
    return await send(server, at_once, [("POST", path, body) for body in bodies])


async def send(server: Server, at_once: int, requests: Sequence[Request]) -> float:
    """Have a client send the requests; return how many a second, all of them answered 2xx."""
    asked = {"port": server.port, "at_once": at_once, "requests": requests}
    said = await run(["-m", "bench.client"], json.dumps(asked))
    answered = json.loads(said)
    assert all(status.startswith("2") for status in answered["statuses"]), answered
    return len(requests) / float(answered["seconds"])


async def run(words: Sequence[str], given: str = "") -> str:
    """Run Python to its end; return what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, cwd=ROOT, env=_environment({}), stdin=PIPE, stdout=PIPE
    )
    try:
        async with asyncio.timeout(DEADLINE):
            said, _ = await process.communicate(given.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, words[:2]
    return said.decode()


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def _serving(
    words: Sequence[str], port: int, folder: Path, settings: Mapping[str, str]
) -> AsyncIterator[Server]:
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *words,
        cwd=folder,
        env=_environment(settings),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        async with asyncio.timeout(DEADLINE):
            while not await _is_well(port):
                assert process.returncode is None, f"{words} ended with {process.returncode}"
                await asyncio.sleep(PAUSE)
        yield Server(process.pid, port, perf_counter() - began)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _is_well(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.write(_HEALTH)
    answer = await reader.read()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return answer.startswith(b"HTTP/1.1 200")


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}
