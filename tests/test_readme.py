"""README stays true: its diagram, its walk, its tables of settings and commands."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.domain import state_diagram
from tests.bot.processes import Served, Shell
from tests.channels.email.receiving.serving import free_port

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def between(mark: str) -> str:
    """Return what stands in README between <!-- mark --> and <!-- /mark -->."""
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_diagram_is_drawn_from_the_tables() -> None:
    assert between("states").strip() == state_diagram().strip()


def test_every_setting_is_documented() -> None:
    example = (ROOT / ".env.example").read_text()
    for key in re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE):
        assert f"`{key}`" in README, key


TARGETS = ["setup", "run", "test", "lint", "bench", "fire", "lives", "lock", "clean"]


@pytest.mark.parametrize("target", TARGETS)
def test_every_make_target_is_documented(target: str) -> None:
    assert f"`make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def walk() -> list[str]:
    """Return the commands of README's walk, in order."""
    blocks = re.findall(r"```sh walk\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("curl ")]


def test_the_five_minute_walk_goes_as_printed(tmp_path: Path) -> None:
    with Shell(tmp_path).serving() as served:
        said: list[dict[str, Any]] = []
        for command in walk():
            here = command.replace("http://localhost:4567", served.url)
            done = subprocess.run(["sh", "-c", here], capture_output=True, text=True, check=True)
            said.append(json.loads(done.stdout))
            if "approve_url" in said[-1]:
                _press_approve(said[-1]["approve_url"], served)
        synced, created, started, declined, accepted, story, ticked = said
        assert synced == {"ok": True, "inserted": 2, "updated": 0, "total": 2}
        assert created["status"] == "needs_approval"
        assert started["agent"]["name"] == "Driver One"
        assert declined["next"]["agent"]["name"] == "Driver Two"
        assert accepted == {"ok": True, "message": "accepted", "job_id": 1, "agent_id": 2}
        assert [e["kind"] for e in story["events"]][-1] == "assigned"
        assert ticked == {"ok": True, "timed_out": 0, "advanced": 0, "alerts": 0}
        served.wait_for_line("Please approve VC8Y-3")
        served.wait_for_line("Job offer VC8Y-3")


def _press_approve(url: str, served: Served) -> None:
    page = httpx.get(url)
    assert "VC8Y-3" in page.text
    pressed = httpx.post(
        url, data={"action": "approve", "version": "1"}, headers={"Origin": served.url}
    )
    assert pressed.status_code == 303


def mail_lines() -> list[str]:
    """Return the six lines that try mail, in order."""
    blocks = re.findall(r"```sh mail\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_the_six_lines_of_mail_go_as_printed(tmp_path: Path) -> None:
    sink_at, listens_at = free_port(), free_port()
    ports = {"1025": str(sink_at), "2525": str(listens_at)}
    (tmp_path / "docs").mkdir()
    trial = (ROOT / "docs/mail-trial.toml").read_text()
    (tmp_path / "docs/mail-trial.toml").write_text(_elsewhere(trial, ports))
    sink, serve, sync, *mails = [_elsewhere(line, ports) for line in mail_lines()]
    *settings, made, target = serve.split()
    assert (made, target, len(mails)) == ("make", "run", 3)
    chosen = dict(setting.split("=") for setting in settings)
    with _sinking(sink, tmp_path) as sent, Shell(tmp_path).serving(**chosen) as served:
        served.wait_until_ready()
        _run(sync.replace("http://localhost:4567", served.url), tmp_path)
        awaited = ("Please approve VC8Y-4", "Job offer VC8Y-4", "BOOKED: VC8Y-4")
        for line, words in zip(mails, awaited, strict=True):
            _run(line, tmp_path)
            _wait_for(sent, words)
        assert served.get("/jobs/1").json()["status"] == "assigned"


def _elsewhere(line: str, ports: dict[str, str]) -> str:
    """Return the line with ports that are free here."""
    return re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda found: ports[found[0]], line)


@contextmanager
def _sinking(line: str, folder: Path) -> Iterator[Path]:
    """Run README's sink until the block ends; hand out what it writes."""
    here = line.replace(".venv/bin/python", sys.executable)
    sent = folder / "sent.txt"
    with subprocess.Popen(
        ["sh", "-c", here], cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True
    ) as sink:
        try:
            yield sent
        finally:
            os.killpg(sink.pid, signal.SIGTERM)


def _run(line: str, folder: Path) -> None:
    subprocess.run(["sh", "-c", line], cwd=folder, check=True, capture_output=True, timeout=30)


def _wait_for(sent: Path, words: str) -> None:
    """Wait until the sink has written a whole mail with this subject."""
    end = time.monotonic() + 30
    while not re.search(rf"Subject: {words}.*?END MESSAGE", sent.read_text(), re.DOTALL):
        assert time.monotonic() < end, sent.read_text()
        time.sleep(0.05)


COMMANDS = re.findall(r"^  ([a-z]+)  ", Shell(ROOT).ok("--help"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`dispatch {command}" in README
