"""Somebody else changes the job between a step's reading and its first write: it decides anew.

What the other did is played in the step's own unit, just before the write that must find it, and is
gone when the unit is taken back; so the second try finds the job as it was, and does the step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from core.channel import Done as Delivered
from core.domain import OPERATOR
from core.drafts import JobDraft, JobReading
from core.models import Agent, Job
from core.outcomes import Forgotten
from core.router.hearing.delivered import deliver
from core.router.hearing.job_changes import take_update
from core.router.moving import move_in, set_reachable
from core.rows import AGENTS, Rows
from core.runner import Unit
from core.work import Work
from tests.house import JO, NOON, House, phone

CANCELLED = "UPDATE jobs SET status = 'cancelled'"
EDITED = "UPDATE jobs SET version = version + 1"
HOLDING = ("hold", "hold_job", "move_job", "move_on")
Step = Callable[[House], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Lost:
    """A step that loses its job: what leads up to it, the step, how all ends in the end."""

    before: Step
    step: Step
    ends: str
    meanwhile: tuple[str, ...] = (CANCELLED,)


async def asked(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    await house.told()


async def booked(house: House) -> None:
    await asked(house)
    await house.says(1, "YES")


async def overtaken(house: House) -> None:
    await asked(house)
    await house.passes(minutes=31)


async def uncovered(house: House) -> None:
    await overtaken(house)
    await house.says(2, "NO")


async def reserved(house: House) -> None:
    await overtaken(house)
    assert (await house.says(1, "YES")).code == "standby"


async def given_by_hand(house: House) -> None:
    await house.drivers("One", "Two")
    await house.router.assign(await house.job(), 1, JO)


async def dropping(house: House) -> None:
    await booked(house)
    await house.says(1, "DROP")


async def dropping_what_was_given(house: House) -> None:
    await given_by_hand(house)
    await house.says(1, "DROP")


async def changed(house: House) -> None:
    await booked(house)
    await house.router.overrides.edit(1, {"origin": "Hull"}, JO)


async def approved(house: House) -> None:
    await house.drivers("One", "Two")
    await house.approved()


async def unsent(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    house.clock.advance(timedelta(minutes=1))


async def refused(house: House) -> None:
    await house.drivers("One", "Two")
    await house.offering()
    house.channels["console"].refuse(phone(1), "blocked")


async def new(house: House) -> None:
    await house.job()


def says(number: int, text: str) -> Step:
    return lambda house: house.says(number, text)


async def delivers(house: House) -> None:
    async def step(work: Work) -> None:
        await deliver(work, await Agent.get(id=1), Delivered(""))

    await house.router.do(step)


async def is_silent(house: House) -> None:
    await house.router.do(set_reachable, "console", phone(1), False)


async def has_a_new_handle(house: House) -> None:
    async def step(work: Work) -> None:
        await move_in(work, await Agent.get(id=1), "console", "elsewhere", JO)

    await house.router.do(step)


def describes_anew(**given: Any) -> Step:
    async def step(house: House) -> None:
        async def update(work: Work) -> None:
            draft = JobDraft("VC8Y-3", **{"origin": "Leeds", "destination": "York", **given})
            await take_update(work, await Job.get(id=1), JobReading(draft), JO)

        await house.router.do(update)

    return step


BOTH = (CANCELLED, EDITED)
STEPS = {
    "yes": Lost(asked, says(1, "YES"), "assigned", BOTH),
    "no": Lost(asked, says(1, "NO"), "offering"),
    "a late yes to a free job": Lost(uncovered, says(1, "YES"), "assigned", BOTH),
    "a late yes behind another": Lost(overtaken, says(1, "YES"), "offering", BOTH),
    "the no of a reserve": Lost(reserved, says(1, "NO"), "offering"),
    "the first drop": Lost(booked, says(1, "DROP"), "assigned"),
    "the second drop": Lost(dropping, says(1, "DROP"), "offering", BOTH),
    "the first drop of what was given": Lost(given_by_hand, says(1, "DROP"), "assigned", BOTH),
    "the second drop of that": Lost(dropping_what_was_given, says(1, "DROP"), "offering", BOTH),
    "yes to what it has become": Lost(changed, says(1, "YES"), "assigned", BOTH),
    "no to what it has become": Lost(changed, says(1, "NO"), "offering", BOTH),
    "stop": Lost(asked, says(1, "STOP"), "offering"),
    "delivered": Lost(booked, delivers, "completed"),
    "an edit": Lost(
        asked, lambda house: house.router.overrides.edit(1, {"notes": "new"}, JO), "offering", BOTH
    ),
    "a start": Lost(approved, lambda house: house.start(1), "offering", (EDITED,)),
    "a late message": Lost(unsent, lambda house: house.relay.drain(), "offering"),
    "a message that cannot be handed over": Lost(
        refused, lambda house: house.relay.drain(), "offering"
    ),
    "a handle that fell silent": Lost(asked, is_silent, "offering"),
    "a driver with a new handle": Lost(asked, has_a_new_handle, "offering"),
    "a mail that changes an undecided job": Lost(
        new, describes_anew(notes="new"), "needs_approval", BOTH
    ),
    "a mail that proposes a change": Lost(asked, describes_anew(origin="Hull"), "offering"),
}


def losing(monkeypatch: pytest.MonkeyPatch, change: str) -> list[bool]:
    """Play the change before the first hold of the job from here on; return how holds end."""
    ended: list[bool] = []

    def racing(real: Any) -> Any:
        async def hold(work: Work, *given: Any, **named: Any) -> bool:
            if not ended:
                await work.unit.execute(change)
            ended.append(False)
            ended[-1] = await real(work, *given, **named)
            return ended[-1]

        return hold

    for name in HOLDING:
        monkeypatch.setattr(Work, name, racing(getattr(Work, name)))
    return ended


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name in STEPS for change in STEPS[name].meanwhile]
)
async def test_a_step_that_lost_its_job_meanwhile_decides_anew(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, change: str
) -> None:
    lost = STEPS[name]
    await lost.before(house)
    ended = losing(monkeypatch, change)
    await lost.step(house)
    job = await house.shown(1)
    assert ended[:2] == [False, True], "it did not find the job, and was tried again"
    assert job.status == lost.ends


async def test_who_would_wait_with_an_offer_that_ended_meanwhile_is_judged_anew(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await overtaken(house)
    ended = losing(monkeypatch, "UPDATE offers SET status = 'rescinded' WHERE id = 1")
    assert (await house.says(1, "YES")).code == "standby"
    assert ended == [True, True]
    assert [offer.status for offer in await house.offers(1)] == ["timed_out", "sent"]


async def test_a_reserve_that_was_released_meanwhile_is_not_released_by_being_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reserved(house)
    losing(monkeypatch, "UPDATE offers SET reserved_at = NULL")
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)
    assert "reserve_released" not in await house.story(1)


async def test_a_confirmation_that_is_overdue_gives_back_nothing_that_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await changed(house)
    ended = losing(monkeypatch, CANCELLED)
    await house.passes(minutes=31)
    assert ended[0] is False
    assert (await house.shown(1)).status == "cancelled"
    assert [offer.status for offer in await house.offers(1)] == ["accepted"]
    await house.router.do(_as_before)


async def _as_before(work: Work) -> None:
    """Take back what was done to the job's row alone, so that the auditor finds what it knows."""
    await work.unit.execute("UPDATE jobs SET status = 'assigned'")


async def test_a_driver_who_was_forgotten_since_the_roster_was_read_is_not_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await approved(house)
    found: list[int] = []
    real = Rows.change

    async def racing(rows: Rows[Any], unit: Unit, where: str, *given: Any, **named: Any) -> int:
        if rows is AGENTS and not found:
            await unit.execute("UPDATE agents SET forgotten_at = $1 WHERE id = 1", NOON)
        changed = await real(rows, unit, where, *given, **named)
        found.extend([changed] if rows is AGENTS else [])
        return changed

    monkeypatch.setattr(Rows, "change", racing)
    await house.start(1)
    assert found == [0, 1], "the first try was taken back, and with it that One was forgotten"
    assert len(await house.offers(1)) == 1
