"""`dispatch simulate` in processes of their own: figures side by side, nothing changed."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.processes import Shell
from tests.bot.warming import ROOT
from tests.databases import PostgresServer

DRIVERS = [{"name": f"D{n}", "phone_e164": f"+44770090000{n}", "priority": n} for n in (1, 2, 3)]


def live(url: str) -> None:
    """Have one job go past a driver who declines to one who takes it, and one be left alone."""
    with httpx.Client(base_url=url) as client:
        client.post("/agents/sync", json={"agents": DRIVERS})
        for reference in ("A", "B"):
            job_id = client.post("/jobs", json={"sheet_job_id": reference}).json()["id"]
            client.post(f"/jobs/{job_id}/approve")
            client.post(f"/jobs/{job_id}/start_offers")
        for number, word in ((1, "NO"), (2, "YES")):
            said = {"from": f"+44770090000{number}", "response": word, "job_id": 1}
            assert client.post("/webhooks/driver_response", json=said).json()["ok"]


def simulated(shell: Shell, *words: str, **settings: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shell.ok("simulate", "--json", *words, **settings))
    return found


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("dispatch.sqlite3*"))
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}


def test_past_jobs_are_compared_and_the_database_stays_as_it_was(shell: Shell) -> None:
    with shell.serving() as served:
        live(served.url)
        served.end()
    before = hashes(shell.folder)
    found = simulated(shell, "--set", "width=2", "--set", "timeout=10m")
    assert hashes(shell.folder) == before
    assert found["differing"] == []
    happened, unchanged, default, changed = found["columns"]
    assert [c["name"] for c in (happened, unchanged, default, changed)] == [
        "as it happened",
        "replayed unchanged",
        "default",
        "width=2 timeout=10m",
    ]
    figures = [{k: v for k, v in c.items() if k not in ("name", "policy")} for c in (happened,)]
    assert figures[0].items() <= unchanged.items()
    assert (happened["jobs"], happened["covered"], happened["offers"]) == (2, 1, 3)
    assert (changed["policy"]["width"], changed["policy"]["timeout"]) == (2, 600.0)
    assert changed["offers"] > happened["offers"]


def test_it_runs_beside_a_serve_that_notices_nothing(shell: Shell) -> None:
    with shell.serving() as served:
        live(served.url)
        events = served.get("/jobs/1/events").json()
        assert simulated(shell)["differing"] == []
        assert served.get("/jobs/1/events").json() == events
        assert not any("SAMPLE" in line for line in served.output)


def test_it_reads_postgresql_too(shell: Shell, postgres_server: PostgresServer) -> None:
    with postgres_server.fresh() as url:
        with shell.serving(DATABASE_URL=url) as served:
            live(served.url)
        found = simulated(shell, "--jobs", "1", DATABASE_URL=url)
    assert (found["jobs"], found["differing"]) == (1, [])


def test_a_sample_day_needs_no_database_and_leaves_none(shell: Shell) -> None:
    found = simulated(shell, "--sample")
    assert simulated(shell, "--sample") == found
    assert found["differing"] == []
    assert found["jobs"] == 100
    assert list(shell.folder.iterdir()) == []
    assert simulated(shell, "--sample", "--seed", "2") != found


def test_policies_of_the_file_stand_side_by_side(shell: Shell) -> None:
    (shell.folder / "plugins.toml").write_text(
        '[channels.console]\nplugin = "channels.console"\n[policies.wide]\nwidth = 3\n'
    )
    printed = shell.ok("simulate", "--sample").splitlines()
    assert printed[1].split("\t")[1:] == ["as it happened", "replayed unchanged", "default", "wide"]
    assert any(line.startswith("fill rate\t") and "%" in line for line in printed)
    assert printed[-1] == "replayed unchanged, every job went exactly as it did"
    only = simulated(shell, "--sample", "--policy", "wide")
    assert [c["name"] for c in only["columns"]][2:] == ["wide"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("--sample", "--policy", "defualt"), "did you mean 'default'", 3),
        (("--sample", "--set", "widht=2"), "did you mean 'width'", 3),
        (("--sample", "--set", "timeout=soon"), "not a duration", 3),
        (("--sample", "--jobs", "3"), "one of --jobs, --since and --sample", 2),
        ((), "no such jobs", 1),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    shell: Shell, words: tuple[str, ...], said: str, code: int
) -> None:
    ended = shell.run("simulate", *words)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)
    assert said in ended.stderr


def test_help_is_quick(shell: Shell) -> None:
    began = time.monotonic()
    assert "--sample" in shell.ok("simulate", "--help")
    assert time.monotonic() - began < 0.6


def test_the_document_shows_what_is_printed(shell: Shell) -> None:
    text = (ROOT / "docs" / "simulate.md").read_text()
    for line in shell.ok("simulate", "--sample", "--set", "width=2").splitlines():
        for cell in line.split("\t"):
            assert cell in text, cell
