"""Open this for the console as a channel: prints what it sends, stores what is typed."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import TextIO

from channels.console.keyboard import Keyboard
from channels.console.people import NotUnderstood, People
from channels.console.transcript import Transcript, one_line
from core.channel import (
    Capabilities,
    ChannelContext,
    Ignored,
    Incoming,
    Outgoing,
    Receipt,
    Reply,
    SendOnly,
)
from core.domain import MessageKind
from core.hookspecs import DatabaseBusy, StorageFault, TemporarySendError

log = logging.getLogger(__name__)


class Console(SendOnly):
    """Serves everybody who has no Address elsewhere; a person at the terminal may speak for them.

    `answers` is the stream on which answers are typed; None when nothing is read.
    """

    name = "console"
    capabilities = Capabilities(receives=True)

    def __init__(
        self, context: ChannelContext, transcript: Transcript, answers: TextIO | None = None
    ) -> None:
        self.transcript = transcript
        self._context = context
        self._answers = answers
        self._keyboard: Keyboard | None = None
        self._people = People()

    async def start(self) -> None:
        """Begin to listen, where answers may be typed."""
        if self._answers is None or self._keyboard is not None:
            return
        try:
            self._keyboard = Keyboard(self._answers.fileno(), self.hear)
        except (OSError, ValueError) as fault:
            log.warning("console.no_answers reason=%s", fault)

    async def stop(self) -> None:
        """Listen no more."""
        keyboard, self._keyboard = self._keyboard, None
        if keyboard is not None:
            await keyboard.close()

    async def send(self, message: Outgoing) -> Receipt:
        """Print the message as one block."""
        self._people.meet(message.name, message.handle)
        moment = self._context.clock.now().astimezone(self._context.zone)
        title = f"{moment:%H:%M} to {message.name} ({message.handle})"
        body = f"{one_line(message.subject)}\n\n{message.text}"
        try:
            await self.transcript.show(title, body, self._how_to_answer(message))
        except (OSError, ValueError) as fault:
            raise TemporarySendError(f"the console cannot be written to: {fault}") from fault
        return Receipt({"token": message.token}, delivered=True)

    async def hear(self, line: str, *, echo: bool = False) -> None:
        """Take `Driver One: YES` as that person's answer; `echo` prints it, for scripted ones."""
        said = one_line(line)
        if not said:
            return
        if echo:
            await self.transcript.say(said)
        try:
            handle, text = self._people.read_line(said)
            raw = json.dumps({"handle": handle, "text": text}).encode()
            await self._context.inbox.store(None, raw, handle=handle)
        except NotUnderstood as problem:
            await self.transcript.say(str(problem))
        except (DatabaseBusy, StorageFault) as fault:
            await self.transcript.say(f"Not taken, please type it again: {fault}")

    async def read(self, raw: bytes) -> Sequence[Incoming]:
        """Return the answer that `hear` stored."""
        try:
            entry = json.loads(raw)
        except (ValueError, RecursionError):
            entry = None
        match entry:
            case {"handle": str(handle), "text": str(text)}:
                return (Reply(handle, text),)
            case _:
                return (Ignored("nothing that was typed at the console"),)

    def _how_to_answer(self, message: Outgoing) -> str:
        """Return what to type, with the offer's code, which is right however many are open."""
        if self._keyboard is None or message.kind is not MessageKind.OFFER:
            return ""
        code = message.facts.get("code")
        return f"type  {message.name}: {f'{code} ' if code else ''}YES"
