"""Mail made to hurt costs the service neither memory nor time, and others are served meanwhile."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

import pytest

from tests.bot.processes import Served
from tests.channels.email.receiving.office import JO, mail
from tests.channels.email.receiving.serving import (
    PATIENCE,
    Watch,
    client,
    deliver,
    job_mail,
    office,
)

MOST_GROWTH = 20_000_000
LONGEST_WAIT = 0.1
SLACK = 5  # this machine may be busy with other tests
STALL = 2.0  # no such test is an excuse for this

Attack = Callable[[int], object]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, int]]:
    shell, port = office(tmp_path_factory.mktemp("hostile"))
    with shell.serving() as served:
        served.wait_until_ready()
        for warm in range(3):
            assert deliver(port, job_mail(f"W-{warm}")) == 250
        until_handled(served, "W-2")
        yield served, port


def until_handled(served: Served, reference: str) -> None:
    """Wait until the mail with this job has become one."""
    end = time.monotonic() + PATIENCE
    while reference not in served.get("/jobs?limit=500").text:
        assert time.monotonic() < end, served.errors[-5:]
        time.sleep(0.05)


def endless_line(port: int) -> int:
    """Send one line until the other side has had enough; return what it said."""
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as connection,
        connection.makefile("rb") as said,
    ):
        connection.sendall(b"EHLO x\r\n")
        connection.sendall(b"MAIL FROM:<jo@example.com>\r\nRCPT TO:<jobs@dispatch.example>\r\n")
        connection.sendall(b"DATA\r\n")
        while not said.readline().startswith(b"354"):
            pass
        with contextlib.suppress(ConnectionError):
            for _ in range(1_000):
                connection.sendall(b"x" * 100_000)
        return int(said.readline()[:3])


def endless_command(port: int) -> int:
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE) as connection,
        connection.makefile("rb") as said,
    ):
        said.readline()
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                connection.sendall(b"x" * 100_000)
        return int(said.readline()[:3])


def twenty_megabytes(port: int) -> int:
    return deliver(port, mail(body=("x" * 98 + "\r\n") * 200_000))


def many_parts(port: int) -> int:
    line = "Content-Type: multipart/mixed; boundary=b"
    return deliver(port, mail(line, message_id="<p@x>", body="--b\r\n\r\nx\r\n" * 50_000))


def nested_parts(port: int) -> int:
    body = "".join(
        f"--{n}\r\nContent-Type: multipart/mixed; boundary={n + 1}\r\n\r\n" for n in range(1_000)
    )
    line = "Content-Type: multipart/mixed; boundary=0"
    return deliver(port, mail(line, message_id="<n@x>", body=body))


def long_subject(port: int) -> int:
    return deliver(port, mail(subject="x" * 1_000_000))


def long_folded_subject(port: int) -> int:
    return deliver(port, mail(subject="\r\n ".join(["=?utf-8?q?x?="] * 80_000)))


def costly_part(port: int) -> int:
    """Send what keeps the library's parser busy for minutes: it must be ended."""
    lines = ("MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b")
    body = "--b\r\nContent-Disposition: attachment" + ";" * 1_000_000 + "\r\n\r\nx\r\n--b--\r\n"
    return deliver(port, mail(*lines, message_id="<c@x>", body=body))


def hundred_connections(port: int) -> set[int]:
    """Connect a hundred times and say nothing; return what was said to those turned away."""
    with contextlib.ExitStack() as opened:
        silent = [
            opened.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            for _ in range(100)
        ]
        said = [opened.enter_context(connection.makefile("rb")) for connection in silent]
        assert all(lines.readline().startswith(b"220") for lines in said)
        return {int(lines.readline()[:3]) for lines in said[:80]}


def half_mails(port: int) -> None:
    """Have as many large mails under way as one peer may, none of which ends."""
    with contextlib.ExitStack() as opened:
        for _ in range(18):
            talking = opened.enter_context(contextlib.closing(client(port)))
            talking.mail(JO)
            talking.rcpt("jobs@dispatch.example")
            talking.putcmd("data")
            talking.getreply()
            assert talking.sock is not None
            talking.sock.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                for _ in range(40):
                    talking.sock.sendall(b"x" * 100_000)


def longest_wait_while_idle(served: Served) -> float:
    """Return how long `/health` takes on this machine at this moment, at worst."""
    watch = Watch(served)
    with watch.during():
        time.sleep(0.5)
    return max(watch.waits)


@pytest.mark.parametrize(
    ("attack", "answer"),
    [
        (endless_line, 552),
        (endless_command, 500),
        (twenty_megabytes, 552),
        (many_parts, 250),
        (nested_parts, 250),
        (long_subject, 552),
        (long_folded_subject, 552),
        (costly_part, 250),
        (hundred_connections, {421}),
        (half_mails, None),
    ],
)
def test_an_attack_is_answered_and_hinders_nobody(
    serving: tuple[Served, int], attack: Attack, answer: object
) -> None:
    served, port = serving
    usual = longest_wait_while_idle(served)
    watch = Watch(served)
    before = watch.memory
    reference = f"A-{attack.__name__.replace('_', '')}1"
    with watch.during():
        assert attack(port) == answer
        assert deliver(port, job_mail(reference)) == 250
        until_handled(served, reference)
    growth, longest = watch.most_memory - before, max(watch.waits)
    print(  # noqa: T201 the figures are for people
        f"{attack.__name__}: +{growth / 1e6:.1f} MB, longest wait {longest * 1e3:.0f} ms,"
        f" {usual * 1e3:.0f} ms beforehand"
    )
    assert growth < MOST_GROWTH
    *_, usually = quantiles([*watch.waits, *watch.waits], n=20)
    assert usually < max(LONGEST_WAIT, usual) * SLACK
    assert longest < max(STALL, usual * SLACK)


def test_what_cannot_be_parsed_waits_for_a_person(serving: tuple[Served, int]) -> None:
    served, port = serving
    for attack in (many_parts, nested_parts, costly_part):
        assert attack(port) == 250
    assert deliver(port, job_mail("L-1")) == 250
    until_handled(served, "L-1")
    waiting = served.get("/inbox?limit=500").json()["inbox"]
    reasons = " ".join(str(entry.get("reason")) for entry in waiting)
    for why in ("too many parts", "nested too deeply"):
        assert why in reasons
    ended = "could not be parsed safely" in reasons
    assert ended or "TimeoutError" in reasons, "on a busy machine it is given up for lack of time"


def test_the_service_still_stops_in_time(tmp_path: Path) -> None:
    shell, port = office(tmp_path)
    with shell.serving() as served:
        served.wait_until_ready()
        with contextlib.closing(client(port)) as talking:
            talking.mail(JO)
            code, took = served.end()
            assert code == 0, served.errors
            assert took < 5
            assert talking.noop()[0] == 421
        assert not any("Traceback" in line for line in served.errors)
