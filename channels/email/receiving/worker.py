"""Open this for the process that parses mail: it may take no time, no memory and no file of ours.

It reads from standard input the rules, then one stored mail after another, each preceded by its
length; it answers each on standard output in the same way, and ends with its input.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from typing import BinaryIO

from channels.email.receiving.plain import LENGTH_BYTES, to_plain
from channels.email.receiving.reading import read_mail
from channels.email.receiving.rules import Rules, rules_from
from core.channel import NeedsPerson

CPU_SECONDS = 2
NICENESS = 10
MEMORY_BYTES = 512 * 2**20
READY = b"ready"


def main() -> None:
    """Parse until the input ends, behind all that has more hurry."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    rules = rules_from(_receive(source))
    _send(answers, READY)
    while stored := _receive(source):
        _limit_time()
        _send(answers, parsed(stored, rules))


def parsed(stored: bytes, rules: Rules) -> bytes:
    """Return what the mail means, as JSON; whatever breaks over it breaks here."""
    try:
        return to_plain(read_mail(stored, rules))
    except (Exception, RecursionError, MemoryError) as fault:  # noqa: BLE001 the mail's doing
        return to_plain((NeedsPerson(f"the mail cannot be parsed ({type(fault).__name__})"),))


def _limit_time() -> None:
    """Have the kernel end this process when the next mail takes longer."""
    until = int(time.process_time()) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _receive(source: BinaryIO) -> bytes:
    length = int.from_bytes(source.read(LENGTH_BYTES), "big")
    return source.read(length)


def _send(answers: BinaryIO, message: bytes) -> None:
    answers.write(len(message).to_bytes(LENGTH_BYTES, "big") + message)
    answers.flush()


if __name__ == "__main__":
    main()
