"""Every cell of the reply table brought about by legal steps, and what a reply did there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product
from typing import Any

from core.domain import API, JobStatus, LateYes, OfferStatus, Policy
from core.drafts import AgentDraft
from core.outcomes import ReplyAnswer
from core.reply_page import ABOUT_OFFERS, plain_situation
from core.reply_table import ReplyOutcome, outcome_of, why_never
from tests.house import JO, House, open_house, phone

J, F = JobStatus, OfferStatus
ONE, TWO = 0, 1
POLICIES = {
    "default": Policy(),
    "all": Policy("all", width=0),
    "strict": Policy("strict", late_yes=LateYes.STRICT),
}
_ENDS = {
    F.DECLINED: "NO",
    F.TIMED_OUT: "silence",
    F.RESCINDED: "skip",
    F.UNDELIVERABLE: "STOP",
    F.WITHDRAWN: "YES take_back",
}
# How a job comes to a status with the first driver's offer as it is, another being asked or not.
WAYS: dict[tuple[JobStatus, OfferStatus, bool], str] = {
    (J.OFFERING, F.SENT, False): "",
    (J.OFFERING, F.SENT, True): "policy:all",
    (J.OFFERING, F.WITHDRAWN, False): "YES take_back pause skip",
    (J.ASSIGNED, F.ACCEPTED, False): "YES",
    (J.COMPLETED, F.ACCEPTED, False): "YES complete",
    (J.CANCELLED, F.WITHDRAWN, False): "YES cancel",
}
for _offer, _end in _ENDS.items():
    WAYS |= {
        (J.OFFERING, _offer, True): _end,
        (J.UNCOVERED, _offer, False): f"alone {_end}",
        (J.ASSIGNED, _offer, False): f"{_end} two:YES",
        (J.COMPLETED, _offer, False): f"{_end} two:YES complete",
    }
    WAYS.setdefault((J.OFFERING, _offer, False), f"pause {_end}")
    WAYS.setdefault((J.CANCELLED, _offer, False), f"{_end} cancel")


@dataclass(frozen=True, slots=True)
class State:
    """A job and an offer brought to where a reply is judged; `special` is what is not plain."""

    way: str
    job: JobStatus
    offer: OfferStatus
    in_time: bool
    another_open: bool
    special: tuple[tuple[str, Any], ...] = ()

    def outcome(self, word: str) -> ReplyOutcome:
        """Return what the table says that the word leads to."""
        verdict = next(v for v in ABOUT_OFFERS if v == word)
        plain = plain_situation(
            verdict, self.job, self.offer, in_time=self.in_time, another_open=self.another_open
        )
        return outcome_of(replace(plain, **dict(self.special)))

    def __str__(self) -> str:
        """Name the cell as a test is named."""
        when = "in_time" if self.in_time else "late"
        others = "+another" if self.another_open else ""
        special = "".join(f"+{name}={value}" for name, value in self.special)
        return f"{self.job}-{self.offer}-{when}{others}{special}"


PLAIN = [
    State(WAYS[job, offer, another], job, offer, in_time, another)
    for job, offer, in_time, another in product(J, F, (True, False), (False, True))
    if why_never(job, offer, in_time=in_time, another_open=another) is None
]
NEVER = [
    (job, offer, in_time, another)
    for job, offer, in_time, another in product(J, F, (True, False), (False, True))
    if why_never(job, offer, in_time=in_time, another_open=another) is not None
]
MINE = ("mine", True)
SPECIAL = [
    State(
        "policy:strict silence",
        J.OFFERING,
        F.TIMED_OUT,
        False,
        True,
        (("late_yes", LateYes.STRICT),),
    ),
    State("policy:strict NO", J.OFFERING, F.DECLINED, True, True, (("late_yes", LateYes.STRICT),)),
    State("alone cutoff silence", J.UNCOVERED, F.TIMED_OUT, False, False, (("before_cutoff", 0),)),
    State("silence YES", J.OFFERING, F.TIMED_OUT, False, True, (("reserved", True),)),
    State("NO YES", J.OFFERING, F.DECLINED, True, True, (("reserved", True),)),
    State("edit", J.OFFERING, F.RESCINDED, True, True, (("same_version", False),)),
    State("YES edit", J.ASSIGNED, F.ACCEPTED, True, False, (("reconfirming", True),)),
    State("YES DROP", J.ASSIGNED, F.ACCEPTED, True, False, (("drop_asked", True),)),
    State("silence assign", J.ASSIGNED, F.TIMED_OUT, False, False, (MINE,)),
    State("silence assign DROP", J.ASSIGNED, F.TIMED_OUT, False, False, (MINE, ("drop_asked", 1))),
    State("NO assign", J.ASSIGNED, F.DECLINED, True, False, (MINE,)),
    State("skip assign", J.ASSIGNED, F.RESCINDED, True, False, (MINE,)),
    State("STOP assign", J.ASSIGNED, F.UNDELIVERABLE, True, False, (MINE,)),
    State("YES take_back assign", J.ASSIGNED, F.WITHDRAWN, True, False, (MINE,)),
    State("silence assign complete", J.COMPLETED, F.TIMED_OUT, False, False, (MINE,)),
]
SPECIAL = [
    replace(s, special=tuple((n, bool(v) if v in (0, 1) else v) for n, v in s.special))
    for s in SPECIAL
]
STATES = [*PLAIN, *SPECIAL]


@dataclass(frozen=True, slots=True)
class Played:
    """What one word did in one state; `before` and `after` are job, holder is one, offer."""

    found: tuple[str, str, bool, bool]
    answer: ReplyAnswer
    before: tuple[str, bool, str]
    after: tuple[str, bool, str]
    noted: list[str]


@dataclass(slots=True)
class Scene:
    """One job with drivers of its own, in a house that several share."""

    house: House
    job_id: int
    agents: Sequence[int]
    numbers: Sequence[int]
    offer_id: int = 0
    told: list[str] = field(default_factory=list)

    async def does(self, step: str) -> None:
        """Take one step of a way."""
        router, overrides = self.house.router, self.house.router.overrides
        match step:
            case "YES" | "NO" | "DROP" | "STOP":
                await self.says(ONE, step)
            case "two:YES":
                await self.says(TWO, "YES")
            case "assign":
                await router.assign(self.job_id, self.agents[ONE], JO)
            case "complete":
                await router.complete(self.job_id, JO)
            case "cancel":
                await router.cancel(self.job_id, JO)
            case "edit":
                await overrides.edit(self.job_id, {"pay": "120"}, JO)
            case "cutoff":
                soon = self.house.clock.now() + timedelta(minutes=20)
                await overrides.set_cutoff(self.job_id, soon, JO)
            case "pause" | "skip" | "take_back":
                await getattr(overrides, step)(self.job_id, JO)
            case unknown:
                raise ValueError(unknown)

    async def says(self, who: int, word: str) -> ReplyAnswer:
        """Have a driver answer: the first about their first offer, the second about the job."""
        named = {"offer_id": self.offer_id} if who == ONE else {"job_id": self.job_id}
        return await self.house.says(self.numbers[who], word, **({} if word == "STOP" else named))

    async def plays(self, word: str) -> Played:
        """Say the word and look at what it did."""
        job = await self.house.shown(self.job_id)
        offers = {o.id: o for o in job.offers or ()}
        mine, now = offers[self.offer_id], self.house.clock.now()
        another = any(o.status == "sent" and o.id != mine.id for o in offers.values())
        found = (job.status, mine.status, now <= mine.expires_at, another)
        before, told = await self._look(), await self.house.story(self.job_id)
        answer = await self.says(ONE, word)
        noted = (await self.house.story(self.job_id))[len(told) :]
        return Played(found, answer, before, await self._look(), noted)

    async def _look(self) -> tuple[str, bool, str]:
        job = await self.house.shown(self.job_id)
        mine = next(o for o in job.offers or () if o.id == self.offer_id)
        return (job.status, job.assigned_agent_id == self.agents[ONE], mine.status)


async def play(url: str, state: State) -> dict[str, Played]:
    """Bring about the state once for each word, on one database, and say the word there."""
    async with open_house(url, policies=POLICIES) as house:
        steps = state.way.split()
        scenes = {word.value: await _scene(house, n, steps) for n, word in enumerate(ABOUT_OFFERS)}
        for step in steps:
            if step == "silence":
                await house.passes(minutes=31)
            elif step != "alone" and not step.startswith("policy:"):
                for scene in scenes.values():
                    await scene.does(step)
        if not state.in_time:
            first = await house.router.records.offer(next(iter(scenes.values())).offer_id)
            assert first is not None
            late_by = first.expires_at - house.clock.now() + timedelta(seconds=1)
            house.clock.advance(max(late_by, timedelta(0)))
        played = {word: await scene.plays(word) for word, scene in scenes.items()}
        assert await house.broken_invariants() == ()
        return played


async def _scene(house: House, n: int, steps: Sequence[str]) -> Scene:
    """Open a job that only its own two drivers are asked about, or one driver alone."""
    numbers = [10 * n + 1, 10 * n + 2][: 1 if "alone" in steps else 2]
    drafts = [
        AgentDraft(f"Driver {i}", phone(i), priority=i, skills=(f"cell-{n}",)) for i in numbers
    ]
    await house.router.sync_agents(drafts, API)
    agents = {a.phone_e164: a.id for a in (await house.router.records.agents(limit=500)).rows}
    policy = next((m[1] for s in steps if (m := re.match("policy:(.*)", s))), "default")
    job_id = await house.offering(f"J-{n}", skills=(f"cell-{n}",), policy=policy)
    first = (await house.offers(job_id))[0]
    return Scene(house, job_id, [agents[phone(i)] for i in numbers], numbers, first.id)
