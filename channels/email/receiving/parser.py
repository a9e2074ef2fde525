"""Open this for how the service has a mail parsed: by a process that it may lose at any time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path

from channels.email.receiving.plain import LENGTH_BYTES, from_plain
from core.channel import Incoming, NeedsPerson

log = logging.getLogger(__name__)

START_SECONDS = 20.0
PARSE_SECONDS = 4.5
END_SECONDS = 0.5
AT_A_TIME = 65_536
LONGEST_ANSWER = 8_000_000
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from channels.email.receiving.worker import main; main()"
)
UNSAFE = "the mail could not be parsed safely"


class MailParser:
    """One process, started when the first mail is read, and again after it had to be ended."""

    def __init__(self, rules: bytes) -> None:
        self._rules = rules
        self._process: Process | None = None
        self._starting: asyncio.Task[Process] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def read(self, stored: bytes) -> Sequence[Incoming]:
        """Return what the mail means; one that breaks the process waits for a person.

        Raises TimeoutError when this machine is too busy: the mail may be read again.
        """
        async with self._one_at_a_time:
            process = await self._ready()
            try:
                async with asyncio.timeout(PARSE_SECONDS):
                    answer = await _exchange(process, stored)
            except (asyncio.IncompleteReadError, ConnectionError):
                if self._process is not process:
                    raise
                await self._end()
                log.warning("email.parser_lost code=%s", process.returncode)
                return (NeedsPerson(UNSAFE),)
            except BaseException:
                await self._end()
                raise
        return from_plain(answer)

    async def stop(self) -> None:
        """End the process, with whatever it is at."""
        starting, self._starting = self._starting, None
        if starting is not None:
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, TimeoutError):
                await starting
        await self._end()

    async def _ready(self) -> Process:
        """Return the process once it takes mail; giving up waiting does not end its start."""
        if self._process is not None and self._process.returncode is None:
            return self._process
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(_started(self._rules), name="mail parser")
        process = await asyncio.shield(self._starting)
        self._starting, self._process = None, process
        return process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _kill(process)


async def _started(rules: bytes) -> Process:
    """Start the process with this one's path and nothing of its environment."""
    path = json.dumps([entry or str(Path.cwd()) for entry in sys.path])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-I", "-B", "-c", _PROGRAM, path),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            await _exchange(process, rules)
    except BaseException:
        await _kill(process)
        raise
    return process


async def _exchange(process: Process, message: bytes) -> bytes:
    assert process.stdin is not None  # noqa: S101 both are pipes
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    process.stdin.write(len(message).to_bytes(LENGTH_BYTES, "big"))
    for at in range(0, len(message), AT_A_TIME):
        process.stdin.write(message[at : at + AT_A_TIME])
        await process.stdin.drain()
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES), "big")
    if length > LONGEST_ANSWER:
        raise ConnectionError("an answer of the mail parser is too long")
    return await process.stdout.readexactly(length)


async def _kill(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
