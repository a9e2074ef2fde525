"""The real service with mail enabled, and what a hostile client or a plain one says to it."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from tests.bot.processes import Served, Shell
from tests.channels.email.receiving.office import INTAKE, JO, mail

PATIENCE = 60.0


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def office(folder: Path) -> tuple[Shell, int]:
    """Return a shell whose `serve` takes mail, and the port it will take it on."""
    port = free_port()
    table = f"""
        [channels.console]
        plugin = "channels.console"
        [channels.email]
        plugin = "channels.email"
        smtp_url = "smtp://127.0.0.1:{free_port()}"
        from = "Dispatch <dispatch@example.com>"
        listen = "127.0.0.1:{port}"
        intake = "{INTAKE}"
        replies = "reply@dispatch.example"
        senders = ["@example.com"]
    """
    (folder / "plugins.toml").write_text(table)
    return Shell(folder), port


def client(port: int) -> smtplib.SMTP:
    """Return a client that has said hello."""
    connected = smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE)
    connected.ehlo("client.example")
    return connected


def deliver(port: int, content: bytes, *, to: str = INTAKE, sender: str = JO) -> int:
    """Hand in one mail; return the code of the answer to it."""
    talking = client(port)
    with contextlib.closing(talking):
        talking.mail(sender)
        talking.rcpt(to)
        return talking.data(content)[0]


def job_mail(reference: str) -> bytes:
    """Return a mail that brings one job."""
    body = f"Ref: {reference}\r\nFrom: Leeds\r\nTo: York\r\n"
    return mail(message_id=f"<{reference}@example.com>", body=body)


class Watch:
    """Asks `/health` all the time: how long the loop let one wait, and what memory it took."""

    def __init__(self, served: Served) -> None:
        self._url = f"{served.url}/health"
        self._process = psutil.Process(served.process.pid)
        self._over = threading.Event()
        self.waits: list[float] = []
        self.most_memory = self.memory

    @property
    def memory(self) -> int:
        """What the process holds at this moment, in bytes."""
        held: int = self._process.memory_info().rss
        return held

    @contextlib.contextmanager
    def during(self) -> Iterator[None]:
        """Watch until the block ends."""
        watching = threading.Thread(target=self._watch, daemon=True)
        watching.start()
        try:
            yield
        finally:
            self._over.set()
            watching.join(PATIENCE)

    def _watch(self) -> None:
        with httpx.Client(timeout=PATIENCE) as asking:
            while not self.waits or not self._over.is_set():
                began = time.perf_counter()
                assert asking.get(self._url).status_code == 200
                self.waits.append(time.perf_counter() - began)
                self.most_memory = max(self.most_memory, self.memory)
                time.sleep(0.01)
