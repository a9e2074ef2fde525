"""The same external message again and again, at once and later: one effect, one answer."""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any

from core.outcomes import ReplyAnswer
from tests.fire.checker import judge
from tests.fire.ground import Place, Plan, Report
from tests.fire.record import read_record
from tests.house import House, open_house, phone

TIMES = 10  # so often does each message come
MESSAGES_A_DATABASE = 100
DRIVERS = 6
WORDS = ("YES", "NO", "NO", "DROP", "no, too far", "yes but 15:00")


async def run(plan: Plan) -> Report:
    """Deliver every message ten times; half by webhook, half by a channel."""
    report = Report()
    left, number = plan.amount(2_000, 20_000) // TIMES // 2, 0  # on each of two databases
    while left and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            messages = min(left, MESSAGES_A_DATABASE)
            await _replay(place, report, messages, plan.random("replays", number))
        left, number = left - messages, number + 1
    return report


async def _replay(place: Place, report: Report, messages: int, random: Random) -> None:
    said: list[tuple[int, str, str, int]] = []
    answers: dict[str, ReplyAnswer] = {}
    async with open_house(place.url) as house:
        await house.drivers(*(f"Driver {n}" for n in range(1, DRIVERS + 1)))
        jobs = [await house.offering(f"J-{n}") for n in range(max(1, messages // 4))]
        for number in range(messages):
            driver, word = random.randint(1, DRIVERS), random.choice(WORDS)
            said.append((driver, word, f"m-{number}", random.choice(jobs)))
            first = await _deliver(house, said[-1], 4)
            report.findings += _unlike(said[-1], first, answers)
        before = await _effects(house)
    async with open_house(place.url) as house:  # another process would know no more than this
        random.shuffle(said)
        for message in said:
            report.findings += _unlike(message, await _deliver(house, message, TIMES - 4), answers)
        await house.reader.drain()
        after = await _effects(house)
        if before != after:
            changed = [name for name in before if before[name] != after[name]]
            report.findings.append(f"replays had effects: {changed}")
        report.findings += judge(await read_record(house.router.runner))
        report.findings += [f"auditor: {s}" for s in await house.broken_invariants()]
    report.add(messages=messages, deliveries=messages * TIMES)


async def _deliver(
    house: House, message: tuple[int, str, str, int], times: int
) -> list[ReplyAnswer | None]:
    """Deliver one message several times at once, the way it always comes."""
    driver, word, name, job_id = message
    if int(name.removeprefix("m-")) % 2:
        sent = (house.says(driver, word, job_id=job_id, external_id=name) for _ in range(times))
        return list(await asyncio.gather(*sent))
    inject = house.channels["console"].inject
    button = job_id  # the first offer of each job has the job's number
    sent_twice = (
        inject(phone(driver), word, offer_id=button, external_id=name) for _ in range(times)
    )
    await asyncio.gather(*sent_twice)
    await house.reader.drain()
    return [None] * times


def _unlike(
    message: tuple[int, str, str, int],
    told: list[ReplyAnswer | None],
    answers: dict[str, ReplyAnswer],
) -> list[str]:
    """Return a finding for every answer that is unlike the first one to the same message."""
    name = message[2]
    return [
        f"message {name} was answered {answers[name]} and then {answer}"
        for answer in told
        if answer is not None and answers.setdefault(name, answer) != answer
    ]


async def _effects(house: House) -> dict[str, Any]:
    """Return everything that a message may have an effect on."""
    tables = {
        "jobs": "SELECT id, status, assigned_agent_id, round FROM jobs ORDER BY id",
        "offers": "SELECT id, status, reserved_at, drop_asked_at FROM offers ORDER BY id",
        "events": "SELECT COUNT(*) AS n FROM events",
        "inbox": "SELECT id, state, answer FROM inbox ORDER BY id",
        "outbox": "SELECT COUNT(*) AS n FROM outbox",
        "alerts": "SELECT COUNT(*) AS n FROM alerts",
        "addresses": "SELECT id, state FROM addresses ORDER BY id",
    }
    return {
        name: json.dumps(await house.rows(sql), default=str, sort_keys=True)
        for name, sql in tables.items()
    }
