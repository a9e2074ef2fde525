"""A driver is forgotten: nothing names them any more, history keeps their id, work goes on."""

from __future__ import annotations

from typing import Any

import pytest

from core import models
from core.domain import OPERATOR
from core.outcomes import Forgotten, NotFound, NotPossible
from core.work import Work
from tests.house import House, phone

TABLES = [getattr(models, name)._meta.db_table for name in models.__all__]
NAME = "Wilhelmina"


async def everything(house: House) -> str:
    """Return the whole record as text, bytes read as UTF-8."""
    rows: list[Any] = []
    for table in TABLES:
        for row in await house.rows(f"SELECT * FROM {table}"):
            rows += [v.decode() if isinstance(v, bytes) else str(v) for v in row.values()]
    return "\n".join(rows)


async def test_nothing_is_left_of_a_forgotten_driver_but_their_id(house: House) -> None:
    await house.drivers(NAME, "Two")
    job_id = await house.offering()
    await house.writes(1, "who is this")
    await house.writes(1, "my back hurts")
    await house.writes(1, "NO")
    await house.says(2, "NO", external_id="two-1")
    await house.job("OTHER")
    await house.relay.drain()
    before = await house.story(job_id)
    for words in (NAME, phone(1), "back hurts", "who is this"):
        assert words in await everything(house), words
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)
    left = await everything(house)
    for words in (NAME, phone(1), "back hurts", "who is this"):
        assert words not in left, words
    assert phone(2) in left
    assert await house.story(job_id) == before
    assert [o.agent_id for o in await house.offers(job_id)] == [1, 2]
    assert await house.router.records.agent(1) is None
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1, repeated=True)
    assert await house.router.forget_agent(9, OPERATOR) == NotFound("agent")


async def test_who_holds_an_open_offer_or_a_job_is_not_forgotten_and_nothing_changes(
    house: House,
) -> None:
    await house.drivers(NAME, "Two")
    job_id = await house.offering()
    refused = await house.router.forget_agent(1, OPERATOR)
    assert refused == NotPossible(f"{NAME} still has an open offer of job {job_id}")
    assert (await house.says(1, "YES")).code == "accepted"
    refused = await house.router.forget_agent(1, OPERATOR)
    assert refused == NotPossible(f"{NAME} still has job {job_id}")
    agent = await house.router.records.agent(1)
    assert agent is not None
    assert (agent.name, agent.active) == (NAME, True)
    await house.router.complete(job_id, OPERATOR)
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)


async def test_a_forgotten_driver_is_not_asked_and_a_stranger_when_they_write(house: House) -> None:
    await house.drivers(NAME, "Two")
    job_id = await house.offering()
    await house.told()
    await house.passes(minutes=31)
    assert (await house.says(1, "YES")).code == "standby"
    await house.told()
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)
    assert (await house.says(1, "YES")).code == "unknown_agent"
    await house.writes(1, "YES")
    assert [m.facts["outcome"] for m in await house.told(phone(1))] == ["unknown_sender"]
    await house.passes(minutes=31)
    assert (await house.shown(job_id)).status == "uncovered"
    other = await house.offering("OTHER")
    assert [o.agent_id for o in await house.offers(other)] == [2]
    assert await house.heard(1) == []


async def test_the_same_person_may_come_back_as_somebody_new(house: House) -> None:
    await house.drivers(NAME)
    await house.router.forget_agent(1, OPERATOR)
    assert await house.drivers("New name") == [2]


async def test_forgetting_goes_on_after_a_crash_half_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.drivers(NAME)
    job_id = await house.offering()
    await house.says(1, "my back hurts")
    await house.says(1, "NO")

    async def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("core.router.forgetting.end_forgetting", crash)
        with pytest.raises(RuntimeError):
            await house.router.forget_agent(1, OPERATOR)
    assert (await house.says(1, "YES")).code == "unknown_agent"
    assert await house.router.forget_agent(1, OPERATOR) == Forgotten(1)
    left = await everything(house)
    assert NAME not in left
    assert phone(1) not in left
    assert (await house.shown(job_id)).status == "uncovered"


async def test_a_driver_may_have_everything_that_is_kept_about_them(house: House) -> None:
    await house.drivers(NAME, "Two")
    job_id = await house.offering()
    await house.says(1, "my back hurts")
    await house.says(1, "NO")
    await house.relay.drain()
    data = await house.router.agent_data(1)
    assert data is not None
    assert data["agent"]["name"] == NAME
    assert [a["handle"] for a in data["addresses"]] == [phone(1)]
    assert [o["job_id"] for o in data["offers"]] == [job_id]
    assert "my back hurts" in data["received"][0]["payload"]
    assert data["sent"][0]["facts"]["reference"] == "VC8Y-3"
    assert {"offered", "declined"} <= {e["kind"] for e in data["history"]}
    assert phone(2) not in str({**data, "received": ()})
    assert await house.router.agent_data(9) is None


async def test_an_offer_made_while_its_driver_is_forgotten_is_decided_anew(house: House) -> None:
    """The roster was read before, the offer is opened after."""
    await house.drivers(NAME, "Two")
    job_id = await house.approved()
    started = False

    async def start(work: Work) -> Any:
        nonlocal started
        from core.models import Agent
        from core.router.offering import start_offers

        if not started:
            started = True
            step = start_offers(work, job_id, OPERATOR)
            await Agent.filter(id=1).update(forgotten_at=work.now)
            return await step
        return await start_offers(work, job_id, OPERATOR)

    await house.router.do(start)
    assert [o.agent_id for o in await house.offers(job_id)] == [2]
