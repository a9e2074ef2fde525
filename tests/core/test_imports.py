"""The rooms keep their walls where a linter cannot see: allow-lists over the import graph."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import grimp
import pytest

# The rooms that HOUSE calls pure, and the ones that they were split into.
PURE = (
    "core.domain",
    "core.policy",
    "core.policy_forms",
    "core.eligibility",
    "core.replies",
    "core.reply_words",
    "core.decisions",
    "core.decision_words",
    "core.done_words",
    "core.reply_table",
    "core.reply_page",
)
# What in the standard library reaches outside, or reads the clock by itself.
NOT_PURE = {
    *("asyncio", "concurrent", "http", "importlib", "io", "logging", "multiprocessing", "os"),
    *("pathlib", "random", "secrets", "select", "shutil", "signal", "smtplib", "socket", "sqlite3"),
    *("ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib"),
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("core", include_external_packages=True, cache_dir=None)


def imports_of(graph: grimp.ImportGraph, room: str) -> Iterator[tuple[str, str]]:
    """Yield module and import of every module of a room."""
    for module in {room, *graph.find_descendants(room)}:
        for imported in graph.find_modules_directly_imported_by(module):
            yield module, imported


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_the_standard_library_and_pure_rooms_only(
    graph: grimp.ImportGraph, room: str
) -> None:
    strangers = [
        f"{module} imports {imported}"
        for module, imported in imports_of(graph, room)
        if not imported.startswith(PURE)
        and imported.partition(".")[0] not in sys.stdlib_module_names - NOT_PURE
    ]
    assert not strangers


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_exists(graph: grimp.ImportGraph, room: str) -> None:
    assert room in graph.modules, "the list names a room that is gone"


def run_without(missing: str, code: str) -> None:
    blocked = f"import sys; sys.modules[{missing!r}] = None; {code}"
    subprocess.run([sys.executable, "-W", "error", "-c", blocked], check=True, timeout=60)


def test_the_fakes_work_where_pytest_is_not_installed() -> None:
    run_without("pytest", "import core.testing; core.testing.make_context()")


def test_plugins_are_loaded_without_the_record_or_the_web() -> None:
    run_without("tortoise", "import core.plugins, channels.console")
    run_without("quart", "import core.plugins, channels.console")
