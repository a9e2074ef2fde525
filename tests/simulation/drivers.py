"""Open this for how a simulated driver hears, hesitates, answers and changes their mind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.channel import Outgoing
from core.domain import MessageKind, Verdict
from core.reply_words import word_for
from tests.simulation.cast import DAY, MINUTE, Part
from tests.simulation.desk import Desk

YES = ("YES", "yes please", "ok", "👍", "Sure!")
NO = ("NO", "nope", "can't, thanks", "👎")
UNCLEAR = ("yes but 15:00", "no problem", "yes?", "maybe", "what is the pay", "YES 17")
SECOND = timedelta(seconds=1)


class Driver:
    """One driver, who knows only what messages and answers say."""

    def __init__(self, number: int, part: Part, desk: Desk, rng: Random) -> None:
        self.number = number
        self.part = part
        self._desk = desk
        self._rng = rng
        self._said = 0

    def hear(self, channel: str, message: Outgoing) -> None:
        """Take a message that arrived, and plan what to do about it."""
        match message.kind:
            case MessageKind.OFFER | MessageKind.CHANGED:
                self._consider(channel, message.facts)
            case MessageKind.BOOKED:
                self._look_forward(channel, message.facts.get("reference"))
            case MessageKind.ANSWER:
                self._react(channel, message.facts)
            case _:
                return

    def _consider(self, channel: str, facts: Mapping[str, Any]) -> None:
        who, roll = self.part.character, self._rng.random()
        if roll < who.stop:
            self._plan(self._hesitate(), "STOP", channel)
            self._plan(self._rng.randint(10, 600) * MINUTE, "START", channel)
            return
        answers = ((YES, who.yes), (NO, who.no), (UNCLEAR, who.unclear))
        for words, chance in answers:
            roll -= chance
            if roll < who.stop:
                self._answer(channel, facts, words)
                break
        if self._rng.random() < who.off:
            self._plan(self._hesitate(), self._rng.choice(["OFF", "OFF 2h", "off 45m"]), channel)
            self._plan(self._rng.randint(30, 500) * MINUTE, "ON", channel)

    def _answer(self, channel: str, facts: Mapping[str, Any], words: tuple[str, ...]) -> None:
        """Plan an answer: mostly in time, sometimes on the last second, sometimes too late."""
        left = datetime.fromisoformat(facts["answer_by"]) - self._desk.now()
        delay = self._hesitate()
        if self._rng.random() < self.part.character.late:
            delay = left + self._rng.choice([0, 1, 20, 300, 2400]) * SECOND
        elif delay > left:
            delay = left * self._rng.random()
        self._plan(delay, self._word(words, facts), channel, facts["reference"])
        if words is UNCLEAR or self._rng.random() < 0.08:  # says more, or changes their mind
            again = self._word(self._rng.choice([YES, NO]), facts)
            self._plan(delay + self._hesitate(), again, channel, facts["reference"])

    def _word(self, words: tuple[str, ...], facts: Mapping[str, Any]) -> str:
        code = f" {facts['code']}" if self._rng.random() < 0.6 and words is not UNCLEAR else ""
        said = self._rng.choice(words[:3]) if code else self._rng.choice(words)
        if words is not UNCLEAR and self.part.draft.language not in (None, "en"):
            said = word_for(Verdict.YES if words is YES else Verdict.NO, self.part.draft.language)
        return f"{said}{code}"

    def _look_forward(self, channel: str, reference: str | None) -> None:
        roll = self._rng.random() - self.part.character.stop
        if roll < 0:
            self._plan(self._hesitate(), "STOP", channel)
            self._plan(self._rng.randint(60, 900) * MINUTE, "START", channel)
        elif roll < self.part.character.drops:
            self._plan(self._rng.randint(1, 200) * MINUTE, "DROP", channel, reference)
        elif roll < self.part.character.drops + 0.05:
            self._plan(self._hesitate(), self._rng.choice(["NO", "STOP", "YES"]), channel)
            self._plan(self._rng.randint(60, 400) * MINUTE, "START", channel)

    def _react(self, channel: str, facts: Mapping[str, Any]) -> None:
        """Answer what the service asked back; not always."""
        if self._rng.random() < 0.25:
            return
        if facts.get("outcome") == "confirm_drop":
            self._plan(self._rng.choice([1, 5, 9, 30]) * MINUTE, "DROP", channel)
        elif facts.get("outcome") == "ambiguous_reply":
            chosen = self._rng.choice(facts["open_offers"])
            self._plan(self._hesitate(), f"YES {chosen['code']}", channel)

    def _hesitate(self) -> timedelta:
        return self.part.character.patience * self._rng.random() + SECOND

    def _plan(
        self, delay: timedelta, text: str, channel: str, reference: str | None = None
    ) -> None:
        """Plan to say something, once or delivered more than once, in a channel or by webhook."""
        self._said += 1
        name = f"d{self.number}-{self._said}" if self._rng.random() < 0.8 else None
        by_webhook = self._rng.random() < 0.2
        job = reference if self._rng.random() < 0.5 else None

        async def say() -> None:
            if by_webhook:
                await self._call(text, job, name, channel)
            else:
                handle = self._handle(channel)
                await self._desk.channels[channel].inject(handle, text, external_id=name)

        self._desk.agenda.after(delay, say)
        while name is not None and self._rng.random() < 0.12:
            self._desk.agenda.after(delay + DAY / 8 * self._rng.random() ** 4, say)

    async def _call(self, text: str, job: str | None, name: str | None, channel: str) -> None:
        phone, job_id = self.part.draft.phone_e164, self._desk.jobs.get(job or "")
        answer = await self._desk.router.reply(phone, text, job_id=job_id, external_id=name)
        if answer.code == "accepted":
            self._look_forward(channel, job)
        self._react(channel, {**answer.facts, "outcome": answer.code})

    def _handle(self, channel: str) -> str:
        draft = self.part.draft
        handles = {"telegram": str(draft.telegram), "email": draft.email or ""}
        return handles.get(channel, draft.phone_e164)
