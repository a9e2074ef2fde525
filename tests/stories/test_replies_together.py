"""Answers that come at the same moment: what is written is what each alone would have written."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.domain import API, Policy
from core.outcomes import ReplyAnswer
from core.runner import migrate
from tests.house import JO, House, open_house

NAMES = tuple(f"Driver {n}" for n in range(1, 9))
TABLES = ("jobs", "offers", "inbox", "outbox", "events", "alerts", "agents")

Saying = tuple[int, str, dict[str, Any]]  # driver, words, what they name


async def one_job_each(house: House) -> list[int]:
    """Have every driver hold one open offer, of a job that nobody else is asked about."""
    await house.drivers(*NAMES)
    jobs = []
    for number in range(1, len(NAMES) + 1):
        for other in range(1, len(NAMES) + 1):
            await house.router.set_duty(other, other == number, API)
        jobs.append(await house.offering(f"R-{number}"))
    return jobs


async def say_at_once(house: House, said: Sequence[Saying]) -> list[ReplyAnswer]:
    return await asyncio.gather(*(house.says(n, text, **named) for n, text, named in said))


async def say_in_turn(house: House, said: Sequence[Saying]) -> list[ReplyAnswer]:
    return [await house.says(n, text, **named) for n, text, named in said]


async def record(house: House) -> dict[str, list[dict[str, Any]]]:
    return {table: await house.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


async def test_what_is_written_together_is_what_each_would_have_written(tmp_path: Path) -> None:
    first, second = tmp_path / "first.sqlite3", tmp_path / "second.sqlite3"
    await migrate(f"sqlite://{first}")
    async with open_house(f"sqlite://{first}") as house:
        await one_job_each(house)
    shutil.copy(first, second)
    said: list[Saying] = [
        (1, "YES", {}),
        (2, "yes please", {"external_id": "m-2"}),
        (3, "Yes.", {"job_id": 3}),
        (4, "OK", {}),
        (6, "YES", {"offer_id": 6}),
    ]
    async with open_house(f"sqlite://{first}") as house:
        in_turn, kept = await say_in_turn(house, said), await record(house)
    async with open_house(f"sqlite://{second}") as house:
        at_once, kept_at_once = await say_at_once(house, said), await record(house)
    assert at_once == in_turn
    assert [answer.code for answer in at_once] == ["accepted"] * len(said)
    for table in TABLES:
        assert _without_order(kept_at_once[table]) == _without_order(kept[table]), table


def _without_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without their own id: words that name a job are read after those that do not."""
    kept = [{key: value for key, value in row.items() if key != "id"} for row in rows]
    return sorted(kept, key=str)


async def test_everything_else_among_them_is_heard_for_itself(house: House) -> None:
    await one_job_each(house)
    answers = await say_at_once(
        house,
        [
            (1, "YES", {}),
            (2, "NO", {}),
            (3, "YES", {}),
            (4, "perhaps", {}),
            (5, "YES", {}),
            (99, "YES", {}),
            (6, "HELP", {}),
            (7, "YES 99", {}),
            (8, "YES", {}),
        ],
    )
    assert [answer.code for answer in answers] == [
        "accepted",
        "declined_advanced",
        "accepted",
        "unrecognized_response",
        "accepted",
        "unknown_agent",
        "help",
        "unrecognized_response",
        "accepted",
    ]
    entries = await house.rows("SELECT handle FROM inbox")
    assert len(entries) == 9


async def test_a_drivers_second_word_is_heard_after_the_first(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'dispatch.sqlite3'}"
    await migrate(url)
    async with open_house(url) as house:
        await one_job_each(house)
        said: list[Saying] = [(1, "YES", {}), (2, "NO", {}), (1, "NO", {}), (2, "YES", {})]
        answers = await say_at_once(house, [*said, (3, "YES", {})])
        assert [answer.code for answer in answers] == [
            "accepted",
            "declined_advanced",
            "confirm_drop",
            "standby",
            "accepted",
        ]


async def test_of_two_who_accept_the_same_job_at_once_one_has_it(database_url: str) -> None:
    async with open_house(database_url, policy=Policy(width=0)) as house:
        await house.drivers(*NAMES)
        jobs = [await house.offering(f"R-{n}") for n in range(1, 4)]
        said: list[Saying] = [
            (driver, "YES", {"offer_id": offer.id})
            for job_id in jobs
            for driver, offer in enumerate(await house.offers(job_id), start=1)
        ]
        answers = await say_at_once(house, said)
        assert sorted(a.code for a in answers).count("accepted") == 3
        assert {a.code for a in answers} == {"accepted", "already_covered"}
        assert [(await house.shown(j)).status for j in jobs] == ["assigned"] * 3
        assert await house.broken_invariants() == ()


@pytest.mark.parametrize("known_before", [False, True])
async def test_a_message_delivered_twice_at_once_counts_once(
    house: House, known_before: bool
) -> None:
    await one_job_each(house)
    if known_before:
        await house.says(1, "YES", external_id="m-1")
    answers = await say_at_once(
        house,
        [
            (1, "YES", {"external_id": "m-1"}),
            (2, "YES", {"external_id": "m-1"}),
            (3, "YES", {"external_id": "m-3"}),
        ],
    )
    assert [answer.code for answer in answers] == ["accepted"] * 3
    assert answers[1] == answers[0]  # it is the same message, whichever of the two was first
    assigned = [(await house.shown(job_id)).status == "assigned" for job_id in (1, 2, 3)]
    assert (assigned[0] != assigned[1], assigned[2]) == (True, True)


async def test_a_yes_at_once_with_a_cancel_does_not_bring_the_job_back(house: House) -> None:
    jobs = await one_job_each(house)
    called_off, kept, _ = await asyncio.gather(
        house.says(1, "YES"), house.says(2, "YES"), house.router.cancel(jobs[0], JO)
    )
    assert called_off.code in {"accepted", "job_cancelled"}
    assert kept.code == "accepted"
    assert (await house.shown(jobs[0])).status == "cancelled"


async def test_a_yes_that_ends_an_alert_or_other_offers_ends_them_among_others_too(
    database_url: str,
) -> None:
    async with open_house(database_url, policy=Policy(width=2)) as house:
        await house.drivers(*NAMES)
        shared = await house.offering("R-1")
        alone = await house.job("R-2")
        await house.router.approve(alone, JO)
        for driver in range(1, len(NAMES) + 1):
            await house.router.set_duty(driver, driver == 5, API)
        await house.start(alone)
        answers = await say_at_once(house, [(1, "YES", {}), (5, "YES", {})])
        assert [answer.code for answer in answers] == ["accepted", "accepted"]
        assert [o.status for o in await house.offers(shared)] == ["accepted", "rescinded"]
        assert await house.broken_invariants() == ()


async def test_a_bare_yes_of_a_driver_with_two_offers_stays_ambiguous_among_others(
    database_url: str,
) -> None:
    async with open_house(database_url, policy=Policy(width=2)) as house:
        await house.drivers(*NAMES)
        await house.offering("R-1")  # asks drivers 1 and 2
        for only in (1, 5):
            for driver in range(1, len(NAMES) + 1):
                await house.router.set_duty(driver, driver == only, API)
            await house.offering(f"S-{only}")
        answers = await say_at_once(house, [(1, "YES", {}), (5, "YES", {})])
        assert [answer.code for answer in answers] == ["ambiguous_reply", "accepted"]
