"""From the server's messages to an answer and back: most requests take one task, two messages."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from quart import Response
from quart.asgi import ASGIHTTPConnection
from quart.utils import cancel_tasks, encode_headers, raise_task_exceptions
from quart.wrappers.response import DataBody

from web.asked import Asked, HungUp, Receive
from web.patience import within


class Connection(ASGIHTTPConnection):
    """One request and its answer.

    Quart reads bodies in a second task, makes a third to send the answer in time, and sends it in
    three messages: 5 - 10 µs of a YES (process_time, in turns), and eight objects that only the
    collector of garbage frees. Here whoever needs the body reads it, and only answers that go on
    and on are watched for a client that hangs up.
    """

    async def __call__(self, receive: Receive, send: Any) -> None:
        """Answer the request; nothing more is sent once its client has hung up."""
        asked = Asked(self.scope, receive, self.app.config)
        try:
            response = await self.app.handle_request(asked)
        except HungUp:
            return
        if isinstance(response, Response) and isinstance(response.response, DataBody):
            whole = self._send_at_once(send, response, response.response)
            with suppress(TimeoutError):
                await within(self._seconds(response), whole)
        else:
            await self._send_watched(receive, send, response)

    async def _send_at_once(self, send: Any, response: Response, body: DataBody) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": response.status_code,
                "headers": encode_headers(response.headers),
            }
        )
        await send({"type": "http.response.body", "body": body.data[body.begin : body.end]})

    async def _send_watched(self, receive: Receive, send: Any, response: Any) -> None:
        sending = asyncio.ensure_future(self._send_response(send, response))
        watching = asyncio.ensure_future(_hanging_up(receive))
        both = {sending, watching}
        try:
            await asyncio.wait(both, timeout=self._seconds(response), return_when="FIRST_COMPLETED")
        finally:
            await cancel_tasks({task for task in both if not task.done()})
        raise_task_exceptions({task for task in both if task.done()})

    def _seconds(self, response: Any) -> float | None:
        """Return how long sending may take; Ellipsis is Quart's word for nothing said."""
        own: Any = getattr(response, "timeout", ...)
        seconds: float | None = self.app.config["RESPONSE_TIMEOUT"] if own is ... else own
        return seconds


async def _hanging_up(receive: Receive) -> None:
    """Return once the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
