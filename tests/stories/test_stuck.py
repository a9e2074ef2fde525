"""What is stuck goes on: entries are read again or resolved, failed messages sent again."""

from __future__ import annotations

from core.domain import MessageKind
from core.inbox.claiming import claim_entries
from core.memory import PluginMemory
from core.outbox.claims import claim
from core.outcomes import NotFound, NotPossible
from core.views import InboxView, OutboxView
from tests.house import JO, House, phone


async def states(house: House, table: str) -> list[str]:
    return [row["state"] for row in await house.rows(f"SELECT state FROM {table} ORDER BY id")]


async def test_an_answer_of_a_stranger_counts_once_the_stranger_is_known(house: House) -> None:
    await house.writes(1, "OFF")
    assert await states(house, "inbox") == ["ignored"]
    await house.drivers("One")
    again = await house.router.retry_entry(1)
    assert isinstance(again, InboxView)
    assert again.state == "stored"
    await house.reader.drain()
    assert await states(house, "inbox") == ["handled"]
    agent = await house.router.records.agent(1)
    assert agent is not None
    assert not agent.on_duty


async def test_what_was_acted_on_is_never_acted_on_again(house: House) -> None:
    await house.drivers("One")
    await house.writes(1, "OFF")
    refused = await house.router.retry_entry(1)
    assert isinstance(refused, NotPossible)
    assert "is handled" in refused.reason
    assert await house.router.retry_entry(9) == NotFound("inbox entry")


async def test_an_entry_that_waits_for_a_person_is_resolved_once(house: House) -> None:
    reader = house.reader
    await reader.store_for("gone").store("x-1", b"words", handle="x")
    for _ in range(3):
        await reader.drain()
        await house.passes(seconds=2)
    assert await states(house, "inbox") == ["needs_person"]
    shown = await house.router.entry(1)
    assert shown is not None
    assert (shown[0].channel, shown[1]) == ("gone", b"words")
    resolved = await house.router.resolve_entry(1, reason="rang them")
    assert isinstance(resolved, InboxView)
    assert (resolved.state, resolved.reason) == ("handled", "rang them")
    assert isinstance(await house.router.resolve_entry(1), NotPossible)
    assert await house.router.resolve_entry(9) == NotFound("inbox entry")
    assert await house.router.entry(9) is None


async def test_a_failed_message_goes_again_to_an_address_that_lives_again(house: House) -> None:
    await house.drivers("One", "Two")
    console = house.channels["console"]
    console.refuse(phone(1), "blocked")
    await house.says(1, "YES")
    job_id = await house.approved()
    await house.router.assign(job_id, 1, JO)
    await house.relay.drain()
    failed = (await house.router.records.outbox(state="failed")).rows
    assert [m.kind for m in failed] == ["booked"]
    console.recover(phone(1))
    again = await house.router.retry_message(failed[0].id)
    assert isinstance(again, OutboxView)
    assert again.state == "queued"
    assert "booked" in await house.heard(1)
    refused = await house.router.retry_message(failed[0].id)
    assert isinstance(refused, NotPossible)
    assert "only failed ones" in refused.reason
    assert await house.router.retry_message(99) == NotFound("outbox message")


async def test_a_failed_message_that_is_no_longer_true_is_dropped(house: House) -> None:
    await house.drivers("One", "Two")
    house.channels["console"].refuse(phone(1), "blocked")
    await house.offering()
    await house.relay.drain()
    (failed,) = (await house.router.records.outbox(state="failed")).rows
    assert failed.kind == "offer"
    house.channels["console"].recover(phone(1))
    await house.router.retry_message(failed.id)
    assert await house.heard(1) == []
    assert "dropped" in await states(house, "outbox")


async def test_alone_with_the_database_nobody_waits_for_what_a_killed_process_held(
    house: House,
) -> None:
    await house.drivers("One")
    await house.offering()
    held = await house.router.do(claim, 10)
    assert held
    await house.channels["console"].inject(phone(1), "OFF")
    assert await house.router.do(claim_entries, 10)
    dead, alive = (
        PluginMemory(house.router.runner, house.clock, name).leases_for("chat")
        for name in ("dead", "alive")
    )
    assert await dead.hold("poller", 60)
    await house.router.take_over()
    alone = house.router.runner.dialect == "sqlite"
    assert await alive.hold("poller", 60) is alone
    assert bool(await house.reader.drain()) is alone
    repeats = [m.repeat for m in await house.told(phone(1)) if m.kind is MessageKind.OFFER]
    assert repeats == ([True] if alone else [])
