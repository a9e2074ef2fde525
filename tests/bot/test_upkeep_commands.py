"""The commands of whoever runs the service: people, what is stuck, personal data, imports."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.bot.processes import Shell

HEADER = "sheet_job_id,pickup_date,pickup_time,origin,destination,skills\n"


def edit(shell: Shell, sql: str) -> None:
    database = sqlite3.connect(shell.folder / "dispatch.sqlite3")
    with database:
        database.executescript(sql)
    database.close()


def test_jobs_are_imported_all_at_once_and_once(shell: Shell) -> None:
    rows = "A-1,30/01/2040,14:30,Leeds,York,adr; tail-lift\nA-2,,,Hull,York,\n"
    (shell.folder / "jobs.csv").write_text(HEADER + rows, encoding="utf-8")
    assert shell.ok("jobs", "import", "jobs.csv") == "2 added, 0 known already\n"
    (shell.folder / "jobs.csv").write_text(HEADER + rows.replace("Hull", "Goole"), "utf-8")
    again = shell.ok("jobs", "import", "jobs.csv")
    assert again.splitlines() == [
        "0 added, 2 known already",
        "row 2: job 2 stays as it was, though origin differ",
    ]
    first, second = json.loads(shell.ok("jobs", "list", "--json"))
    assert (first["skills"], first["status"]) == (["adr", "tail-lift"], "needs_approval")
    assert (first["pickup_at"][:16], second["origin"]) == ("2040-01-30T14:30", "Hull")


def test_one_bad_job_and_none_is_imported(shell: Shell) -> None:
    rows = "A-1,31/02/2040,,Leeds,York,\nA-2,,,Hull,York,\nA-2,,,Hull,York,\n,,,Hull,York,\n"
    (shell.folder / "jobs.csv").write_text(HEADER + rows, encoding="utf-8")
    refused = shell.run("jobs", "import", "jobs.csv")
    assert refused.returncode == 1
    lines = refused.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["row 1", "row 3", "row 4", "dispatch"]
    assert json.loads(shell.ok("jobs", "list", "--json")) == []


def test_what_is_exported_can_be_imported_elsewhere(shell: Shell, tmp_path: Path) -> None:
    shell.ok("jobs", "add", "=A-1", "--from", "Leeds", "--notes", "+1", "--skill", "adr")
    exported = shell.ok("jobs", "export")
    as_json = shell.ok("jobs", "export", "--json")
    for form, text in (("csv", exported), ("json", as_json)):
        (tmp_path / form).mkdir()
        other = Shell(tmp_path / form)
        (other.folder / f"jobs.{form}").write_text(text, encoding="utf-8")
        assert other.run("jobs", "import", f"jobs.{form}").stderr == ""
        (job,) = json.loads(other.ok("jobs", "list", "--json"))
        assert (job["sheet_job_id"], job["notes"], job["skills"]) == ("=A-1", "+1", ["adr"])
        assert job["status"] == "needs_approval"


def test_a_column_that_is_not_known_is_left_out_with_a_hint(shell: Shell) -> None:
    (shell.folder / "jobs.json").write_text('[{"sheet_job_id": "A-1", "orgin": "Leeds"}]')
    ended = shell.run("jobs", "import", "jobs.json")
    assert "did you mean 'origin'" in ended.stderr
    assert ended.stdout.startswith("1 added")


def test_a_coordinator_is_added_and_then_asked_about_jobs_that_name_nobody(shell: Shell) -> None:
    assert "coordinator 1 is Jo" in shell.ok("coordinators", "add", "Jo", "Jo@Example.com")
    default = shell.ok("coordinators", "add", "Jo Bloggs", "jo@example.com", "--default")
    assert "coordinator 1 is Jo Bloggs <jo@example.com>, asked about" in default
    (listed,) = json.loads(shell.ok("coordinators", "list", "--json"))
    assert (listed["name"], listed["is_default"]) == ("Jo Bloggs", True)
    shell.ok("jobs", "add", "A-1")
    (message,) = json.loads(shell.ok("outbox", "list", "--json"))
    assert (message["handle"], message["state"]) == ("jo@example.com", "queued")
    assert shell.run("coordinators", "add", "Jo", "nobody").returncode == 1


def test_what_waits_for_a_person_is_shown_retried_and_resolved(shell: Shell) -> None:
    shell.ok("seed")
    assert json.loads(shell.ok("inbox", "list", "--json")) == []
    payload = json.dumps({"handle": "+447700900001", "text": "OFF"}).encode().hex()
    edit(
        shell,
        "INSERT INTO inbox (channel, payload, received_at, state, attempts, due_at, handle) VALUES"
        f" ('console', x'{payload}', '2026-01-01 00:00:00+00:00', 'needs_person', 3,"
        " '2026-01-01 00:00:00+00:00', '+447700900001'),"
        " ('gone', x'00ff', '2026-01-01 00:00:00+00:00', 'needs_person', 3,"
        " '2026-01-01 00:00:00+00:00', NULL)",
    )
    assert "OFF" in shell.ok("inbox", "show", "1")
    assert "OFF" in json.loads(shell.ok("inbox", "show", "1", "--json"))["says"]
    assert "needs_person" in shell.ok("inbox", "list", "--state", "needs_person")
    assert shell.ok("inbox", "resolve", "2", "--reason", "rang") == "entry 2 is now handled\n"
    assert "does not wait" in shell.run("inbox", "resolve", "2").stderr
    assert shell.ok("inbox", "retry", "1") == "entry 1 is now stored\n"
    with shell.serving() as served:
        served.wait_for_line("to Driver One")
    assert "was acted on" in shell.run("inbox", "retry", "1").stderr
    for words in (("show", "9"), ("retry", "9"), ("resolve", "9")):
        assert "there is no inbox entry 9" in shell.run("inbox", *words).stderr


def test_failed_messages_are_queued_again_and_sent(shell: Shell) -> None:
    shell.ok("seed")
    shell.ok("jobs", "add", "A-1")
    shell.ok("jobs", "assign", "1", "1")
    edit(shell, "UPDATE outbox SET state = 'failed', reason = 'gone' WHERE kind = 'booked'")
    (failed,) = json.loads(shell.ok("outbox", "list", "--state", "failed", "--json"))
    assert (failed["kind"], failed["reason"]) == ("booked", "gone")
    assert shell.ok("outbox", "retry").startswith("1 messages are queued again")
    refused = shell.run("outbox", "retry", str(failed["id"]), "99")
    assert refused.returncode == 1
    assert "only failed ones" in refused.stderr
    assert "there is no outbox message 99" in refused.stderr
    with shell.serving() as served:
        served.wait_for_line("to Driver One")


def test_a_driver_is_forgotten_and_their_data_is_theirs_before(shell: Shell) -> None:
    shell.ok("seed")
    shell.ok("jobs", "add", "A-1")
    shell.ok("jobs", "assign", "1", "1")
    data = json.loads(shell.ok("agents", "data", "1"))
    assert (data["agent"]["name"], data["jobs"][0]["id"]) == ("Driver One", 1)
    refused = shell.run("agents", "forget", "1")
    assert refused.returncode == 1
    assert "Driver One still has job 1" in refused.stderr
    assert "agent 2 is forgotten" in shell.ok("agents", "forget", "2")
    assert "was already forgotten" in shell.ok("agents", "forget", "2")
    assert "Driver Two" not in shell.ok("agents", "list")
    assert "Driver Two" not in shell.ok("agents", "data", "2")
    for words in (("forget", "9"), ("data", "9")):
        assert "there is no agent 9" in shell.run("agents", *words).stderr


def test_purging_counts_first_and_then_erases(shell: Shell) -> None:
    shell.ok("jobs", "add", "A-1", "--contact-name", "Ann", "--notes", "ring twice")
    shell.ok("jobs", "reject", "1")
    edit(shell, "UPDATE jobs SET closed_at = datetime('now', '-40 days') || '+00:00'")
    assert "of 0 jobs" in shell.ok("purge")
    assert "of 1 jobs, 0 inbox" in shell.ok("purge", "--days", "30", "--dry-run")
    assert "Ann" in shell.ok("jobs", "show", "1")
    assert "of 1 jobs" in shell.ok("purge", KEEP_DAYS="30")
    assert "Ann" not in shell.ok("jobs", "show", "1")
    assert "of 0 jobs" in shell.ok("purge", "--days", "30")
    kept = shell.run("purge", KEEP_DAYS="0")
    assert (kept.returncode, "KEEP_DAYS is 0" in kept.stderr) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("inbox", "list", "--state", "odd"),
        ("outbox", "list", "--state", "odd"),
        ("purge", "--days", "0"),
        ("token", "create", "x", "--scope", "odd"),
        ("token", "create", " "),
        ("jobs", "import", "none.csv"),
    ],
)
def test_wrong_usage_ends_with_2(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run(*words).returncode == 2
