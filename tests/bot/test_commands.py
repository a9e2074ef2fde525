"""The other commands, as real processes."""

from __future__ import annotations

import json
import sqlite3
import time

import pytest

from tests.bot.processes import Shell

HELP_SECONDS = 0.6


def test_help_is_quick(shell: Shell) -> None:
    shell.ok("--help")  # compiles what is not compiled yet
    began = time.monotonic()
    shell.ok("--help")
    assert time.monotonic() - began < HELP_SECONDS * 5


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("serve", "--nonsense"),
        ("jobs", "show", "x"),
        ("jobs", "list", "--status", "odd"),
    ],
)
def test_wrong_usage_ends_with_2(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.run(*words).returncode == 2


def test_seeding_twice_adds_three_drivers_once(shell: Shell) -> None:
    assert shell.ok("seed").startswith("3 drivers added")
    assert shell.ok("seed").startswith("0 drivers added")
    agents = json.loads(shell.ok("agents", "list", "--json"))
    assert [(agent["name"], agent["phone_e164"], agent["priority"]) for agent in agents] == [
        ("Driver One", "+447700900001", 1),
        ("Driver Two", "+447700900002", 2),
        ("Driver Three", "+447700900003", 3),
    ]


def test_what_is_exported_can_be_imported(shell: Shell) -> None:
    rows = (
        "name,phone_e164,priority,vehicle_type,skills,active\n"
        '"Ö, Jo",+44 7700 900-001,2,Van,adr; tail-lift,true\n'
        "Bo,+447700900002,1,,,no\n"
    )
    (shell.folder / "drivers.csv").write_text(rows, encoding="utf-8")
    assert "2 added, 0 updated" in shell.ok("agents", "import", "drivers.csv")
    for form, flags in (("csv", ()), ("json", ("--json",))):
        exported = shell.ok("agents", "export", *flags)
        (shell.folder / f"again.{form}").write_text(exported, encoding="utf-8")
        assert "0 added, 2 updated" in shell.ok("agents", "import", f"again.{form}")
        assert shell.ok("agents", "export", *flags) == exported
    first = json.loads(shell.ok("agents", "list", "--json"))[0]
    assert (first["phone_e164"], first["skills"]) == ("+447700900001", ["adr", "tail-lift"])


def test_one_bad_row_and_nothing_is_imported(shell: Shell) -> None:
    rows = (
        "name,phone_e164,priority\n"
        "Jo,+447700900001,1\n"
        "Bo,07700900002,1\n"
        ",+447700900003,x\n"
        "Jo again,+44 7700 900001,4\n"
    )
    (shell.folder / "drivers.csv").write_text(rows, encoding="utf-8")
    refused = shell.run("agents", "import", "drivers.csv")
    assert refused.returncode == 1
    lines = refused.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["row 2", "row 3", "row 4", "dispatch"]
    assert "nothing imported" in lines[-1]
    assert "Traceback" not in refused.stderr
    assert json.loads(shell.ok("agents", "list", "--json")) == []


def test_duty_is_switched_by_id(shell: Shell) -> None:
    shell.ok("seed")
    assert "Driver One is off duty" in shell.ok("agents", "duty", "1", "off")
    assert "Driver One is on duty" in shell.ok("agents", "duty", "1", "on")
    assert "there is no agent 9" in shell.run("agents", "duty", "9", "on").stderr


def test_a_job_from_its_arrival_to_its_end(shell: Shell) -> None:
    shell.ok("seed")
    added = shell.ok(
        *("jobs", "add", "R-1", "--from", "Leeds", "--to", "York"),
        *("--date", "30/01/2040", "--time", "14:30", "--skill", "adr"),
    )
    assert "/approve?token=" in added
    again = shell.ok("jobs", "add", "R-1", "--to", "Hull")
    assert "exists already and is needs_approval" in again
    assert "destination" in again
    assert "is needs_approval" in shell.run("jobs", "start", "1").stderr
    assert "job 1 is now approved" in shell.ok("jobs", "approve", "1")
    assert "job 1 was already approved" in shell.ok("jobs", "approve", "1")
    assert "job 1 is now assigned" in shell.ok("jobs", "assign", "1", "2", "--reason", "he asked")
    assert "Driver Two" not in shell.ok("jobs", "list")
    shown = json.loads(shell.ok("jobs", "show", "1", "--json"))
    assert (shown["assigned_agent_id"], shown["pickup_at"][:16]) == (2, "2040-01-30T14:30")
    assert "job 1 is now cancelled" in shell.ok("jobs", "cancel", "1")
    number = shell.ok("jobs", "add", "=R-2", "--notes", "+SUM(1)").split()[1]
    assert "is now rejected" in shell.ok("jobs", "reject", number, "--reason", "twice")
    exported = shell.ok("jobs", "export")
    assert "'=R-2" in exported
    assert "'+SUM(1)" in exported
    assert "there is no job 9" in shell.run("jobs", "show", "9").stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("R", "--date", "31/02/2040"), "pickup"),
        (("R", "--time", "14:30"), "pickup"),
        (("R", "--policy", "none"), "policy: must be one of: default"),
        (("  ",), "sheet_job_id"),
        (("R", "--coordinator", "jo"), "coordinator_email"),
    ],
)
def test_a_job_that_cannot_be_read_is_one_line(
    shell: Shell, words: tuple[str, ...], told: str
) -> None:
    refused = shell.run("jobs", "add", *words)
    assert refused.returncode == 1
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_an_uncovered_job_makes_an_alert_that_can_be_taken_on(shell: Shell) -> None:
    shell.ok("jobs", "add", "R-1")
    shell.ok("jobs", "approve", "1")
    nobody = shell.run("jobs", "start", "1")
    assert nobody.returncode == 1
    assert "uncovered" in nobody.stderr
    assert "uncovered" in shell.ok("alerts", "list")
    assert "acknowledged" in shell.ok("alerts", "ack", "1")
    assert "there is no alert 9" in shell.run("alerts", "ack", "9").stderr


def test_check_says_what_is_well_and_changes_nothing(shell: Shell) -> None:
    answer = json.loads(shell.ok("check", "--json", PORT="0"))
    assert answer["ok"]
    names = [check["name"] for check in answer["checks"]]
    assert names == ["configuration", "database", "port", "channel console"]
    assert not list(shell.folder.iterdir())


def test_check_sees_a_running_service(shell: Shell) -> None:
    with shell.serving() as served:
        port = served.url.rsplit(":", 1)[1]
        assert "is ready" in shell.ok("check", PORT=port)
        elsewhere = shell.run("check", PORT="0")
    assert elsewhere.returncode == 4


def test_check_finds_a_broken_record(shell: Shell) -> None:
    shell.ok("seed")
    shell.ok("jobs", "add", "R-1")
    database = sqlite3.connect(shell.folder / "dispatch.sqlite3")
    with database:
        database.execute("UPDATE jobs SET status = 'offering', next_action_at = NULL")
    database.close()
    found = shell.run("check", PORT="0")
    assert found.returncode == 4
    assert "auditor\tWRONG" in found.stdout


@pytest.mark.parametrize(
    "settings", [{"PORT": "high"}, {"HOST": "0.0.0.0"}, {"DATABASE_URL": "sqlite:///no/such/x"}]
)
def test_check_ends_with_4_when_something_is_wrong(shell: Shell, settings: dict[str, str]) -> None:
    found = shell.run("check", **({"PORT": "0"} | settings))
    assert found.returncode == 4
    assert "WRONG" in found.stdout
    assert "Traceback" not in found.stderr


def test_db_status_and_migrate(shell: Shell) -> None:
    assert "0001_initial" in shell.ok("db", "status")
    assert not (shell.folder / "dispatch.sqlite3").exists()
    assert "0001_initial" in shell.ok("db", "migrate")
    assert "nothing to apply" in shell.ok("db", "migrate")
    assert shell.ok("db", "status") == "all applied\n"


def test_settings_show_where_each_came_from(shell: Shell) -> None:
    (shell.folder / ".env").write_text("LOG_LEVEL=debug\nTIMEZOEN=x\n", encoding="utf-8")
    ended = shell.run("settings", "--json", API_TOKEN="a-secret-token")
    shown = json.loads(ended.stdout)
    assert shown["LOG_LEVEL"] == {"value": "DEBUG", "from": ".env"}
    assert shown["API_TOKEN"] == {"value": "********", "from": "environment"}
    assert shown["PORT"] == {"value": "4567", "from": "default"}
    assert "TIMEZOEN" in ended.stderr


def test_plugins_openapi_and_version(shell: Shell) -> None:
    rows = json.loads(shell.ok("plugins", "list", "--json"))
    assert rows == [
        {"name": "console", "plugin": "channels.console", "enabled": True, "problem": None}
    ]
    assert "/jobs" in json.loads(shell.ok("openapi"))["paths"]
    assert shell.ok("version").strip()[0].isdigit()
    assert not list(shell.folder.iterdir())
