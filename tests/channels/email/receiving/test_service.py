"""What was answered 250 is handled, once, whatever becomes of the service or its database."""

from __future__ import annotations

import signal
import smtplib
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.channels.email.receiving.office import mail
from tests.channels.email.receiving.serving import client, deliver, job_mail, office
from tests.channels.email.receiving.test_hostile import until_handled


def jobs_in(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "dispatch.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT sheet_job_id FROM jobs ORDER BY id")]


def test_a_mail_taken_right_before_a_kill_is_handled_after_the_restart(tmp_path: Path) -> None:
    shell, port = office(tmp_path)
    for number in range(2):
        with shell.serving() as served:
            served.wait_until_ready()
            assert deliver(port, job_mail(f"K-{number}")) == 250
            served.end(signal.SIGKILL)
    with shell.serving() as served:
        served.wait_until_ready()
        until_handled(served, "K-1")
        assert deliver(port, job_mail("K-0")) == 250, "mailed again: taken before"
        assert deliver(port, job_mail("K-9")) == 250
        until_handled(served, "K-9")
    assert jobs_in(tmp_path) == ["K-0", "K-1", "K-9"]


def test_a_locked_database_puts_mail_off_and_takes_it_once_later(tmp_path: Path) -> None:
    shell, port = office(tmp_path)
    with shell.serving() as served:
        served.wait_until_ready()
        with closing(sqlite3.connect(tmp_path / "dispatch.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert deliver(port, job_mail("B-1")) == 451
            other.execute("ROLLBACK")
        assert [deliver(port, job_mail("B-1")) for _ in range(2)] == [250, 250]
        until_handled(served, "B-1")
    assert jobs_in(tmp_path) == ["B-1"]


def test_many_clients_at_once_are_all_served(tmp_path: Path) -> None:
    shell, port = office(tmp_path)
    with shell.serving() as served:
        served.wait_until_ready()
        assert served.wait_for_line("Email").split() == ["Email", f"smtp://127.0.0.1:{port}"]
        clients: list[smtplib.SMTP] = [client(port) for _ in range(15)]
        for number, talking in enumerate(clients):
            content = mail(message_id=f"<{number}@x>", body=f"Ref: M-{number}1\nFrom: A\nTo: B\n")
            assert talking.sendmail("jo@example.com", "jobs@dispatch.example", content) == {}
        for talking in clients:
            talking.quit()
        until_handled(served, "M-141")
    assert len(jobs_in(tmp_path)) == 15


def test_a_wrong_table_ends_the_start_with_one_line(tmp_path: Path) -> None:
    shell, _ = office(tmp_path)
    written = (tmp_path / "plugins.toml").read_text()
    for change, said in (
        (("intake =", "intak ="), "plugins.toml: [channels.email] unknown key 'intak'"),
        (("smtp://", "http://"), "plugins.toml: [channels.email] smtp_url: must be such as"),
    ):
        (tmp_path / "plugins.toml").write_text(written.replace(*change))
        ended = shell.run("serve")
        assert ended.returncode == 3
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr
    (tmp_path / "plugins.toml").write_text(written)
    ended = shell.run("serve", BASE_URL="https://dispatch.example.com", API_TOKEN="t" * 40)
    assert ended.returncode == 3
    assert '[channels.email] trust: "allowlist" is for trials' in ended.stderr
