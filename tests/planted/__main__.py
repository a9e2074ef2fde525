"""Plant each fault in a copy of the tree and see its tests fail; exit 1 when one lives."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.planted.faults import FAULTS, ROOT, Fault

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "*.sqlite3*")


def main() -> int:
    """Return 0 when every fault is noticed."""
    lives = 0
    for fault in FAULTS:
        with tempfile.TemporaryDirectory(prefix="planted-") as folder:
            noticed = plant(fault, Path(folder) / "tree")
        lives += not noticed
        sys.stdout.write(f"{'noticed' if noticed else 'LIVES  '}  {fault.name}\n")
        sys.stdout.flush()
    return 1 if lives else 0


def plant(fault: Fault, tree: Path) -> bool:
    """Return whether the tests fail with the fault in `tree`, having passed collection."""
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    for place in fault.places():
        file = tree / place.file
        file.write_text(file.read_text().replace(place.sound, place.broken))
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-x", *fault.noticed_by],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode == 1


if __name__ == "__main__":
    sys.exit(main())
