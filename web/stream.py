"""Server-Sent Events: history as it happens, resumed by the id that was seen last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

from quart import Blueprint, Quart, Response, current_app, request

from core.errors import DispatchError
from core.feed import Feed
from core.views import EventView
from web.body import Fields
from web.config import Scope
from web.errors import Problem
from web.fields import load
from web.guard import admission
from web.operation import operation
from web.queries import StreamHeaders, StreamQuery
from web.render import as_json
from web.service import the_router

blueprint = Blueprint("stream", __name__)

EVENT_STREAM = "text/event-stream"
PING_EVERY = 15.0  # seconds; also how often it is asked whether the listener may still listen
SLOWEST = 30.0  # seconds that a listener may take for what was sent
MOST = 200  # listeners of one process
BEGINNING = b"retry: 2000\n: history as it happens\n\n"
PING = b": ping\n\n"
_NAME = "dispatch_streams"


@dataclass(slots=True)
class Streams:
    """Everybody who listens to one app; nobody's slowness costs memory or holds up the end."""

    feed: Feed
    listening: int = 0
    sending: set[asyncio.Task[object]] = field(default_factory=set)

    def close(self) -> None:
        """End every stream now: between two lines, or where its listener does not take one."""
        self.feed.close()
        for task in self.sending:
            task.cancel()

    async def bytes_for(
        self, position: int, still_admitted: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """Yield what follows `position`, with pings, until either side ends it."""
        self.listening += 1
        try:
            with self._cut_when_slow():
                yield BEGINNING
            pinged = time.monotonic()
            while not self.feed.closed:
                lines = await self.feed.after(position)
                if lines:
                    position = lines[-1].id
                    with self._cut_when_slow():
                        yield b"".join(map(_frame, lines))
                elif time.monotonic() - pinged >= PING_EVERY:
                    if not await still_admitted():
                        return
                    with self._cut_when_slow():
                        yield PING
                    pinged = time.monotonic()
                else:
                    await self.feed.wait()
        except DispatchError:  # the database is away: whoever listens comes back and resumes
            return
        finally:
            self.listening -= 1

    @contextmanager
    def _cut_when_slow(self) -> Iterator[None]:
        """Cancel the task that sends what is yielded, when that takes too long."""
        task = cast("asyncio.Task[object]", asyncio.current_task())
        cut = asyncio.get_running_loop().call_later(SLOWEST, task.cancel)
        self.sending.add(task)
        try:
            yield
        finally:
            cut.cancel()
            self.sending.discard(task)


@blueprint.get("/stream")
@operation(Scope.READ, {200: None}, query=StreamQuery, headers=StreamHeaders, media=EVENT_STREAM)
async def stream(query: StreamQuery) -> Response:
    """Tell history as it happens: each event's id is that of the line, its data the line."""
    streams = _the_streams()
    if streams.feed.closed or streams.listening >= MOST:
        raise Problem(
            503, "no_stream", "nobody more can listen just now", headers={"Retry-After": "5"}
        )
    newest = await streams.feed.position()
    seen = _seen(query)
    body = streams.bytes_for(newest if seen is None else min(seen, newest), admission(Scope.READ))
    response = Response(
        b"" if request.method == "HEAD" else body,
        content_type=EVENT_STREAM,
        headers={"X-Accel-Buffering": "no"},
    )
    response.timeout = None
    return response


def end_streams(app: Quart) -> None:
    """End every stream of `app`, for its server is about to stop."""
    if streams := app.extensions.get(_NAME):
        cast(Streams, streams).close()


def _the_streams() -> Streams:
    extensions = current_app.extensions
    if _NAME not in extensions:
        extensions[_NAME] = Streams(Feed(the_router()))
    return cast(Streams, extensions[_NAME])


def _seen(query: StreamQuery) -> int | None:
    """Return the id that the client saw last: by its header, which a browser sends by itself."""
    given = request.headers.get("Last-Event-ID")
    if given is None:
        return query.last_event_id
    fields = Fields({"Last-Event-ID": given}, by_form=True)
    return load(StreamHeaders, fields).last_event_id


def _frame(line: EventView) -> bytes:
    """Write one event. Lines of no job go without words: those show in no job's history."""
    shown = line if line.job_id is not None else replace(line, reason=None)
    return f"id: {line.id}\ndata: {as_json(shown)}\n\n".encode()
