"""Open this for the office: jobs are brought in, and coordinators look at them and decide."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from random import Random
from urllib.parse import parse_qs, urlsplit

from bench.firm.day import COORDINATORS, DEFAULT_COORDINATOR, Coming, Firm, Way, mail_of
from bench.firm.drivers import MailTo
from bench.firm.habits import minutes_of_coordinator
from bench.firm.line import Line
from bench.firm.watch import Later, Watch
from bot.chat_server import ChatServer, Message, Person
from channels.telegram.pressing import Act, read_data
from tests.channels.email.sink import Taken
from tests.stories_mail.people import Person as MailPerson
from tests.stories_mail.people import links

REJECTED = 0.03
PRESSED = (Act.APPROVE_AND_OFFER, Act.ACKNOWLEDGE)
LOOKS_EVERY = 5.0  # minutes of the firm between two looks at the desk


class Office:
    """Coordinators who decide by chat, mail and page, and a customer who mails jobs in."""

    role = "coordinator"

    def __init__(
        self, firm: Firm, watch: Watch, later: Later, line: Line, chat: ChatServer, mail: MailTo
    ) -> None:
        self._firm = firm
        self._watch = watch
        self._later = later
        self._line = line
        self._chat = chat
        self._chance = Random(f"office/{firm.seed}")
        self._customer = mail("Carla", "carla@customer.example")
        self.in_chat: dict[int, Person] = {}
        self.by_mail: dict[str, MailPerson] = {
            mail_of(name): mail(name, mail_of(name)) for name in COORDINATORS
        }

    async def sign_up(self) -> None:
        """Add the coordinators; those who use chat open their link."""
        for name, way in COORDINATORS.items():
            default = name == DEFAULT_COORDINATOR
            body = {"name": name, "email": mail_of(name), "is_default": default}
            added = await self._line.post("/coordinators", body)
            if way is Way.CHAT:
                path = f"/coordinators/{added['id']}/link"
                link = await self._line.post(path, {"channel": "telegram"})
                person = self._chat.person(name)
                person.starts(parse_qs(urlsplit(link["url"]).query)["start"][0])
                await self._chat.until(lambda: person.told, 30)  # noqa: B023 - awaited here
                self.in_chat[person.id] = person

    async def bring(self, job: Coming) -> None:
        """Bring a job in as it comes; it counts as brought once that was acknowledged."""
        now = datetime.now(UTC)
        if job.way is Way.MAIL:
            with self._watch.timing("a mail handed in"):
                await self._customer.writes(_mail_about(job, now), subject=f"Job {job.reference}")
        else:
            await self._line.post("/jobs", job.facts(now), timed="a new job, POST")
        self._watch.brought.add(job.reference)

    async def look_at_the_desk(self) -> None:
        """Be somebody who has the desk open and reads lists, until cancelled."""
        while True:
            await self._line.get("/desk", timed="the desk, GET")
            await self._line.get("/jobs?status=offering", timed="a list, GET")
            await asyncio.sleep(self._firm.seconds(LOOKS_EVERY))

    def chat_shows(self, person: Person, message: Message) -> None:
        """Look at a new message in a coordinator's chat: a job to approve, or an alert."""
        for button in message.buttons:
            data = str(button.get("callback_data"))
            press = read_data(data)
            if press is not None and press.act in PRESSED:

                async def decide(data: str = data) -> None:
                    person.presses_data(data, message)

                self._soon(decide)
                return

    def mail_comes(self, taken: Taken) -> None:
        """Look at a mail that came for a coordinator."""
        person, mail = self.by_mail[taken.recipients[0]], taken.mail
        if not mail["Subject"].startswith("Please approve "):
            return
        if COORDINATORS[person.name] is Way.PAGE:
            self._soon(partial(self._decide_on_the_page, links(mail)[0]))
            return

        async def answer() -> None:
            with self._watch.timing("a mail handed in"):
                await person.answers("APPROVE AND OFFER", mail)

        self._soon(answer)

    async def _decide_on_the_page(self, link: str) -> None:
        token = parse_qs(urlsplit(link).query)["token"][0]
        await self._line.get(f"/approve?token={token}", timed="the approval page, GET")
        form = {"token": token, "version": "1", "action": "approve_and_offer"}
        if self._chance.random() < REJECTED:
            form |= {"action": "reject", "reason": "no such van today"}
        await self._line.press("/approve", form, timed="the approval page, POST")

    def _soon(self, act: Callable[[], Awaitable[None]]) -> None:
        self._later.do(self._firm.seconds(minutes_of_coordinator(self._chance)), act)


def _mail_about(job: Coming, now: datetime) -> str:
    facts = job.facts(now)
    lines = {
        "Ref": job.reference,
        "When": facts["pickup_date"],
        "From": job.origin,
        "To": job.destination,
        "Vehicle": job.vehicle,
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())
