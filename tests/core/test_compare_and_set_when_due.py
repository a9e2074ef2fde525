"""What the clock, the relay and alerts do, they do while it is due and once; never to others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.cascade.covering import release_reserves
from core.channel import DeliveryReport, Receipt
from core.domain import OutboxState
from core.inbox.acting import act_on_entry
from core.inbox.claiming import claim_entries
from core.memory import PluginMemory
from core.models import InboxEntry, Job, Offer, OutboxMessage
from core.outbox.claims import Claimed, claim
from core.outbox.settling import fail, handed_over, try_later
from core.outcomes import Invited
from core.router.hearing.reports import note_delivery
from core.router.linking import link_by_token
from core.router.offering import expire_offers, remind
from core.router.reply_steps import add_reason
from core.router.stuck import end_leases
from core.router.tick import act_on_job, alert_risk
from core.work import Work
from tests.core.lives import put, table
from tests.house import JO, NOON, House, phone

SETTLED = "UPDATE outbox SET state = $1, reason = 'so it was' WHERE id = $2"


LATER = NOON + timedelta(hours=1)


async def test_the_clock_acts_on_no_job_before_its_time(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(pickup_in=timedelta(hours=8))
    await put(house, "UPDATE jobs SET next_action = 'cascade', next_action_at = $1", LATER)
    await put(house, "UPDATE jobs SET risk_at = $1", LATER)
    before = await table(house, "jobs"), await table(house, "alerts")
    assert await house.router.do(act_on_job, job_id) == (0, 0)
    assert await house.router.do(alert_risk, job_id) == 0
    assert (await table(house, "jobs"), await table(house, "alerts")) == before
    house.clock.set(LATER)
    assert [await house.router.do(alert_risk, job_id) for _ in range(2)] == [1, 0]


async def test_no_offer_is_timed_out_before_its_end_and_each_once(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    assert await house.router.do(expire_offers, job_id) == (0, 0)
    house.clock.advance(timedelta(minutes=30))
    assert [await house.router.do(expire_offers, job_id) for _ in range(2)] == [(1, 1), (0, 0)]
    assert [o.status for o in await house.offers(job_id)] == ["timed_out", "sent"]


async def test_an_offer_is_reminded_of_when_that_is_due_while_it_is_open_and_once(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    await house.offering("A-1", policy="reminding")
    await house.offering("A-2", policy="reminding")
    assert await house.router.do(remind, 1) is False
    house.clock.advance(timedelta(minutes=16))
    assert [await house.router.do(remind, 1) for _ in range(2)] == [True, False]
    await put(house, "UPDATE offers SET status = 'timed_out', closed_at = $1 WHERE id = 2", NOON)
    assert await house.router.do(remind, 2) is False
    await put(house, "UPDATE offers SET status = 'sent', closed_at = NULL WHERE id = 2")


async def test_nobody_is_released_who_is_no_reserve(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()

    async def release(work: Work) -> None:
        await release_reserves(work, await Job.get(id=job_id), JO, "filled")

    before = await house.story(job_id)
    await house.router.do(release)
    assert await house.story(job_id) == before


async def claimed(house: House) -> Claimed:
    """Have one offer claimed by a relay, while two more messages wait elsewhere."""
    await house.drivers("One", "Two")
    await house.offering("A-1")
    return next(one for one in await house.router.do(claim, 10) if one.handle == phone(1))


async def the_message(house: House, message_id: int) -> dict[str, Any]:
    return (await house.rows("SELECT * FROM outbox WHERE id = $1", message_id))[0]


async def test_a_message_that_another_relay_settled_stays_as_it_is(house: House) -> None:
    one = await claimed(house)
    for state in (OutboxState.SENT, OutboxState.FAILED, OutboxState.DROPPED):
        await put(house, SETTLED, state.value, one.id)
        before = await the_message(house, one.id)
        await house.router.do(try_later, one, "busy")
        assert await house.router.do(handed_over, one, Receipt({})) is False
        assert await the_message(house, one.id) == before


async def test_a_message_that_ended_does_not_fail_afterwards(house: House) -> None:
    one = await claimed(house)
    for state in (OutboxState.DELIVERED, OutboxState.DROPPED, OutboxState.FAILED):
        await put(house, SETTLED, state.value, one.id)
        before = await the_message(house, one.id), await table(house, "addresses")
        for dead in (True, False):
            await house.router.do(fail, one.id, "bounced", address_is_dead=dead)
        assert (await the_message(house, one.id), await table(house, "addresses")) == before
        assert await house.alerts() == []


async def test_an_address_that_opted_out_is_not_made_undeliverable(house: House) -> None:
    one = await claimed(house)
    await put(house, "UPDATE addresses SET state = 'opted_out' WHERE agent_id = 1")
    before = await table(house, "addresses")
    await house.router.do(fail, one.id, "bounced", address_is_dead=True)
    assert await table(house, "addresses") == before


async def test_a_report_of_arrival_counts_for_what_was_sent_only(house: House) -> None:
    one = await claimed(house)
    report = DeliveryReport(one.token, delivered=True)
    for state in (OutboxState.FAILED, OutboxState.DROPPED):
        await put(house, SETTLED, state.value, one.id)
        before = await the_message(house, one.id)
        await house.router.do(note_delivery, report)
        assert await the_message(house, one.id) == before
    await put(house, "UPDATE outbox SET state = 'sent' WHERE id = $1", one.id)
    await house.router.do(note_delivery, report)
    assert (await the_message(house, one.id))["state"] == "delivered"


async def due_at(house: House, *tokens: str) -> dict[str, Any]:
    async def step(work: Work) -> dict[str, Any]:
        rows = await OutboxMessage.filter(token__in=list(tokens))
        return {row.token: row.due_at for row in rows}

    return await house.router.do(step)


async def test_who_asks_for_a_pause_has_only_what_waits_for_them_wait(house: House) -> None:
    one = await claimed(house)
    due = {"waits": NOON, "later": LATER, "leased": NOON, "sent": NOON, "other": NOON, "mail": NOON}

    async def step(work: Work) -> None:
        for name, at in due.items():
            await OutboxMessage.create(
                token=name,
                kind="answer",
                channel="email" if name == "mail" else "console",
                handle=phone(2) if name == "other" else phone(1),
                facts={},
                state="sent" if name == "sent" else "queued",
                leased_until=LATER if name == "leased" else None,
                created_at=NOON,
                due_at=at,
            )

    await house.router.do(step)
    await house.router.do(try_later, one, "slow down", 60)
    assert await due_at(house, *due) == {**due, "waits": NOON + timedelta(seconds=60)}


async def test_an_entry_is_acted_on_once(house: House) -> None:
    await house.drivers("One")
    await house.channels["console"].inject(phone(1), "STATUS")
    (entry,) = await house.router.do(claim_entries, 1)
    meaning = await house.channels["console"].read(entry.payload)
    assert [await house.router.do(act_on_entry, entry.id, meaning) for _ in range(2)] == [
        True,
        False,
    ]
    assert len(await house.heard(1)) == 1


async def test_a_lease_is_given_back_by_its_holder_alone(house: House) -> None:
    first, second = (
        PluginMemory(house.router.runner, house.clock, holder).leases_for("chat")
        for holder in ("first", "second")
    )
    assert await first.hold("poller", 60)
    assert await first.hold("sender", 60)
    await second.release("poller")
    assert not await second.hold("poller", 60)
    await first.release("poller")
    assert await second.hold("poller", 60)
    assert not await second.hold("sender", 60)
    house.clock.advance(timedelta(seconds=60))
    assert await second.hold("sender", 60)


async def test_a_link_opens_only_the_channel_that_it_was_made_for(house: House) -> None:
    await house.drivers("One")
    invited = await house.router.invite_agent(1, "email")
    assert isinstance(invited, Invited)
    for channel, code in (("console", "link_invalid"), ("email", "linked")):
        answer = await house.router.do(link_by_token, channel, "here", invited.token)
        assert answer.code == code


UNREAD: dict[str, tuple[dict[str, Any], bool]] = {
    "of the driver": ({}, True),
    "of nobody known": ({"handle": None}, True),
    "of another driver": ({"handle": phone(2)}, False),
    "of that handle elsewhere": ({"channel": "chat"}, False),
    "that came too late": ({"received_at": LATER}, False),
    "that was read": ({"state": "handled"}, False),
}


@pytest.mark.parametrize("name", UNREAD)
async def test_an_offer_waits_at_its_end_for_an_answer_that_is_unread(
    house: House, name: str
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    facts, waits = UNREAD[name]
    entry = {"channel": "console", "handle": phone(1), "received_at": NOON, "state": "stored"}

    async def arrive(work: Work) -> None:
        await InboxEntry.create(payload=b"{}", due_at=LATER, **{**entry, **facts})

    await house.router.do(arrive)
    house.clock.advance(timedelta(minutes=30))
    assert await house.router.do(expire_offers, job_id) == ((0, 0) if waits else (1, 1))


async def test_only_what_a_killed_process_had_in_hand_is_freed(house: House) -> None:
    await claimed(house)
    await put(house, "UPDATE outbox SET leased_until = NULL WHERE kind <> 'offer'")
    before = {row["id"]: row["unsure"] for row in await table(house, "outbox")}
    settled = "UPDATE outbox SET state = 'sent', leased_until = $1 WHERE id = 1"
    await put(house, settled, LATER)
    await house.router.do(end_leases)
    after = await table(house, "outbox")
    freed = {row["id"] for row in after if row["unsure"] and not before[row["id"]]}
    assert freed == {row["id"] for row in after if row["kind"] == "offer"}
    assert [row["id"] for row in after if row["leased_until"] is not None] == [1]


async def test_the_first_reason_for_a_no_stays(house: House) -> None:
    await house.drivers("One")
    await house.offering()
    await house.says(1, "NO")
    for reason in ("too far", "too late"):

        async def give(work: Work, reason: str = reason) -> None:
            await add_reason(work, await Offer.get(id=1), reason, JO)

        await house.router.do(give)
    assert [row["reason"] for row in await table(house, "offers")] == ["too far"]
    assert (await house.story(1)).count("reason_given") == 1
