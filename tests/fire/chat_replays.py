"""The same chat updates again and again, out of order: no press and no word counts twice."""

from __future__ import annotations

import json
from random import Random

from tests.fire.ground import Place, Plan, Report
from tests.stories_chat.office import Office, open_office

TIMES = 10  # so often does each update come
UPDATES_AN_OFFICE = 100
DRIVERS = 8
WORDS = ("YES", "NO", "no, too far", "DROP", "yes but 15:00", "/jobs", "/off 2h", "/on")
TABLES = {
    "jobs": "SELECT id, status, assigned_agent_id, round FROM jobs ORDER BY id",
    "offers": "SELECT id, status, reason, reserved_at FROM offers ORDER BY id",
    "events": "SELECT COUNT(*) AS n FROM events",
    "inbox": "SELECT COUNT(*) AS n FROM inbox",
    "outbox": "SELECT COUNT(*) AS n FROM outbox",
    "alerts": "SELECT COUNT(*) AS n FROM alerts",
    "addresses": "SELECT id, state FROM addresses ORDER BY id",
}


async def run(plan: Plan) -> Report:
    """Play drivers in chat, then deliver all of it nine times more."""
    report = Report()
    left, number = plan.amount(2_000, 20_000) // TIMES, 0
    while left > 0 and not report.findings:
        with plan.ground.fresh(plan.dialect) as place:
            updates = min(left, UPDATES_AN_OFFICE)
            await _replay(place, report, updates, plan.random("chat", number))
        left, number = left - updates, number + 1
    return report


async def _replay(place: Place, report: Report, updates: int, random: Random) -> None:
    async with open_office(place.url) as office:
        drivers = await office.crowd(DRIVERS)
        for number in range(updates):
            if number % 4 == 0:
                await office.offers(f"J-{number}")
            driver = random.choice(drivers)
            pressable = [
                (str(button["callback_data"]), message)
                for message in driver.told
                for button in message.buttons
                if "callback_data" in button
            ]
            if pressable and random.random() < 0.5:
                driver.presses_data(*random.choice(pressable))
            else:
                driver.writes(random.choice(WORDS))
        await office.settles()
        before = await _effects(office)
        confirmed = list(office.chat.world.updates.confirmed)
        for _ in range(TIMES - 1):
            random.shuffle(confirmed)
            office.chat.redeliver(*confirmed)
            await office.settles()
        after = await _effects(office)
        if before != after:
            changed = [name for name in before if before[name] != after[name]]
            report.findings.append(f"replayed updates had effects: {changed}")
        report.findings += [f"auditor: {broken}" for broken in await office.broken_invariants()]
        report.add(updates=len(confirmed), deliveries=len(confirmed) * TIMES)


async def _effects(office: Office) -> dict[str, str]:
    """Return everything that an update may have an effect on."""
    found: dict[str, str] = {}
    for name, sql in TABLES.items():
        found[name] = json.dumps(await office.rows(sql), default=str, sort_keys=True)
    found["told"] = str([len(person.told) for person in office.chat.people.values()])
    return found
