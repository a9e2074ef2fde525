"""Each deed of a replay does what was recorded, and to nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core.channel import Done as Delivered
from core.domain import Verdict
from core.errors import StorageFault
from core.models import Agent
from core.rehearsal import Stage, open_stage
from core.rehearsal import stage as stages
from core.rehearsal.answering import drop_by_hand, fail_message, hear, read, send_late, store
from core.rehearsal.fleet import _bury
from core.rehearsal.past import Said
from core.router.hearing.delivered import deliver
from core.runner import Unit
from core.work import Work
from tests.house import JO, House, phone

AT_ONCE = timedelta(0)


def files_below(folder: Path) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file()]


async def test_of_what_came_in_only_the_named_is_read(house: House) -> None:
    (agent_id,) = await house.drivers("One")
    for name in ("one", "two"):
        await house.router.do(store, name, agent_id, None)
    await house.router.do(read, "one")
    entries = await house.rows("SELECT external_id, state, handled_at FROM inbox ORDER BY id")
    assert [(row["external_id"], row["state"]) for row in entries] == [
        ("one", "handled"),
        ("two", "stored"),
    ]
    assert [row["handled_at"] is None for row in entries] == [False, True]
    await house.router.do(read, "two")


@pytest.mark.parametrize(("sure", "status"), [(True, "assigned"), (False, "uncovered")])
async def test_an_answer_that_is_only_supposed_counts_while_the_offer_is_open(
    house: House, sure: bool, status: str
) -> None:
    (agent_id,) = await house.drivers("One")
    job_id = await house.offering()
    offer_id = (await house.offers(job_id))[0].id
    await house.passes(minutes=31)
    said = Said(Verdict.YES, AT_ONCE, AT_ONCE, 0.0, sure=sure)
    await house.router.do(store, "late", agent_id, Verdict.YES)
    await house.router.do(hear, "late", offer_id, said)
    assert (await house.shown(job_id)).status == status


async def test_a_supposed_answer_to_an_open_offer_counts(house: House) -> None:
    (agent_id,) = await house.drivers("One")
    job_id = await house.offering()
    offer_id = (await house.offers(job_id))[0].id
    await house.router.do(store, "yes", agent_id, Verdict.YES)
    said = Said(Verdict.YES, AT_ONCE, AT_ONCE, 0.0, sure=False)
    await house.router.do(hear, "yes", offer_id, said)
    assert (await house.shown(job_id)).status == "assigned"


async def test_only_who_holds_a_job_drops_it(house: House) -> None:
    holder, other = await house.drivers("One", "Two")
    job_id = await house.job()
    await house.router.assign(job_id, holder, JO)
    for _ in range(2):
        await house.router.do(drop_by_hand, job_id, other)
    assert (await house.shown(job_id)).status == "assigned"
    for _ in range(2):
        await house.router.do(drop_by_hand, job_id, holder)
    assert (await house.shown(job_id)).status != "assigned"
    before = await house.story(job_id)
    await house.router.do(drop_by_hand, job_id, holder)
    assert await house.story(job_id) == before


async def test_a_job_that_is_over_is_dropped_no_more(house: House) -> None:
    (holder,) = await house.drivers("One")
    job_id = await house.job()
    await house.router.assign(job_id, holder, JO)

    async def delivered(work: Work) -> None:
        await deliver(work, await Agent.get(id=holder), Delivered(phone(1)))

    await house.router.do(delivered)
    before = await house.story(job_id)
    assert before[-1] == "completed"
    await house.router.do(drop_by_hand, job_id, holder)
    assert await house.story(job_id) == before


async def test_a_message_that_leaves_late_moves_the_end_of_an_open_offer_only(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    ended = (await house.offers(job_id))[0]
    await house.says(1, "NO")
    still_open = (await house.offers(job_id))[1]
    for offer in (ended, still_open):
        await house.router.do(send_late, offer.id, timedelta(minutes=2))
    moved = [offer.expires_at for offer in await house.offers(job_id)]
    assert moved == [ended.expires_at, still_open.expires_at + timedelta(minutes=2)]
    await house.says(2, "YES")
    before = await house.story(job_id)
    await house.router.do(send_late, still_open.id, timedelta(minutes=2))
    assert await house.story(job_id) == before


async def test_a_message_fails_once_by_its_number_and_not_after_it_was_sent(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    offer_id = (await house.offers(job_id))[0].id
    await house.router.do(fail_message, offer_id, 1)  # there is but one
    assert [offer.status for offer in await house.offers(job_id)] == ["sent"]
    await house.relay.drain()
    await house.router.do(fail_message, offer_id, 0)
    assert [offer.status for offer in await house.offers(job_id)] == ["sent"]


async def test_a_message_that_was_not_sent_yet_fails(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    offer_id = (await house.offers(job_id))[0].id
    await house.router.do(fail_message, offer_id, 0)
    assert [offer.status for offer in await house.offers(job_id)] == ["undeliverable"]


async def test_only_the_named_address_dies_and_only_if_it_is_usable(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    await house.says(1, "STOP")
    for row in await house.rows("SELECT id FROM addresses WHERE agent_id < 3"):
        await house.router.do(_bury, row["id"])
    states = await house.rows("SELECT state FROM addresses ORDER BY agent_id")
    assert [row["state"] for row in states] == ["opted_out", "undeliverable", "usable"]


async def test_a_scratch_record_is_closed_and_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_unit: Unit) -> None:
        return None

    monkeypatch.setattr(stages, "IN_MEMORY", tmp_path)
    async with open_stage() as stage:
        async with stage.scratch() as runner:
            await runner.read(nothing)
        with pytest.raises(StorageFault, match="closed"):
            await runner.read(nothing)
        assert files_below(tmp_path) == [stages.MIGRATED]
    assert files_below(tmp_path) == []


async def test_a_machine_without_a_folder_in_memory_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "IN_MEMORY", tmp_path / "missing")
    async with open_stage() as stage:
        assert isinstance(stage, Stage)
