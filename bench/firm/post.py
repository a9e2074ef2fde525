"""Open this for how people see what comes for them, in chat and by mail, as soon as it is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from bench.firm.watch import Watch
from bot.chat_server import Call, ChatServer, Message, Moment, Person
from tests.channels.email.sink import Sink, Taken
from tests.stories_mail.people import Person as MailPerson

GLANCE = 0.02  # seconds between two looks at what came by mail
POP_UP = "a press of a {}, until its pop-up"
EVER = 1e6
PATIENCE = 20.0


class People(Protocol):
    """Some people, by the chat or the mailbox in which they are reached."""

    role: str
    in_chat: dict[int, Person]
    by_mail: dict[str, MailPerson]

    def chat_shows(self, person: Person, message: Message) -> None:
        """Look at a new message."""

    def mail_comes(self, taken: Taken) -> None:
        """Look at a mail."""


async def watch_chat(chat: ChatServer, watch: Watch, everybody: Sequence[People]) -> None:
    """Show people what is new in their chats, and time the pop-ups that answer their presses."""

    def time_answer(moment: Moment, call: Call) -> None:
        if moment is Moment.ANSWERED and call.method.lower() == "answercallbackquery":
            press = chat.world.presses[call.parameters.text("callback_query_id")]
            seconds = time.time() - press.at
            who = next(p.role for p in everybody if press.by["id"] in p.in_chat)
            watch.took[POP_UP.format(who)].append((watch.elapsed - seconds, seconds))

    chat.journal.watchers.append(time_answer)
    seen: dict[int, int] = {}
    while True:
        before = chat.world.changes
        for people in everybody:
            for number, person in people.in_chat.items():
                new = person.chat.messages[seen.get(number, 0) :]
                seen[number] = len(person.chat.messages)
                for message in new:
                    if message.by_bot:
                        people.chat_shows(person, message)
        await chat.until(lambda before=before: chat.world.changes > before, EVER)  # type: ignore[misc] # mypy 2.4 infers no such lambda


async def unanswered_presses(chat: ChatServer) -> list[str]:
    """Return a complaint for each press that still shows a clock after a while."""

    def unanswered() -> list[str]:
        return [person.name for person in chat.people.values() for _ in person.unanswered]

    with suppress(TimeoutError):
        await chat.until(lambda: not unanswered(), PATIENCE)
    return [f"a press of {name} was never answered" for name in unanswered()]


async def watch_mail(sink: Sink, everybody: Sequence[People]) -> None:
    """Show people the mails that came for them."""
    seen = 0
    while True:
        for taken in sink.taken[seen:]:
            seen += 1
            for people in everybody:
                if taken.recipients[0] in people.by_mail:
                    people.mail_comes(taken)
        await asyncio.sleep(GLANCE)
