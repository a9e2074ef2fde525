"""The service behind a Postfix of its own: people who write with swaks, and their mailboxes."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests.bot.chat.waiting import eventually
from tests.bot.processes import Served, Shell
from tests.channels.email.receiving.serving import free_port
from tests.channels.email.sink import Sink, mail_sink
from tests.mta.milter import verdicts
from tests.mta.postfix import OURS, postfix
from tests.stories_mail.people import said

AUTHSERV_ID = f"mx.{OURS}"
INTAKE = f"jobs@{OURS}"
SENDS_FROM = {
    "customer.example": "127.0.0.2",
    "drivers.example": "127.0.0.3",
    "office.example": "127.0.0.4",
}
_VERDICT = re.compile(r"^Authentication-Results: (.*?)\r?$", re.MULTILINE)
JO = "jo@office.example"
PLUGINS = """
[channels.email]
plugin = "channels.email"
smtp_url = "smtp://127.0.0.1:{mta}"
from = "Dispatch <dispatch@{ours}>"
listen = "127.0.0.1:{port}"
intake = "jobs@{ours}"
replies = "reply@{ours}"
senders = ["@customer.example"]
trust = "relay"
relays = ["127.0.0.1"]
authserv_id = "{authserv_id}"
"""


@dataclass(slots=True)
class Office:
    """One Postfix, the mailboxes behind it, and a service that may be away for a while."""

    folder: Path
    sink: Sink
    port: int
    log: Path

    @contextmanager
    def serving(self) -> Iterator[Served]:
        """Run the service until the block ends."""
        with ExitStack() as stack:
            shell = Shell(self.folder)
            served = stack.enter_context(shell.serving(COORDINATOR_EMAIL_DEFAULT=JO))
            served.wait_until_ready()
            yield served

    async def writes(
        self, sender: str, to: str, *said: str, client: str | None = None, refused: bool = False
    ) -> None:
        """Write with swaks; from another client than the sender's domain says it is forged."""
        usual = SENDS_FROM[sender.rpartition("@")[2]]
        words = ["--server", f"127.0.0.1:{self.port}", "--from", sender, "--to", to, *said]
        swaks = await asyncio.create_subprocess_exec(
            *("swaks", "--silent", "2", "--local-interface", client or usual, *words),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await swaks.communicate()
        assert (swaks.returncode != 0) == refused, told.decode()

    async def gets(self, address: str, words: str) -> EmailMessage:
        """Wait for a mail to this address whose subject or text holds these words."""
        await eventually(lambda: self._mails(address, words))
        return self._mails(address, words)[-1]

    def _mails(self, address: str, words: str) -> list[EmailMessage]:
        mails = [taken.mail for taken in self.sink.taken if address in taken.recipients]
        return [mail for mail in mails if words in f"{mail['Subject']}\n{said(mail)}"]

    def rows(self, sql: str) -> list[str]:
        """Look into the database; each row as words."""
        with closing(sqlite3.connect(self.folder / "dispatch.sqlite3")) as database:
            return [" ".join(map(str, row)) for row in database.execute(sql)]

    def stored(self, words: bytes) -> list[list[str]]:
        """Return the verdicts at the head of each stored mail that holds these words, in order."""
        with closing(sqlite3.connect(self.folder / "dispatch.sqlite3")) as database:
            mails = [row[0] for row in database.execute("SELECT payload FROM inbox ORDER BY id")]
        heads = [mail.decode("utf-8", "replace") for mail in mails if words in mail]
        return [_VERDICT.findall(head) for head in heads]


async def crew(served: Served, *names: str) -> None:
    """Sync drivers who are reached by mail, first in line first."""
    agents = [
        {
            "name": name,
            "phone_e164": f"+4477009{n:05d}",
            "priority": n,
            "email": f"{name.lower()}@drivers.example",
        }
        for n, name in enumerate(names, start=1)
    ]
    async with httpx.AsyncClient(base_url=served.url) as client:
        assert (await client.post("/agents/sync", json={"agents": agents})).status_code == 200


@asynccontextmanager
async def open_office(folder: Path) -> AsyncIterator[Office]:
    """Run the mail servers until the block ends."""
    async with mail_sink() as sink, verdicts(AUTHSERV_ID, SENDS_FROM) as milter:
        mta, port = free_port(), free_port()
        table = PLUGINS.format(mta=mta, port=port, ours=OURS, authserv_id=AUTHSERV_ID)
        (folder / "plugins.toml").write_text(table)
        hosts = {OURS: port} | dict.fromkeys(SENDS_FROM, sink.port)
        with postfix(mta, milter, hosts) as log:
            yield Office(folder, sink, mta, log)
