"""Breed mails and try them: `python -m tests.fuzz --seconds 600`; findings are kept as files."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from tests.fuzz.running import fuzz


def main() -> int:
    """Fuzz for so long; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), metavar="FOLDER")
    words = parser.parse_args()
    findings = asyncio.run(fuzz(words.seconds, words.seed))
    print(findings)  # noqa: T201 the result of the command
    found = [
        *findings.crashes,
        *((f"{took:.1f} s", mail) for took, mail in findings.slow),
    ]
    for number, (what, mail) in enumerate(found):
        words.keep.mkdir(exist_ok=True)
        path = words.keep / f"{findings.seed}-{number}.eml"
        path.write_bytes(mail)
        print(f"{path}: {what}")  # noqa: T201 - a command prints
    return 0 if findings.are_none else 1


if __name__ == "__main__":
    sys.exit(main())
