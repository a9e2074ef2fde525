"""Run the whole suite in two processes side by side: `python -m tests`, which `make test` does.

The long runs (lives, fire, replicas, models) take one core, everything else the other. What the
rest says is shown at once, what the long ones say when both have ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

LONG = (
    "tests/core/rehearsal",
    "tests/core/test_reply_cells.py",
    "tests/core/test_state_machine.py",
    "tests/fire",
    "tests/replicas",
    "tests/simulation",
    "tests/web/test_api_cases.py",
)
PYTEST = (sys.executable, "-m", "pytest")


def main() -> int:
    """Return 0 when both halves pass."""
    rest = [*PYTEST, "tests", *(f"--ignore={path}" for path in LONG)]
    if (os.cpu_count() or 1) < 2:
        return max(subprocess.run([*PYTEST, "tests"], check=False).returncode, 0)
    with tempfile.TemporaryFile() as kept:
        long = subprocess.Popen([*PYTEST, *LONG], stdout=kept, stderr=subprocess.STDOUT)
        try:
            ended = [subprocess.run(rest, check=False).returncode, long.wait()]
        finally:
            long.terminate()
            long.wait()
        kept.seek(0)
        sys.stdout.write(kept.read().decode(errors="replace"))
    return 1 if any(ended) else 0


if __name__ == "__main__":
    sys.exit(main())
