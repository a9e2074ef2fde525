"""Three routers, relays and readers on one database: each step is done by one of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from core.inbox.acting import act_on_entry
from core.inbox.claiming import claim_entries
from core.outbox import relay
from core.outbox.claims import claim
from core.outbox.leasing import LEASE
from tests.house import House, phone
from tests.replicas.offices import drain_all, sent, tick_all, until

DRIVERS = [f"Driver {n}" for n in range(1, 21)]
JOBS = 15


async def test_three_relays_send_each_message_once(offices: list[House]) -> None:
    await offices[0].drivers(*DRIVERS)
    for number in range(5):
        await offices[number % 3].offering(f"R-{number}", policy="broadcast")
    await drain_all(offices)
    queued = await offices[0].rows("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
    assert [(row["state"], row["n"]) for row in queued if row["state"] != "dropped"] == [
        ("sent", len(DRIVERS) * 5)
    ]
    assert set(Counter(m.token for m in sent(offices)).values()) == {1}
    assert not any(m.repeat for m in sent(offices))


async def test_a_backlog_that_leaves_late_is_sent_once_with_its_window_moved_once(
    offices: list[House],
) -> None:
    await offices[0].drivers(*DRIVERS)
    jobs = [await offices[n % 3].offering(f"R-{n}", policy="batch") for n in range(20)]
    offices[0].clock.advance(timedelta(minutes=5))
    await drain_all(offices)
    assert set(Counter(m.token for m in sent(offices)).values()) == {1}
    for job_id in jobs:
        assert Counter(await offices[0].story(job_id))["expiry_moved"] == 2


async def test_three_ticks_at_once_settle_each_expiry_once(offices: list[House]) -> None:
    await offices[0].drivers("One", "Two")
    jobs = [await offices[n % 3].offering(f"R-{n}") for n in range(JOBS)]
    assert await tick_all(offices, minutes=30) == (JOBS, JOBS, 0)
    assert await tick_all(offices, minutes=30) == (JOBS, 0, 0)
    for job_id in jobs:
        story = Counter(await offices[0].story(job_id))
        assert (story["timed_out"], story["uncovered"], story["alerted"]) == (2, 1, 1)


async def test_three_ticks_at_once_raise_and_repeat_each_alert_once(offices: list[House]) -> None:
    for number in range(JOBS):
        await offices[number % 3].job(f"R-{number}")
    for _ in range(2):
        assert await tick_all(offices, minutes=15) == (0, 0, JOBS)
        await drain_all(offices)
    said = Counter(
        (m.facts["alert_id"], m.facts["times_said"]) for m in sent(offices) if "alert_id" in m.facts
    )
    assert len(said) == 2 * JOBS
    assert set(said.values()) == {1}


async def test_three_readers_act_on_each_answer_once(offices: list[House]) -> None:
    await offices[0].drivers(*DRIVERS)
    job_id = await offices[0].offering(policy="broadcast")
    for number in range(1, len(DRIVERS) + 1):
        office = offices[number % 3]
        await office.channels["console"].inject(phone(number), "NO", external_id=f"m-{number}")
    await asyncio.gather(*(office.reader.drain() for office in offices))
    assert Counter(await offices[0].story(job_id))["declined"] == len(DRIVERS)
    states = await offices[0].rows("SELECT DISTINCT state, attempts FROM inbox")
    assert [(row["state"], row["attempts"]) for row in states] == [("handled", 1)]


async def test_an_entry_received_by_two_replicas_is_kept_once(offices: list[House]) -> None:
    await offices[0].drivers("One")
    await offices[0].offering()
    kept = await asyncio.gather(
        *(o.channels["console"].inject(phone(1), "NO", external_id="m-1") for o in offices)
    )
    assert sorted(kept) == [False, False, True]


async def test_what_waits_behind_a_message_in_anothers_hand_does_not_make_a_relay_spin(
    offices: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, _ = offices
    await one.drivers("One")
    for number in range(2):
        await one.offering(f"R-{number}")
    while await one.router.do(claim, 1):
        pass  # one message of each handle is in hand now, the next ones wait behind them
    stop, pauses = asyncio.Event(), []

    async def note(*_events: asyncio.Event, within: float) -> bool:
        pauses.append(within)
        stop.set()
        return True

    monkeypatch.setattr(relay, "happens", note)
    await two.relay.run(stop)
    assert pauses == [relay.IDLE_SECONDS]


async def test_messages_of_a_replica_that_died_are_sent_by_another_as_repeats(
    offices: list[House],
) -> None:
    dead, alive, _ = offices
    await dead.drivers("One")
    await dead.offering()
    taken = await dead.router.do(claim, 10)
    assert await alive.relay.drain() == 0
    alive.clock.advance(LEASE)
    await drain_all(offices[1:])
    assert Counter(m.token for m in sent(offices)) == Counter(m.token for m in taken)
    assert all(m.repeat for m in sent(offices))


async def test_a_replica_that_was_only_slow_settles_nothing_a_second_time(
    offices: list[House],
) -> None:
    slow, quick, _ = offices
    await slow.drivers("One")
    await slow.offering()
    slow.channels["console"].hang(phone(1))
    sending = asyncio.ensure_future(slow.relay.drain())
    await until(lambda: quick.rows("SELECT 1 FROM outbox WHERE leased_until IS NOT NULL"))
    quick.clock.advance(LEASE)
    await quick.relay.drain()
    before = await quick.rows("SELECT id, state, settled_at, receipt FROM outbox ORDER BY id")
    slow.channels["console"].recover(phone(1))
    await sending
    assert await quick.rows("SELECT id, state, settled_at, receipt FROM outbox ORDER BY id") == (
        before
    )


async def test_answers_in_the_hand_of_a_replica_that_died_are_read_by_another_once(
    offices: list[House],
) -> None:
    dead, alive, _ = offices
    await dead.drivers("One", "Two")
    job_id = await dead.offering()
    await dead.channels["console"].inject(phone(1), "NO")
    (entry,) = await dead.router.do(claim_entries, 10)
    assert await alive.reader.drain() == 0
    alive.clock.advance(timedelta(seconds=30))
    assert await alive.reader.drain() == 1
    meaning = await dead.channels["console"].read(entry.payload)
    assert not await dead.router.do(act_on_entry, entry.id, meaning)
    assert Counter(await alive.story(job_id))["declined"] == 1


async def test_a_second_answer_waits_for_the_first_that_a_replica_which_died_had_in_hand(
    offices: list[House],
) -> None:
    dead, alive, _ = offices
    await dead.drivers("One", "Two")
    job_id = await dead.offering()
    await dead.channels["console"].inject(phone(1), "YES")
    assert len(await dead.router.do(claim_entries, 10)) == 1
    await alive.channels["console"].inject(phone(1), "NO")
    await alive.channels["console"].inject(phone(2), "STATUS")
    assert await alive.reader.drain() == 1
    alive.clock.advance(timedelta(seconds=30))
    assert await alive.reader.drain() == 2
    assert [offer.status for offer in await alive.offers(job_id)] == ["accepted"]
