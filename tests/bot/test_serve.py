"""`dispatch serve` as a real process: start, refusals, messages, end."""

from __future__ import annotations

import contextlib
import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from tests.bot.processes import Shell
from tests.databases import EMPTY, PostgresServer

DATABASE = "dispatch.sqlite3"
STOPS_WITHIN = 5 * 5.0  # five seconds are promised, five-fold for a machine that is busy


def test_the_first_start_creates_all_it_needs_and_the_end_is_clean(shell: Shell) -> None:
    with shell.serving() as served:
        assert served.get("/health").json() == {"status": "ok"}
        served.wait_until_ready()
        assert "server" not in served.get("/health").headers
        assert served.wait_for_line("API docs").endswith("/docs")
        assert "there is no token" in served.wait_for_line("OPEN MODE")
        code, took = served.end()
        assert code == 0
        assert took < STOPS_WITHIN
        assert "forced_end" not in "".join(served.errors)
        assert "Traceback" not in "".join(served.errors)
    key = shell.folder / f"{DATABASE}.secret-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().strip() not in "".join([*served.output, *served.errors])
    assert not list(shell.folder.glob("*before-migration*"))


def test_ctrl_c_ends_it_just_as_well(shell: Shell) -> None:
    with shell.serving() as served:
        assert served.end(signal.SIGINT)[0] == 0
        assert "Traceback" not in "".join(served.errors)


def test_an_open_connection_does_not_hold_up_the_end(shell: Shell) -> None:
    with shell.serving() as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as idle:
            idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            code, took = served.end()
    assert (code, took < STOPS_WITHIN) == (0, True)


def test_neither_do_event_streams_whether_read_or_not(shell: Shell) -> None:
    with shell.serving() as served:
        host, port = served.url.removeprefix("http://").split(":")
        asked = b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.ExitStack() as stack:
            streams = [
                stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(3)
            ]
            for stream in streams:
                stream.sendall(asked)
                assert b"200 OK" in stream.recv(4096)
            shell.ok("jobs", "add", "R-1")
            read = b""
            while b'"kind":"created"' not in read:
                read += streams[0].recv(4096)
            code, took = served.end()
            assert streams[0].recv(4096).endswith(b"0\r\n\r\n")
    assert (code, took < STOPS_WITHIN) == (0, True)
    assert "Traceback" not in "".join(served.errors)
    assert "forced_end" not in "".join(served.errors)
    assert "ASGI" not in "".join(served.errors)


STUCK = """
import signal
import time
from core.channel import SendOnly
from core.hookspecs import hookimpl

class Stuck(SendOnly):
    name = "console"

    async def send(self, message):
        {deafness}
        print("stuck now", flush=True)
        time.sleep(1000)

@hookimpl
def register_channels(options, context):
    return [Stuck()]
"""
HEARS_SIGNALS = "pass"
HEARS_NONE = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])"


@pytest.mark.parametrize("deafness", [HEARS_SIGNALS, HEARS_NONE])
def test_not_even_a_plugin_that_blocks_everything_holds_up_the_end(
    shell: Shell, deafness: str
) -> None:
    stuck = STUCK.format(deafness=deafness)
    (shell.folder / "stuck.py").write_text(stuck, encoding="utf-8")
    text = '[channels.console]\nplugin = "stuck"\n'
    (shell.folder / "plugins.toml").write_text(text, encoding="utf-8")
    with shell.serving() as served:
        shell.ok("seed")
        shell.ok("jobs", "add", "R-1")
        shell.ok("jobs", "approve", "1", "--start")
        served.wait_for_line("stuck now")
        code, took = served.end()
    assert (code, took < STOPS_WITHIN) == (0, True)
    assert "Traceback" not in "".join(served.errors)


def test_a_second_server_on_the_same_file_is_refused(shell: Shell) -> None:
    with shell.serving():
        second = shell.run("serve", "--port", "0")
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "another `dispatch serve` already runs on dispatch.sqlite3" in second.stderr


def test_a_port_in_use_is_one_line(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = shell.run("serve", "--port", port)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"dispatch: port {port} on 127.0.0.1 is in use: stop what listens there,"
        " or choose another PORT"
    ]


def test_with_a_token_there_is_no_banner_and_no_way_in_without_it(shell: Shell) -> None:
    with shell.serving(API_TOKEN="a-secret-token") as served:
        assert served.get("/jobs").status_code == 401
        served.end()
        said = "\n".join([*served.output, *served.errors])
    assert "OPEN MODE" not in said
    assert "a-secret-token" not in said


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        (("serve",), {"PORT": "high"}, "PORT is 'high' but must be a whole number"),
        (("serve", "--port", "70000"), {}, "PORT is '70000' but must be"),
        (("serve", "--plugins", "none.toml"), {}, "PLUGINS_FILE: none.toml does not exist"),
        (("serve",), {"HOST": "0.0.0.0"}, "HOST makes the service reachable"),
        (("serve",), {"BASE_URL": "https://x.example"}, "BASE_URL makes the service reachable"),
        (("jobs", "list"), {"DATABASE_URL": "oracle://x"}, "DATABASE_URL must be sqlite://"),
        (("settings",), {"TIMEZONE": "Nowhere"}, "TIMEZONE is 'Nowhere'"),
    ],
)
def test_wrong_settings_end_with_3_and_one_line(
    shell: Shell, words: tuple[str, ...], settings: dict[str, str], told: str
) -> None:
    refused = shell.run(*words, **settings)
    assert refused.returncode == 3
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("colour = true", "plugins.toml: [channels.console] unknown key 'colour'"),
        ("answers = 3", "plugins.toml: [channels.console] answers: must be"),
        ("enabled = 'no'", "plugins.toml: [channels.console] enabled: must be true or false"),
    ],
)
def test_a_wrong_option_of_a_channel_ends_with_3_and_one_line(
    shell: Shell, table: str, told: str
) -> None:
    text = f'[channels.console]\nplugin = "channels.console"\n{table}\n'
    (shell.folder / "plugins.toml").write_text(text, encoding="utf-8")
    refused = shell.run("serve", "--port", "0")
    assert refused.returncode == 3
    assert told in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_channel_that_cannot_be_loaded_is_reported_and_the_others_go_on(shell: Shell) -> None:
    text = '[channels.console]\nplugin = "channels.console"\n[channels.x]\nplugin = "no.such"\n'
    (shell.folder / "plugins.toml").write_text(text, encoding="utf-8")
    with shell.serving() as served:
        answer = served.get("/ready")
        assert answer.status_code == 503
        assert "channel x" in answer.text
        assert served.end()[0] == 0
    assert shell.run("check").returncode == 4


@pytest.mark.parametrize("tick_seconds", ["1", "0"])
def test_what_the_command_line_starts_is_sent_by_the_running_service(
    shell: Shell, tick_seconds: str
) -> None:
    with shell.serving(TICK_SECONDS=tick_seconds) as served:
        shell.ok("seed")
        added = shell.ok("jobs", "add", "VC8Y-4", "--from", "Leeds", "--to", "York")
        assert "needs_approval" in added
        assert f"{served.url}/approve?token=" not in added  # this shell knows of no port but 4567
        assert "approved" in shell.ok("jobs", "approve", "1")
        assert "Driver One" in shell.ok("jobs", "start", "1")
        assert "Driver One (+447700900001)" in served.wait_for_line("to Driver One")
        shown = shell.ok("jobs", "show", "1")
        assert "offering" in shown
        assert shell.run("jobs", "start", "1").returncode == 1
        served.end()
        assert "Traceback" not in "".join(served.errors)


def test_without_a_service_tick_says_how_much_waits(shell: Shell) -> None:
    shell.ok("seed")
    shell.ok("jobs", "add", "A-1", "--from", "Leeds", "--to", "York")
    shell.ok("jobs", "approve", "1", "--start")
    assert "wait for `dispatch serve`" in shell.ok("tick")


def test_the_demo_covers_its_jobs_and_keeps_nothing(shell: Shell, tmp_path: Path) -> None:
    with shell.serving("--demo") as served:
        for job in ("DEMO-1", "DEMO-2", "DEMO-3"):
            served.wait_for_line(f"{job} is covered")
        served.wait_for_line("all jobs are covered")
        assert served.get("/health").status_code == 200
        assert served.end()[0] == 0
        assert "Traceback" not in "".join(served.errors)
    assert not list(tmp_path.iterdir())


def test_a_stream_of_one_replica_tells_what_another_did(
    shell: Shell, postgres_server: PostgresServer
) -> None:
    with (
        postgres_server.fresh(EMPTY) as url,
        shell.serving(DATABASE_URL=url) as first,
        shell.serving(DATABASE_URL=url) as second,
        httpx.Client(timeout=STOPS_WITHIN) as client,
        client.stream("GET", f"{second.url}/stream") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines).startswith("retry:")
        told = httpx.post(f"{first.url}/jobs", json={"sheet_job_id": "R-1"}, timeout=STOPS_WITHIN)
        data = next(line for line in lines if line.startswith("data: "))
        assert f'"job_id":{told.json()["id"]},' in data
        for served in (second, first):
            code, took = served.end()
            assert (code, took < STOPS_WITHIN) == (0, True)
            assert "Traceback" not in "".join(served.errors)


def test_on_postgresql_it_serves_and_keeps_its_key_in_a_row(
    shell: Shell, postgres_server: PostgresServer
) -> None:
    with (
        postgres_server.fresh(EMPTY) as url,
        shell.serving(DATABASE_URL=url) as first,
        shell.serving(DATABASE_URL=url) as second,
    ):
        shell.ok("seed", DATABASE_URL=url)
        added = shell.ok("jobs", "add", "R-1", "--from", "A", "--to", "B", DATABASE_URL=url)
        link = added.rsplit("4567", 1)[1].strip()
        for served in (first, second):
            assert served.get(link).status_code == 200
            served.wait_until_ready()
        for served in (first, second):
            code, took = served.end()
            assert (code, took < STOPS_WITHIN) == (0, True)
            assert "Traceback" not in "".join(served.errors)
    assert not list(shell.folder.iterdir())
