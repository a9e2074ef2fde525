"""A mutant is what it says, a sample repeats, and what is tried dies by the tests that reach it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.mutation.choosing import all_mutants, sampled
from tests.mutation.guards import wrong_guards
from tests.mutation.mutants import ROOT, Mutant, Source
from tests.mutation.operators import plain_wrongs
from tests.mutation.reach import Reach

PLAIN = {
    "if a < b:\n    pass\n": {"if a <= b:", "if (not (a < b)):"},
    "x = (a) == (b)\n": {"x = (a) != (b)"},
    "x = a is not None\n": {"x = a is None"},
    "x = a and not b\n": {
        "x = ((a) or (not b))",
        "x = ((a))",
        "x = ((not b))",
        "x = a and (b)",
    },
    "x = 30\n": {"x = 31"},
    "x = f(on=True)\n": {"x = f(on=False)"},
    "x = 1 - y\n": {"x = 1 + y", "x = 2 - y"},
    "send(it)\n": {"pass"},
    "def f() -> int:\n    return y\n": {"    return None"},
}
GUARDS = {
    "sql = \"UPDATE t SET a = 1 WHERE id = $1 AND state = 'x' RETURNING id\"\n": {
        "sql = \"UPDATE t SET a = 1 WHERE id = $1 AND (state = 'x' OR 1 = 1) RETURNING id\""
    },
    'def f():\n    where = f"id = $1 AND status IN ({marks})"\n    return where\n': {
        '    where = f"id = $1 AND (status IN ({marks}) OR 1 = 1)"'
    },
    'def f():\n    mine = "id = $1 AND on"\n    return ROWS.change(unit, mine)\n': {
        '    mine = "id = $1 AND (on OR 1 = 1)"'
    },
    "x = A.filter(id=1, on=True).update(on=False)\n": {"x = A.filter(id=1).update(on=False)"},
    "def f():\n    due = A.filter(id=1, at=now)\n    return due.update(at=None)\n": {
        "    due = A.filter(id=1)"
    },
    "work.hold_job(one, JobStatus.OFFERING, version=3)\n": {
        'work.hold_job(one, *__import__("core.domain").domain.JobStatus, version=3)',
        "work.hold_job(one, JobStatus.OFFERING, version=None)",
    },
    "if not work.move_job(one):\n    raise X\n": {"if ((not work.move_job(one)) and False):"},
}
READ_ONLY = (
    'def f():\n    wanted = "id = $1 AND on"\n    return ROWS.has(unit, wanted)\n',
    'sql = "SELECT id FROM t WHERE a = 1 AND b = 2"\n',
    "def f():\n    rows = A.filter(on=True)\n    return rows.first()\n",
)
TOLD_ONLY = (
    'def f(a: "b < c" = ()) -> None:\n    """Return 3 < 4."""\n',
    "if TYPE_CHECKING:\n    x = 3\n",
    'log.info("sent", extra={"n": 3})\n',
)


def changed(mutant: Mutant, source: Source) -> str:
    lines = mutant.applied(source.data).decode().splitlines()
    return next(
        line
        for line, before in zip(lines, source.data.decode().splitlines(), strict=False)
        if line != before
    )


@pytest.mark.parametrize("text", PLAIN)
def test_each_plain_wrong_is_made_once(text: str) -> None:
    source = Source("core/some.py", text)
    made = [changed(one, source) for one in plain_wrongs(source)]
    assert sorted(made) == sorted(PLAIN[text])


@pytest.mark.parametrize("text", GUARDS)
def test_each_guard_of_a_write_is_taken_away(text: str) -> None:
    source = Source("core/some.py", text)
    made = {changed(one, source) for one in wrong_guards(source) if one.guard}
    assert made == GUARDS[text]


@pytest.mark.parametrize("text", READ_ONLY)
def test_what_only_chooses_what_is_read_is_no_guard(text: str) -> None:
    made = list(wrong_guards(Source("core/some.py", text)))
    assert made
    assert not any(one.guard for one in made)


@pytest.mark.parametrize("text", TOLD_ONLY)
def test_what_is_only_told_or_checked_is_left_alone(text: str) -> None:
    assert list(plain_wrongs(Source("core/some.py", text))) == []


def test_a_term_may_go_on_in_the_next_literal() -> None:
    source = Source("core/some.py", 'x = (\n    "WHERE a = 1 AND ("\n    "b = 2) ORDER BY c"\n)\n')
    made = [one.applied(source.data).decode() for one in wrong_guards(source)]
    assert 'AND (("\n    "b = 2) OR 1 = 1) ORDER BY c"' in made[1]
    assert "WHERE (a = 1 OR 1 = 1) AND" in made[0]


def test_every_mutant_of_core_is_python_and_differs() -> None:
    mutants = all_mutants(["core/outbox/", "core/router/overrides/"])
    assert len(mutants) > 400
    for mutant in mutants:
        source = (ROOT / mutant.file).read_bytes()
        assert mutant.applied(source) != source
        ast.parse(mutant.applied(source))


def test_every_compare_and_set_of_a_job_is_among_the_guards() -> None:
    guards = {(one.file, one.operator) for one in all_mutants() if one.guard}
    assert ("core/work.py", "SQL term made true") in guards
    assert ("core/cascade/covering.py", "any status is held") in guards
    assert ("core/outbox/settling.py", "SQL term made true") in guards
    assert ("core/router/offering.py", "filter without status") in guards


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    mutants = all_mutants(["core/cascade/"])
    assert sampled(mutants, 20, 1) == sampled(mutants, 20, 1)
    assert sampled(mutants, 20, 1) != sampled(mutants, 20, 2)
    assert len(set(sampled(mutants, 20, 1))) == 20


def test_the_difference_shows_only_what_changes() -> None:
    mutant = Mutant("core/some.py", 2, 2, 3, "constant", "5")
    assert mutant.difference(b"a\n4\nb\n") == "-4\n+5"


def kept(folder: Path, **seconds: float) -> CoverageData:
    """Keep what a run told, in which each test executed line 1 of core/some.py."""
    (folder / "part.json").write_text(json.dumps(seconds))
    data = CoverageData(str(folder / "part.coverage"))
    for test in seconds:
        data.set_context(f"{test}|run")
        data.add_lines({str(ROOT / "core/some.py"): [1]})
    data.write()
    return data


def test_the_quickest_case_of_each_test_comes_first_as_long_as_there_is_patience(
    tmp_path: Path,
) -> None:
    kept(tmp_path, **{"a[1]": 1.0, "a[2|3]": 0.5, "b": 0.7, "c": 9.0})
    mutant = Mutant("core/some.py", 1, 0, 1, "constant", "2")
    assert Reach(tmp_path).tests(mutant, 3.0) == ["a[2|3]", "b"]
    assert Reach(tmp_path).tests(mutant, 30.0) == ["a[2|3]", "b", "c", "a[1]"]


def test_what_is_played_on_one_database_is_tried_on_the_other_too(tmp_path: Path) -> None:
    kept(tmp_path, **{"a[sqlite]": 1.0})
    mutant = Mutant("core/some.py", 1, 0, 1, "constant", "2")
    assert Reach(tmp_path).tests(mutant, 9.0) == ["a[sqlite]", "a[postgres]"]


def test_no_test_reaches_a_file_that_none_executed(tmp_path: Path) -> None:
    kept(tmp_path, a=1.0)
    assert Reach(tmp_path).tests(Mutant("core/other.py", 1, 0, 1, "constant", "2"), 9.0) == []


def test_a_guard_is_tried_by_those_about_compare_and_set_first(tmp_path: Path) -> None:
    kept(tmp_path, **{"quick": 0.1, "test_compare_and_set.py::a[sqlite]": 0.5})
    mutant = Mutant("core/some.py", 1, 0, 1, "any status is held", "2", guard=True)
    assert Reach(tmp_path).tests(mutant, 9.0) == [
        "test_compare_and_set.py::a[sqlite]",
        "test_compare_and_set.py::a[postgres]",
        "quick",
    ]
