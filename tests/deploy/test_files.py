"""The files in docs/deploy name what exists: settings, files, commands, metrics, routes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import command_line
from bot.configuration import KEYS
from bot.settings import SECRETS, Settings
from core.backlog import backlog
from core.runner import open_runner
from tests.deploy.files import (
    DEPLOY,
    ROOT,
    compose_settings,
    copied,
    env_file,
    image_settings,
    instructions,
    unit_lines,
)
from web.metrics import Metrics

KNOWN = {*KEYS, *(f"{key}_FILE" for key in SECRETS)}
NOT_OURS = {"PATH", "PYTHONUNBUFFERED", "SITE", "UPSTREAMS"}
COMPOSED = ("compose.yaml", "compose.replicas.yaml")
UNITS = ("dispatch.service", "dispatch-backup.service")


def test_the_image_is_made_of_files_that_exist_and_of_every_package() -> None:
    assert all((ROOT / source).exists() for source in copied())
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= set(copied())


def test_nothing_that_is_copied_is_ignored_and_nothing_else_is_sent() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied())
    assert "*" in lines


def test_the_image_installs_by_hash_and_runs_as_nobody_in_particular() -> None:
    runs = [" ".join(rest) for name, rest in instructions() if name == "RUN"]
    assert any("--require-hashes -r locks/run.txt" in run for run in runs)
    users = [rest for name, rest in instructions() if name == "USER"]
    assert users == [["10001"]]
    assert any(f"--uid {users[0][0]}" in run for run in runs)
    assert not [name for name, rest in instructions() if "TOKEN" in " ".join(rest)]


def test_the_image_asks_a_route_that_needs_no_token() -> None:
    health = next(" ".join(rest) for name, rest in instructions() if name == "HEALTHCHECK")
    assert f":{image_settings()['PORT']}/health" in health


def test_settings_in_every_file_exist_and_are_well_formed() -> None:
    named = [*image_settings().items(), *env_file().items()]
    named += [pair for name in COMPOSED for pair in compose_settings(name)]
    ours = [(key, value) for key, value in named if key not in NOT_OURS | {"POSTGRES_USER"}]
    unknown = {key for key, _ in ours if key not in KNOWN and not key.startswith("POSTGRES_")}
    assert unknown == set()
    for key, value in ours:
        if key in KEYS:
            Settings.model_validate({key: value})
    assert {"BASE_URL", "API_TOKEN_FILE"} <= {key for key, _ in compose_settings("compose.yaml")}


@pytest.mark.parametrize("unit", UNITS)
def test_commands_of_units_exist(unit: str) -> None:
    started = [value for key, value in unit_lines(unit) if key == "ExecStart"]
    ours = re.findall(r"/opt/dispatch/\.venv/bin/dispatch ([a-z]+)", " ".join(started))
    assert ours
    for command in ours:
        assert CliRunner().invoke(command_line([command]), [command, "--help"]).exit_code == 0


def test_the_unit_restarts_but_not_for_a_wrong_configuration_and_waits_long_enough() -> None:
    unit = dict(unit_lines("dispatch.service"))
    assert (unit["Restart"], unit["RestartPreventExitStatus"]) == ("always", "3")
    assert int(unit["TimeoutStopSec"]) > 5
    assert env_file()["DATABASE_URL"] == f"sqlite://{unit['WorkingDirectory']}/dispatch.sqlite3"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name in (*UNITS, "dispatch-backup.timer"):
        text = (DEPLOY / name).read_text()
        there = text.replace("/opt/dispatch/.venv/bin/dispatch", "/bin/true")
        (tmp_path / name).write_text(there)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, "")


async def test_alerts_are_about_figures_that_are_there(database_url: str) -> None:
    runner = await open_runner(database_url)
    try:
        waiting = await runner.read(backlog)
    finally:
        await runner.close()
    figures = Metrics()
    figures.count("GET", "/health", 200, 0.1)
    shown = figures.exposition(waiting)[0].decode()
    rules = (DEPLOY / "alerts.yml").read_text()
    for name in set(re.findall(r"\b(?:dispatch|process)_[a-z_]+(?=[{)])", rules)):
        assert f"\n{name}" in shown, name
    for what in re.findall(r'what="([a-z_]+)"', rules):
        assert f'what="{what}"' in shown


def test_proxies_pass_on_host_and_never_buffer_the_stream() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text()
    stream = nginx.partition("location = /stream {")[2].partition("}")[0]
    assert "proxy_set_header Host $host;" in nginx
    assert "proxy_buffering off;" in stream
    assert "health_uri /ready" in (DEPLOY / "Caddyfile").read_text()


def test_every_file_is_explained() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text()
    assert [p.name for p in DEPLOY.iterdir() if p.name not in page] == []
