"""Row `mail`: mail taken and stored durably, against an aiosmtpd that throws it away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.databases import folder, open_router, prepare_sqlite
from bench.measure import Figure, Target, ratio_of, take_turns
from bench.plan import Plan
from bench.processes import run
from bench.sizes import Sizes
from channels.email.options import EmailOptions
from channels.email.receiving.listener import Listener
from channels.email.receiving.rules import rules_of
from core.channel import ChannelContext
from core.inbox import InboxReader
from core.testing import make_context

MAIL = Target(0.7, 0.9)
AT_ONCE = 8
INTAKE = "jobs@dispatch.example"


class Nothing:
    """A handler that says 250 and does nothing."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Throw the mail away."""
        return "250 OK"


async def mail(sizes: Sizes) -> list[Figure]:
    """Mails of one job each, on a few connections at once; nothing reads them meanwhile."""
    with folder() as here:
        database = await prepare_sqlite(here / "mail.sqlite3", Plan(drivers=3, open_offers=0))
        async with open_router(f"sqlite://{database}") as router:
            context = make_context(inbox=InboxReader(router, {}).store_for("email"))
            async with _ours(context) as ours_at, _theirs() as theirs_at:

                async def ours(number: int) -> float:
                    return await _sent(ours_at, f"ours-{number}", sizes.mails)

                async def theirs(number: int) -> float:
                    return await _sent(theirs_at, f"theirs-{number}", sizes.mails)

                pairs = await take_turns(sizes.rounds, ours, theirs)
    what = f"mail stored durably, {AT_ONCE} at once"
    return [ratio_of("mail", what, "aiosmtpd that does nothing", pairs, target=MAIL)]


async def _sent(port: int, name: str, amount: int) -> float:
    """Have a client in a process of its own send so many mails; return mails a second."""
    asked = {"port": port, "name": name, "to": INTAKE, "at_once": AT_ONCE, "amount": amount}
    said = json.loads(await run(["-m", "bench.mail_client"], json.dumps(asked)))
    return amount / float(said["seconds"])


@asynccontextmanager
async def _ours(context: ChannelContext) -> AsyncIterator[int]:
    options = EmailOptions(
        smtp_url="smtp://127.0.0.1:1",
        from_="Dispatch <dispatch@example.com>",
        listen="127.0.0.1:0",
        intake=INTAKE,
        senders=("@example.com",),
        relays=("127.0.0.1",),
    )
    listener = Listener(options, rules_of(options, context).doors, context)
    await listener.start()
    try:
        yield listener.port or 0
    finally:
        await listener.stop()


@asynccontextmanager
async def _theirs() -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Nothing(), loop=loop), "127.0.0.1", 0)
    async with server:
        yield int(server.sockets[0].getsockname()[1])
