"""Open this for the drivers: who is reached how, and how an offer becomes an answer of theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import Any

from bench.firm.day import DRIVERS_BY, LADDER, Firm, Way
from bench.firm.habits import answer_of_driver
from bench.firm.line import Line
from bench.firm.watch import Later, Watch
from bot.chat_server import ChatServer, Message, Person
from channels.telegram.pressing import Act, data_of, read_data
from tests.channels.email.sink import Taken
from tests.stories_mail.people import Person as MailPerson
from tests.stories_mail.people import said

Say = Callable[[str], Awaitable[None]]
MailTo = Callable[[str, str], MailPerson]  # name, address


class Drivers:
    """Everybody who drives; each offer that reaches one is answered as people do, or not."""

    role = "driver"

    def __init__(
        self, firm: Firm, watch: Watch, later: Later, line: Line, chat: ChatServer, mail: MailTo
    ) -> None:
        self._firm = firm
        self._watch = watch
        self._later = later
        self._line = line
        self._chance = Random(f"drivers/{firm.seed}")
        self.in_chat: dict[int, Person] = {}
        self.by_mail: dict[str, MailPerson] = {}
        self.by_app: dict[int, tuple[str, str]] = {}  # id: name, phone
        self._drafts = [self._draft(number, chat, mail) for number in range(1, firm.drivers + 1)]

    async def sign_up(self) -> None:
        """Bring all of them into the service."""
        await self._line.post("/agents/sync", {"agents": self._drafts})
        drafts = {draft["phone_e164"]: draft for draft in self._drafts}
        for agent in await self._line.everything("agents"):
            if not drafts[agent["phone_e164"]].keys() & {"telegram", "email"}:
                self.by_app[agent["id"]] = (agent["name"], agent["phone_e164"])

    def chat_shows(self, person: Person, message: Message) -> None:
        """Look at a new message in a driver's chat; an offer has a button that says YES."""
        shown = [read_data(str(b.get("callback_data"))) for b in message.buttons]
        offers = [press.ids[0] for press in shown if press and press.act == Act.YES]
        if not offers or "Reminder" in message.text:
            return

        async def say(words: str) -> None:
            acts = {"YES": Act.YES, "NO": Act.NO, "DROP": Act.DROP}
            if words in acts:
                person.presses_data(data_of(acts[words], offers[0]), message)
            else:
                person.writes(words, reply_to=message)

        self._offered(person.name, _reference_in(message.text), say)

    def mail_comes(self, taken: Taken) -> None:
        """Look at a mail that came for a driver."""
        person, mail = self.by_mail[taken.recipients[0]], taken.mail
        if not mail["Subject"].startswith("Job offer "):
            return

        async def say(words: str) -> None:
            with self._watch.timing("a mail handed in"):
                await person.answers(words, mail)

        self._offered(person.name, _reference_in(said(mail)), say)

    def event_comes(self, event: dict[str, Any]) -> None:
        """Look at a line of history; the app tells its drivers of their offers."""
        if event["kind"] != "offered" or event["agent_id"] not in self.by_app:
            return
        name, phone = self.by_app[event["agent_id"]]
        job_id, agent_id = event["job_id"], event["agent_id"]

        async def say(words: str) -> None:
            body = {"from": phone, "response": words, "job_id": job_id}
            told = await self._line.post(
                "/webhooks/driver_response", body, timed="a driver's answer, POST", fine=(200, 400)
            )
            self._watch.answers[str(told.get("message") or told.get("error"))] += 1
            if told.get("message") == "accepted":
                self._watch.booked.add((job_id, agent_id))

        self._offered(name, str(job_id), say)

    def _offered(self, driver: str, reference: str, say: Say) -> None:
        minutes = 0.0
        for saying in answer_of_driver(self._chance):
            minutes += saying.after

            async def speak(words: str) -> None:
                self._watch.says(reference, driver, words)
                await say(words)

            self._later.do(self._firm.seconds(minutes), partial(speak, saying.words))

    def _draft(self, number: int, chat: ChatServer, mail: MailTo) -> dict[str, Any]:
        name, way = f"Driver {number}", DRIVERS_BY[number % len(DRIVERS_BY)]
        draft: dict[str, Any] = {
            "name": name,
            "phone_e164": f"+4477001{number:05d}",
            "priority": 1,
            "vehicle_type": self._chance.choice(LADDER[2:]),
        }
        if way is Way.CHAT:
            person = chat.person(name, started=True)
            self.in_chat[person.id] = person
            draft["telegram"] = person.id
        elif way is Way.MAIL:
            draft["email"] = f"driver{number}@drivers.example"
            self.by_mail[draft["email"]] = mail(name, draft["email"])
        return draft


def _reference_in(text: str) -> str:
    """Return the reference of the job that a message is about."""
    return "F-" + text.partition("F-")[2][:5]
