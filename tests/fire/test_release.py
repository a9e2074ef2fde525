"""The release proof tells what passed, and does not run again what passed on the same commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fire import release
from tests.fire.release import Part, Proof, parts

GOOD, BAD = ("-c", "print('all was well')"), ("-c", "print('FOUND it'); exit(1)")


def test_every_row_and_every_other_long_run_is_a_part() -> None:
    names = [part.name for part in parts(1, "full")]
    assert len(names) == len(set(names))
    for kind in ("kill sqlite", "replicas postgres", "backup sqlite", "API cases"):
        assert kind in names
    assert [n for n in names if n.startswith("state machine")] == [
        "state machine sqlite",
        "state machine postgres",
    ]
    lived = [part.command for part in parts(1, "full") if part.name.startswith("lives")]
    assert sum(int(words[words.index("--lives") + 1]) for words in lived) == 100_000
    assert len({words[words.index("--seed") + 1] for words in lived}) == len(lived)


def test_a_part_that_found_something_fails_the_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Proof(tmp_path, resume=False).run([Part("good", GOOD), Part("bad", BAD)], 1) == 1
    said = capsys.readouterr().out
    assert "passed: good" in said
    assert "all was well" in said
    assert "FAILED: bad" in said
    assert "1 of 2 parts passed" in said


def test_only_what_passed_on_this_commit_is_not_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [Part("good", GOOD), Part("bad", BAD)]
    monkeypatch.setattr(release, "_commit", lambda: "one")
    Proof(tmp_path, resume=False).run(chosen, 2)
    capsys.readouterr()
    assert Proof(tmp_path, resume=True).run(chosen, 1) == 1
    again = capsys.readouterr().out
    assert "passed before: good" in again
    assert "FAILED: bad" in again
    monkeypatch.setattr(release, "_commit", lambda: "another")
    Proof(tmp_path, resume=True).run(chosen, 1)
    assert "passed before" not in capsys.readouterr().out
