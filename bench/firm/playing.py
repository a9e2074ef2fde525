"""Open this for how the day is played: a real service, and everybody around it in one loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import aiosmtplib
import httpx
import psutil

from bench.firm.day import Coming, Firm, jobs_of
from bench.firm.drivers import Drivers
from bench.firm.line import KEPT, PATIENCE, Line
from bench.firm.office import Office
from bench.firm.post import unanswered_presses, watch_chat, watch_mail
from bench.firm.watch import Later, Watch
from bench.processes import free_port
from bot.chat_server import ChatServer
from tests.bot.processes import Served, Shell
from tests.channels.email.sink import Sink, mail_sink
from tests.fire.ground import Place
from tests.fire.service import unsent
from tests.stories_mail.people import INTAKE, Person

OPEN = ("needs_approval", "approved", "offering")
LONGEST_SETTLING = 12 * 60.0  # minutes of the firm until the last job must be settled
PLUGINS = """
[channels.telegram]
plugin = "channels.telegram"
token = {{ env = "TELEGRAM_TOKEN" }}
api_base = "{chat}"

[channels.email]
plugin = "channels.email"
smtp_url = "{sink}"
from = "Dispatch <dispatch@dispatch.example>"
listen = "127.0.0.1:{port}"
intake = "{intake}"
replies = "reply@dispatch.example"
senders = ["@customer.example"]

[channels.console]
plugin = "channels.console"

[policies.default]
timeout = "{timeout:g}s"
min_window = "{min_window:g}s"
min_lead = "{min_lead:g}s"
busy_buffer = "{busy:g}s"
remind_at = 0.5
"""


@dataclass(frozen=True, slots=True)
class Played:
    """What is left when the day is over; the service has ended."""

    firm: Firm
    watch: Watch
    jobs: Sequence[Coming]
    database: Path
    checked: str  # what `dispatch check` said, empty when all was well
    processor_seconds: float
    peak_mb: float
    lasted: float


async def play(firm: Firm, folder: Path) -> Played:
    """Play the whole day; everything that was wrong is among the watch's complaints."""
    chat, jobs = ChatServer(), jobs_of(firm)
    async with chat.serving(), mail_sink() as sink:
        port = free_port()
        _write_plugins(folder, firm, chat, sink, port)
        shell = Shell(folder, {"TELEGRAM_TOKEN": chat.world.token, "TIMEZONE": "UTC"})
        with ExitStack() as stack:
            served = await asyncio.to_thread(
                stack.enter_context, shell.serving(LOG_LEVEL="WARNING", LOG_FORMAT="json")
            )
            database = folder / "dispatch.sqlite3"
            async with httpx.AsyncClient(
                base_url=served.url, timeout=PATIENCE, limits=KEPT
            ) as client:
                day = _Day(firm, chat, sink, port, client, psutil.Process(served.process.pid))
                await day.play(jobs)
            day.watch.complaints += await unsent(Place("sqlite", f"sqlite://{database}", folder))
            day.watch.complaints += await unanswered_presses(chat)
            here = {"PORT": served.url.rpartition(":")[2]}
            checked = await asyncio.to_thread(lambda: shell.run("check", **here))
            used = day.process.cpu_times()
            code, took = await asyncio.to_thread(served.end)
            _look_at_the_end(day.watch, served, code, took)
    return Played(
        firm,
        day.watch,
        jobs,
        database,
        "" if checked.returncode == 0 else checked.stdout + checked.stderr,
        used.user + used.system,
        day.peak / 1e6,
        day.watch.elapsed,
    )


class _Day:
    def __init__(
        self,
        firm: Firm,
        chat: ChatServer,
        sink: Sink,
        port: int,
        client: httpx.AsyncClient,
        process: psutil.Process,
    ) -> None:
        self.watch = Watch()
        self.process = process
        self.peak = 0
        self._firm = firm
        self._chat = chat
        self._sink = sink
        self._mail_port = port
        self._line = Line(client, self.watch)

    async def play(self, jobs: Sequence[Coming]) -> None:
        """Let everybody join, then let the jobs come, then wait until all are settled."""
        async with asyncio.TaskGroup() as group:
            later = Later(group)
            around = (self._firm, self.watch, later, self._line, self._chat, self._person)
            drivers, office = Drivers(*around), Office(*around)
            await drivers.sign_up()
            await office.sign_up()
            self.watch.start()
            loops = [
                group.create_task(loop)
                for loop in (
                    self._line.listen(drivers.event_comes),
                    watch_chat(self._chat, self.watch, (drivers, office)),
                    watch_mail(self._sink, (drivers, office)),
                    office.look_at_the_desk(),
                    office.look_at_the_desk(),
                    self._watch_memory(),
                )
            ]
            for job in jobs:
                await asyncio.sleep(max(0.0, job.after - self.watch.elapsed))
                group.create_task(office.bring(job))
            await self._settled(later)
            for task in loops:
                task.cancel()
            later.forget()

    def _person(self, name: str, address: str) -> Person:
        return Person(name, address, self._sink, self._hand_in)

    async def _hand_in(self, sender: str, recipients: Sequence[str], content: bytes) -> int:
        """Deliver a mail as a mail server would."""
        async with aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self._mail_port, start_tls=False
        ) as client:
            await client.sendmail(sender, recipients, content)
        return 250

    async def _watch_memory(self) -> None:
        while True:
            self.peak = max(self.peak, self.process.memory_info().rss)
            await asyncio.sleep(1)

    async def _settled(self, later: Later) -> None:
        end = self.watch.elapsed + self._firm.seconds(LONGEST_SETTLING)
        while later.pending or await self._open_jobs():
            if self.watch.elapsed > end:
                self.watch.complain(f"{await self._open_jobs()} jobs were never settled")
                return
            await asyncio.sleep(0.5)

    async def _open_jobs(self) -> int:
        pages = [(await self._line.get(f"/jobs?status={one}&limit=500")).json() for one in OPEN]
        return sum(len(page["jobs"]) for page in pages)


def _write_plugins(folder: Path, firm: Firm, chat: ChatServer, sink: Sink, port: int) -> None:
    table = PLUGINS.format(
        chat=chat.url,
        sink=sink.url,
        port=port,
        intake=INTAKE,
        timeout=firm.seconds(30),
        min_window=firm.seconds(10),
        min_lead=firm.seconds(30),
        busy=firm.seconds(45),
    )
    (folder / "plugins.toml").write_text(table, encoding="utf-8")


def _look_at_the_end(watch: Watch, served: Served, code: int, took: float) -> None:
    if code != 0 or took > 5:
        watch.complain(f"the service ended with {code} after {took:.1f} s")
    marks = ("Traceback", '"level": "error"', '"level": "critical"')
    watch.complaints += [
        f"log: {line[:300]}" for line in served.errors if any(mark in line for mark in marks)
    ]
