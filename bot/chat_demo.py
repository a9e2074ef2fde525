"""Open this for `serve --demo --chat`: drivers and a coordinator in chat, played by the reader."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import uvloop

from bot.chat_server import ChatServer, Person
from bot.composition import Service
from bot.configuration import Configuration
from bot.demo import JOBS, NARRATOR, demo_configuration
from bot.exposure import refuse_exposure
from bot.logs import configure_logs
from bot.samples import SAMPLE_DRIVERS
from bot.serving import Tell, serve
from core.outcomes import Created, Invited, NotFound
from core.plugins import PluginEntry

CHANNEL = "telegram"
WINDOW = timedelta(minutes=2)
JOINING_SECONDS = 30.0
COORDINATOR, MAIL = "Jo, coordinator", "jo@example.com"


def serve_chat_demo(flags: Mapping[str, object], tell: Tell, *, insecure: bool) -> None:
    """Serve a demonstration in chat until stopped."""
    with demo_configuration(flags, WINDOW) as configuration:
        asyncio.run(refuse_exposure(configuration.settings, insecure=insecure))
        uvloop.run(_serve(replace(configuration, insecure=insecure), tell))


async def _serve(configuration: Configuration, tell: Tell) -> None:
    chat = ChatServer(f"7000000001:{secrets.token_urlsafe(24)}", "dispatch_demo_bot")
    async with chat.serving():
        here = _with_chat(configuration, chat)
        configure_logs(here.settings, here.plugins.secrets)
        await serve(here, tell, lambda service: {"demo": ChatDemo(service, chat, tell).play})


def _with_chat(configuration: Configuration, chat: ChatServer) -> Configuration:
    """Return the configuration with the chat channel, talking to that server."""
    token, plugins = chat.world.token, configuration.plugins
    options = {"token": token, "api_base": chat.url}
    entry = PluginEntry(CHANNEL, f"channels.{CHANNEL}", options)
    chatting = replace(
        plugins, entries=(*plugins.entries, entry), secrets=plugins.secrets | {token}
    )
    return replace(configuration, plugins=chatting)


class ChatDemo:
    """Lets everybody join by their link, brings the jobs in, and leaves the rest to the reader."""

    def __init__(self, service: Service, chat: ChatServer, tell: Tell) -> None:
        self._router = service.core.router
        self._chat = chat
        self._tell = tell

    async def play(self, stop: asyncio.Event) -> None:
        """Set the stage, then wait for the end."""
        await self._join()
        for number, draft in enumerate(JOBS):
            created = await self._router.create_job(draft, NARRATOR, source="demo")
            if number == 0 and isinstance(created, Created):
                await self._router.approve(created.job.id, NARRATOR, start=True)
        self._tell(f"Chat      {self._chat.url}/chat")
        self._tell("Demo: open that page: one driver has an offer, the coordinator two requests.")
        await stop.wait()

    async def _join(self) -> None:
        await self._router.sync_agents(SAMPLE_DRIVERS, NARRATOR)
        jo = await self._router.add_coordinator(COORDINATOR, MAIL, is_default=True)
        invited = await self._router.invite_coordinator(jo.coordinator.id, CHANNEL)
        await self._let_in(self._chat.person(COORDINATOR), invited)
        for agent in (await self._router.records.agents()).rows:
            person = self._chat.person(agent.name, phone=agent.phone_e164)
            await self._let_in(person, await self._router.invite_agent(agent.id, CHANNEL))

    async def _let_in(self, person: Person, invited: Invited | NotFound) -> None:
        if isinstance(invited, Invited):
            person.starts(invited.token)
            await self._chat.until(lambda: person.told, JOINING_SECONDS)
