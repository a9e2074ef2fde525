"""Run by `warming`: imports `dispatch` once, then forks a process for each command it is told.

Each command is a process of its own with its own folder, environment, output and exit code, as
from a shell; only the imports, most of a short command's time and of a start, are done before.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress

from bot.__main__ import main

IMPORTED = (
    "bot.cli.others",
    "bot.composition",
    "bot.configuration",
    "bot.exposure",
    "bot.logs",
    "bot.serving",
    "core.plugins",
    "channels.console",
    "core.runner.sqlite_runner",
    "core.runner.postgres_runner",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
    "web",
)


def listen() -> None:
    """Take one order a line, as JSON: start a command, look how or wait until it ended."""
    for name in IMPORTED:
        __import__(name)
    running: set[int] = set()
    answer: int | None
    for line in sys.stdin:
        match json.loads(line):
            case {"start": told}:
                answer = _start(told)
                running.add(answer)
            case {"end_of": int(pid), "wait": bool(wait)}:
                ended, status = os.waitpid(pid, 0 if wait else os.WNOHANG)
                running.discard(ended)
                answer = os.waitstatus_to_exitcode(status) if ended else None
            case order:
                raise ValueError(f"no such order: {order}")
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    for pid in running:  # nobody is left who could end them
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _start(told: dict[str, object]) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_run(**told))  # type: ignore[arg-type]  # as `warming` wrote it
    return child


def _run(words: Sequence[str], folder: str, env: dict[str, str], out: str, err: str) -> int:
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [folder, *env.get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv = ["dispatch", *words]
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as the interpreter would: a traceback and 1
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    listen()
