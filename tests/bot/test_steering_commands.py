"""Interventions by command: the same as by the API, in the name of whoever types them."""

from __future__ import annotations

import getpass
import json
from typing import Any

import pytest

from tests.bot.processes import Shell


def shown(shell: Shell, job_id: int = 1) -> Any:
    return json.loads(shell.ok("jobs", "show", f"{job_id}", "--json"))


@pytest.fixture
def asked(shell: Shell) -> Shell:
    """Three drivers, and a job that the first of them is asked about."""
    shell.ok("seed")
    shell.ok("jobs", "add", "VC8Y-3", "--from", "Leeds", "--to", "York", "--pay", "100")
    shell.ok("jobs", "approve", "1", "--start")
    return shell


def test_a_cascade_is_steered_by_commands(asked: Shell) -> None:
    for words, status in (
        (("pause", "1"), "offering"),
        (("resume", "1"), "offering"),
        (("extend", "1", "15"), "offering"),
        (("cutoff", "1", "30/01/2090", "1.30pm"), "offering"),
        (("skip", "1", "--offer", "1"), "offering"),
        (("offer-next", "1", "3"), "offering"),
        (("answer", "1", "2", "no", "--reason", "too far"), "offering"),
        (("edit", "1", "pay=120", "skills="), "offering"),
    ):
        assert f"job 1 is now {status}" in asked.ok("jobs", *words), words
    job = shown(asked)
    assert (job["pay"], job["version"]) == ("120", 2)
    assert job["cutoff"] == "2090-01-30T13:30:00+00:00"
    assert [o["agent_id"] for o in job["offers"]] == [1, 2, 3, 1]


def test_a_job_is_answered_taken_back_awarded_and_completed_by_commands(asked: Shell) -> None:
    asked.ok("jobs", "answer", "1", "1", "NO")
    assert "job 1 is now assigned" in asked.ok("jobs", "award", "1", "1")
    assert "job 1 is now offering" in asked.ok("jobs", "take-back", "1", "--reason", "ill")
    asked.ok("jobs", "skip", "1")
    asked.ok("jobs", "skip", "1")
    assert shown(asked)["status"] == "uncovered"
    assert "job 1 is now offering" in asked.ok("jobs", "reoffer", "1", "--policy", "default")
    open_offer = next(o for o in shown(asked)["offers"] if o["status"] == "sent")
    asked.ok("jobs", "answer", "1", f"{open_offer['id']}", "YES")
    assert "job 1 is now completed" in asked.ok("jobs", "complete", "1")
    history = asked.ok("jobs", "show", "1")
    assert f"operator {getpass.getuser()}" in history
    assert "ill" in history


def test_why_somebody_is_not_asked_is_told_by_one_call_before_approval_too(shell: Shell) -> None:
    (shell.folder / "drivers.csv").write_text(
        "name,phone_e164,priority,vehicle_type,skills\n"
        "Dave,+447700900001,1,Bike,\n"
        "Eve,+447700900002,2,Van,adr\n"
        "Fay,+447700900003,3,Van,\n",
        encoding="utf-8",
    )
    shell.ok("agents", "import", "drivers.csv")
    shell.ok("agents", "duty", "3", "off")
    shell.ok("jobs", "add", "VC8Y-3", "--from", "Leeds", "--to", "York", "--vehicle", "Van")
    told = shell.ok("jobs", "show", "1").splitlines()
    assert "1\tDave has a vehicle that is too small." in told
    assert "3\tFay is off duty." in told
    assert "1\t2\tEve" in told
    preview = shown(shell)
    assert preview["candidates"] == [{"agent_id": 2, "name": "Eve"}]
    assert [one["reason"] for one in preview["excluded"]] == ["vehicle_too_small", "off_duty"]


REFUSED = [
    (("resume", "1"), 1, "job 1 is offering: the job is offering"),
    (("award", "1", "9"), 1, "there is no such offer"),
    (("pause", "9"), 1, "there is no job 9"),
    (("cutoff", "1", "31/02/2090", "13:30"), 1, "31/02/2090"),
    (("reoffer", "1", "--policy", "none"), 1, "policy: must be one of: default"),
    (("edit", "1", "pickup_date=31/02/2090"), 1, "pickup"),
    (("edit", "1", "colour=red"), 1, "colour"),
    (("edit", "1", "pay=1", "--version", "7"), 1, "it is at version 1"),
    (("edit", "1", "pay"), 2, "FIELD=VALUE"),
    (("answer", "1", "1", "perhaps"), 2, "YES, NO or DROP"),
]


def test_what_cannot_be_is_said_in_a_line(asked: Shell) -> None:
    for words, code, told in REFUSED:
        refused = asked.run("jobs", *words)
        assert refused.returncode == code, words
        assert told in refused.stderr
        assert "Traceback" not in refused.stderr
