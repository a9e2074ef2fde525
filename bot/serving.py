"""Open this for the life of `serve`: listening, the loops beside it, and ending within 5 s."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

import uvicorn

from bot.composition import Service, compose
from bot.configuration import Configuration
from bot.database import only_server
from bot.health import Heart
from bot.housekeeping import Housekeeper
from bot.listening import bind, port_of
from bot.loops import Auditor, InternalClock, Loop, keep_going
from bot.settings import Settings
from bot.stopping import stop_on_signals

log = logging.getLogger(__name__)

REQUESTS_SECONDS = 2  # for requests to finish after the stop; the loops end meanwhile
PLUGINS_SECONDS = 0.5  # then for the channels
CLOCK_SILENCE, AUDITOR_SILENCE, LISTENER_SILENCE = 10.0, 120.0, 30.0

Beside = Callable[[Service], Mapping[str, Loop]]
Tell = Callable[[str], None]


def nothing_more(_service: Service) -> Mapping[str, Loop]:
    """Return no loop besides our own."""
    return {}


async def serve(configuration: Configuration, tell: Tell, beside: Beside = nothing_more) -> None:
    """Serve until SIGTERM or SIGINT; `tell` prints for people, `beside` adds loops (the demo)."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    for warning in configuration.warnings:
        log.warning(warning)
    with only_server(configuration.settings), _bound(configuration) as (here, sockets):
        async with compose(here) as service, _started(service):
            loops = [*_loops(service), *((Heart(n), loop) for n, loop in beside(service).items())]
            is_open = await service.access.is_open()
            server = _Server(service, lambda: _announce(service, here.settings, tell, is_open))
            async with asyncio.TaskGroup() as group:
                running = [group.create_task(keep_going(loop, h, stop)) for h, loop in loops]
                group.create_task(server.end_on(stop))
                await server.serve(sockets)
                stop.set()
                for task in running:  # a loop that is still busy has had as long as requests had
                    task.cancel()


class _Server(uvicorn.Server):
    """uvicorn, leaving signals to us: its own handling raises them again and ends with 143."""

    def __init__(self, service: Service, on_listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                service.app,
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=REQUESTS_SECONDS,
            )
        )
        self._app = service.app
        self._on_listening = on_listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    async def end_on(self, stop: asyncio.Event) -> None:
        """Stop accepting and let requests finish, once `stop` is set; what never does is ended."""
        from web import end_streams

        await stop.wait()
        end_streams(self._app)
        self.should_exit = True


@contextlib.contextmanager
def _bound(configuration: Configuration) -> Iterator[tuple[Configuration, list[socket.socket]]]:
    """Bind HOST and PORT; hand out the configuration with the port that it became."""
    settings = configuration.settings
    sockets = bind(settings.host, settings.port)
    try:
        here = settings.model_copy(update={"port": port_of(sockets)})
        yield replace(configuration, settings=here), sockets
    finally:
        for sock in sockets:
            sock.close()


@contextlib.asynccontextmanager
async def _started(service: Service) -> AsyncIterator[None]:
    try:
        await service.core.router.take_over()
        await service.plugins.start()
        _leave_alone_what_stays()
        yield
    finally:
        await service.plugins.stop(PLUGINS_SECONDS)


def _loops(service: Service) -> list[tuple[Heart, Loop]]:
    """Return our loops, each with the heart by which /ready sees it."""
    core, health = service.core, service.health
    longest = core.configuration.settings.tick_seconds
    keep_days = core.configuration.settings.keep_days
    housekeeper = Housekeeper(core.router, service.access.tokens, keep_days)
    auditor = health.heart("auditor", AUDITOR_SILENCE)
    audits = Auditor(core.runner, core.router, auditor, health, ticking=longest > 0)
    loops: list[tuple[Heart, Loop]] = [
        (health.heart("relay"), _backlog_first(service) if longest else service.relay.run),
        (health.heart("inbox"), service.inbox.run),
        (auditor, audits.run),
        (health.heart("housekeeping"), housekeeper.run),
    ]
    if longest:
        clock = health.heart("clock", longest + CLOCK_SILENCE)
        loops.append((clock, InternalClock(core.router, clock, longest).run))
    if (bell := core.runner.bell) is not None:
        ears = health.heart("listener", LISTENER_SILENCE)
        loops.append((ears, partial(bell.listen, core.router.wake, ears.beat)))
    return loops


def _backlog_first(service: Service) -> Loop:
    """Return the relay, begun only once what fell due while nobody served is settled."""

    async def settle_then_send(stop: asyncio.Event) -> None:
        await service.inbox.drain()
        await service.core.router.tick()
        await service.relay.run(stop)

    return settle_then_send


def _announce(service: Service, settings: Settings, tell: Tell, is_open: bool) -> None:
    tell(f"Web       {settings.reached_at}/")
    tell(f"API docs  {settings.reached_at}/docs")
    for channel in service.plugins.channels.values():
        if listens_at := getattr(channel, "listens_at", None):  # of those that take connections
            tell(f"{channel.name.capitalize():9} {listens_at}")
    if is_open:
        who = "who can reach it" if settings.exposed_by else "on this machine"
        tell(f"OPEN MODE: there is no token, so everybody {who} may do everything.")


def _leave_alone_what_stays() -> None:
    """Have garbage looked for less often, and not among what starting made: that stays.

    Looking took 6 % of the time of a YES over HTTP (py-spy); memory idle and at its peak stay.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
