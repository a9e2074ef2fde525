"""Run by `processes`: imports `dispatch` once, then forks a process for each command it is told.

Each command is a process of its own with its own folder, environment, output and exit code, as
from a shell; only the imports, most of a short command's time, are done before.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

from bot.__main__ import main

IMPORTED = (
    "bot.cli",
    "bot.composition",
    "bot.configuration",
    "core.plugins",
    "channels.console",
    "core.runner.sqlite_runner",
    "core.runner.postgres_runner",
    "web",
)


def listen() -> None:
    """Take one command a line, as JSON; answer with its exit code."""
    for name in IMPORTED:
        __import__(name)
    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_run(**told))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _run(words: Sequence[str], folder: str, env: dict[str, str], out: str, err: str) -> int:
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
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
