"""Open this to run a local Bot API server, and to play the people who talk with the bot."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.chat_server import bot_facts, sending
from bot.chat_server.faults import Fault, Faults
from bot.chat_server.journal import Call, Journal
from bot.chat_server.limits import FloodGate, Limits
from bot.chat_server.listening import Listener
from bot.chat_server.parameters import Parameters
from bot.chat_server.people import Person
from bot.chat_server.receiving import Receiving
from bot.chat_server.refusals import RefusedError, flood
from bot.chat_server.updates import Update
from bot.chat_server.webhook import Webhook
from bot.chat_server.world import Chat, World

T = TypeVar("T")
TOKEN = "7000000001:a-local-server-takes-any-token-it-was-given"  # noqa: S105 of no use elsewhere
USERNAME = "local_dispatch_bot"
COUNTED = {"sendmessage", "editmessagetext", "editmessagereplymarkup", "deletemessage"}
FIRST_PERSON, FIRST_GROUP = 500_000_001, -400_001


class ChatServer:
    """A Bot API server for one bot. It lives in one event loop; `serving` opens its port."""

    def __init__(
        self,
        token: str = TOKEN,
        username: str = USERNAME,
        *,
        limits: Limits | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.world = World(token, username, now)
        self.faults = Faults()
        self.journal = Journal()
        self.flood_gate = FloodGate(now, limits)
        self.webhook = Webhook(self.world.updates)
        self.people: dict[int, Person] = {}
        self._receiving = Receiving(self.world, self.webhook)
        self._person_ids = itertools.count(FIRST_PERSON)
        self._group_ids = itertools.count(FIRST_GROUP, -1)
        self._listener = Listener(self)

    @property
    def url(self) -> str:
        """Return the address to give as `api_base`."""
        return self._listener.url

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[str]:
        """Listen on a loopback port until the block ends; hands out the address."""
        await self._listener.open(port)
        delivery = asyncio.create_task(self.webhook.run(self.world.now))
        try:
            yield self.url
        finally:
            delivery.cancel()
            await self._listener.close()

    async def away(self) -> None:
        """Refuse connections, and cut those there are, until `back`."""
        await self._listener.close()

    async def back(self) -> None:
        """Listen on the same port again."""
        await self._listener.open(self._listener.port)

    def person(
        self,
        name: str,
        *,
        phone: str = "",
        language: str = "en",
        id: int | None = None,  # noqa: A002 as the Bot API calls it
        started: bool = False,
    ) -> Person:
        """Add somebody who has the chat service; they have not opened the bot unless `started`."""
        number = id if id is not None else next(self._person_ids)
        user = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
        facts = {"id": number, "type": "private", "first_name": name}
        chat = self.world.chats[number] = Chat(number, facts, started=started)
        self.people[number] = person = Person(self.world, chat, user, phone)
        self.world.changed()
        return person

    def group(self, title: str) -> Chat:
        """Add a group that the bot is a member of."""
        number = next(self._group_ids)
        facts = {"id": number, "type": "group", "title": title}
        chat = self.world.chats[number] = Chat(number, facts)
        return chat

    def migrate(self, group: Chat) -> Chat:
        """Turn a group into a supergroup, which has another id."""
        number = -1_000_000_000_000 + group.id
        facts = {"id": number, "type": "supergroup", "title": group.facts["title"]}
        self.world.chats[number] = bigger = Chat(number, facts)
        group.moved_to = number
        return bigger

    def redeliver(self, *updates: Update) -> None:
        """Deliver updates again in this order, by default all that were confirmed."""
        self.world.updates.repeat(updates or tuple(self.world.updates.confirmed))

    async def until(self, found: Callable[[], T], seconds: float = 10) -> T:
        """Return what `found` finds, as soon as it is true; TimeoutError when it never is."""
        return await self.world.until(found, seconds)

    async def do(self, call: Call) -> Any:
        """Do what a request asks for; raises RefusedError for what is refused."""
        method, parameters = call.method.lower(), call.parameters
        if method in RECEIVING:
            return await RECEIVING[method](self._receiving, parameters)
        if method not in METHODS:
            raise RefusedError(404, "Not Found: method not found")
        if method in COUNTED:
            chat_id = parameters.integer("chat_id")
            if (wait := self.flood_gate.admit(chat_id)) is not None:
                raise flood(wait)
        return await METHODS[method](self.world, parameters)

    def strike(self, call: Call) -> Fault | None:
        """Return what goes wrong with this request on purpose."""
        return self.faults.strike(call.method.lower(), call.parameters)


RECEIVING: Mapping[str, Callable[[Receiving, Parameters], Any]] = {
    "getupdates": Receiving.get_updates,
    "setwebhook": Receiving.set_webhook,
    "deletewebhook": Receiving.delete_webhook,
    "getwebhookinfo": Receiving.webhook_info,
}
METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "getme": bot_facts.get_me,
    "setmycommands": bot_facts.set_my_commands,
    "getmycommands": bot_facts.get_my_commands,
    "deletemycommands": bot_facts.delete_my_commands,
    "leavechat": bot_facts.leave_chat,
    "getfile": bot_facts.get_file,
    "sendmessage": sending.send_message,
    "editmessagetext": sending.edit_message_text,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "deletemessage": sending.delete_message,
    "answercallbackquery": sending.answer_callback_query,
    "sendchataction": sending.send_chat_action,
}
