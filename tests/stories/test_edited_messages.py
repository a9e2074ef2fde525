"""Stories of what was said and is edited: an offer that ended, a job decided, an alert heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.channel import Link, Outgoing
from core.domain import JobStatus, MessageKind, Policy
from core.outcomes import Done, Invited
from tests.house import JO, House, open_house
from tests.stories.chat import Chat, hears

Update = tuple[str, str, bool, str | None]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office whose drivers One and Two, and whose coordinator Jo, are in a chat."""
    async with open_house(
        database_url,
        channels=("chat", "console"),
        fakes={"chat": Chat()},
        policy=Policy(remind_at=0.5),
    ) as opened:
        await opened.drivers("One", "Two")
        for agent_id in (1, 2):
            invited = await opened.router.invite_agent(agent_id, "chat")
            assert isinstance(invited, Invited)
            await hears(opened, Link(f"{agent_id}", invited.token))
        added = await opened.router.add_coordinator("Jo", "jo@example.com", is_default=True)
        invited = await opened.router.invite_coordinator(added.coordinator.id, "chat")
        assert isinstance(invited, Invited)
        await hears(opened, Link("jo", invited.token))
        await opened.told()
        yield opened
        assert await opened.broken_invariants() == ()


def chat_of(office: House) -> Chat:
    chat = office.channels["chat"]
    assert isinstance(chat, Chat)
    return chat


async def edits(office: House, handle: str) -> list[Outgoing]:
    """Send what is due; return the edits to that handle that were not looked at before."""
    await office.relay.drain()
    chat = chat_of(office)
    mine = [message for _, message in chat.edited if message.handle == handle]
    chat.edited = [pair for pair in chat.edited if pair[1].handle != handle]
    return mine


def ending(message: Outgoing) -> Update:
    facts = message.facts
    return (facts["of"], facts["status"], facts["open"], facts["why"])


async def endings(office: House, handle: str) -> list[Update]:
    """Return what the newly edited messages to that handle are of, and how they ended."""
    found = await edits(office, handle)
    assert all(message.kind is MessageKind.UPDATE for message in found)
    return [ending(message) for message in found]


async def edit(office: House, job_id: int, **changes: Any) -> None:
    assert isinstance(await office.router.overrides.edit(job_id, changes, JO), Done)


async def offered(office: House) -> int:
    """Bring a job to its first open offer, which has reached the chat."""
    job_id = await office.offering()
    await office.relay.drain()
    chat_of(office).edited.clear()
    return job_id


async def test_an_answer_ends_the_offer_where_it_stands(office: House) -> None:
    await offered(office)
    await office.says(1, "NO")
    assert await endings(office, "1") == [("offer", "declined", False, None)]
    await office.says(2, "YES")
    assert await endings(office, "2") == [("offer", "accepted", False, None)]
    assert await endings(office, "1") == []


async def test_the_edit_names_the_message_that_it_is_of(office: House) -> None:
    await offered(office)
    (offer,) = [m for m in chat_of(office).sent if m.kind is MessageKind.OFFER]
    number = chat_of(office).sent.index(offer) + 1
    await office.says(1, "NO")
    await office.relay.drain()
    ((receipt, message),) = [p for p in chat_of(office).edited if p[1].handle == "1"]
    assert receipt.reference == {"number": number}
    assert (message.handle, message.facts["offer_id"], message.facts["agent_id"]) == ("1", 1, 1)
    assert message.facts["reference"] == "VC8Y-3"
    assert message.text == "You said NO."


async def test_silence_ends_the_offer_and_its_reminder_and_a_late_yes_tells_so(
    office: House,
) -> None:
    await offered(office)
    await office.passes(minutes=15)
    await office.passes(minutes=15)
    assert await endings(office, "1") == [
        ("offer", "timed_out", False, None),
        ("reminder", "timed_out", False, None),
    ]
    await office.says(2, "NO")
    await office.says(1, "YES")
    assert await endings(office, "1") == [
        ("offer", "accepted", False, None),
        ("reminder", "accepted", False, None),
    ]


async def test_offers_that_end_together_are_each_edited(office: House) -> None:
    jobs = [await office.offering(f"J-{n}") for n in range(3)]
    await office.told()
    await office.passes(minutes=31)
    ended = [update for update in await edits(office, "1") if update.facts["of"] == "offer"]
    assert sorted(update.facts["job_id"] for update in ended) == jobs
    assert {ending(update)[1:3] for update in ended} == {("timed_out", False)}


async def test_a_cancelled_job_ends_every_offer_and_the_request(office: House) -> None:
    job_id = await offered(office)
    await office.router.cancel(job_id, JO)
    assert await endings(office, "1") == [("offer", "rescinded", False, "cancelled")]
    other = await office.job("VC8Y-4")
    await office.relay.drain()
    await office.router.cancel(other, JO, reason="twice")
    assert await endings(office, "jo") == [("approval_request", "cancelled", False, None)]


async def test_a_booking_ends_when_the_job_is_taken_back(office: House) -> None:
    job_id = await offered(office)
    await office.says(1, "YES")
    await office.relay.drain()
    await office.router.cancel(job_id, JO)
    assert ("offer", "withdrawn", False, "cancelled") in await endings(office, "1")


async def test_edited_notes_are_edited_in_place_and_the_answer_stays_open(office: House) -> None:
    job_id = await offered(office)
    await office.told(channel="chat")
    await edit(office, job_id, notes="Ring the bell")
    (changed,) = await edits(office, "1")
    assert ending(changed) == ("offer", "sent", True, None)
    assert "Ring the bell" in changed.text
    assert "Answer YES or NO by" in changed.text
    assert await office.told("1", "chat") == []


async def test_a_change_that_is_confirmed_ends_its_question(office: House) -> None:
    job_id = await offered(office)
    await office.says(1, "YES")
    await edit(office, job_id, pay="£120")
    await office.relay.drain()
    await edits(office, "1")
    await office.says(1, "YES")
    assert await endings(office, "1") == [("changed", "confirmed", False, None)]


async def test_a_booking_is_edited_in_place_and_ends_with_the_job(office: House) -> None:
    job_id = await offered(office)
    await office.channels["chat"].inject("1", "YES")
    await office.reader.drain()
    assert MessageKind.BOOKED in [m.kind for m in await office.told("1", "chat")]
    await edits(office, "1")
    await edit(office, job_id, notes="Ring the bell")
    (changed,) = await edits(office, "1")
    assert ending(changed) == ("booked", "assigned", True, None)
    assert "Ring the bell" in changed.text
    assert changed.facts["navigate"] == "Leeds"
    assert await office.told("1", "chat") == []
    await office.router.complete(job_id, JO)
    assert await endings(office, "1") == [("booked", "completed", False, None)]


async def test_an_offer_that_has_not_left_yet_leaves_with_the_edited_notes(office: House) -> None:
    chat_of(office).fail("1", "busy")
    job_id = await office.offering()
    await office.relay.drain()
    await edit(office, job_id, notes="Ring the bell")
    chat_of(office).recover("1")
    await office.passes(seconds=5)
    (offer,) = [m for m in await office.told("1", "chat") if m.kind is MessageKind.OFFER]
    assert offer.facts["notes"] == "Ring the bell"


async def test_a_moved_answer_by_time_is_edited_in_place(office: House) -> None:
    job_id = await offered(office)
    assert isinstance(await office.router.overrides.extend(job_id, 15, JO), Done)
    (changed,) = await edits(office, "1")
    assert ending(changed) == ("offer", "sent", True, None)
    assert "12:45" in changed.text


async def test_changed_facts_end_the_offer_and_ask_anew(office: House) -> None:
    job_id = await offered(office)
    await edit(office, job_id, pay="£120")
    assert ("offer", "rescinded", False, "changed") in await endings(office, "1")


async def test_a_decision_ends_the_request_and_names_who_decided(office: House) -> None:
    job_id = await office.job()
    await office.relay.drain()
    await office.router.approve(job_id, JO)
    (decided,) = await edits(office, "jo")
    assert ending(decided) == ("approval_request", "approved", False, None)
    assert decided.facts["by"] == "coordinator Jo"
    await office.start(job_id)
    await office.says(1, "YES")
    assert await endings(office, "jo") == []


async def test_a_rejection_says_why(office: House) -> None:
    job_id = await office.job()
    await office.relay.drain()
    await office.router.reject(job_id, JO, reason="too far")
    assert await endings(office, "jo") == [("approval_request", "rejected", False, "too far")]


async def test_a_request_for_an_older_version_is_superseded(office: House) -> None:
    job_id = await office.job()
    await office.relay.drain()
    await edit(office, job_id, notes="Ring the bell")
    assert await endings(office, "jo") == [("approval_request", "needs_approval", True, None)]
    await edit(office, job_id, pay="£120")
    assert await endings(office, "jo") == [("approval_request", "superseded", False, None)]


async def test_an_acknowledged_alert_is_edited_and_a_repeat_takes_its_place(
    office: House,
) -> None:
    job_id = await offered(office)
    await office.says(1, "NO")
    await office.says(2, "NO")
    await office.relay.drain()
    chat_of(office).edited.clear()
    await office.passes(minutes=15)
    assert await endings(office, "jo") == [("alert", "superseded", False, None)]
    await office.router.acknowledge(1, JO)
    assert await endings(office, "jo") == [("alert", "acknowledged", False, None)]
    assert (await office.shown(job_id)).status == JobStatus.UNCOVERED


async def test_an_alert_that_is_over_says_so(office: House) -> None:
    job_id = await offered(office)
    await office.says(1, "NO")
    await office.says(2, "NO")
    await office.relay.drain()
    chat_of(office).edited.clear()
    await office.router.assign(job_id, 2, JO)
    assert await endings(office, "jo") == [("alert", "resolved", False, None)]


async def test_an_offer_that_ends_while_its_message_is_on_the_way_is_edited_then(
    office: House,
) -> None:
    await office.offering()
    chat_of(office).hang("1")
    chat_of(office).asked.clear()
    sending = asyncio.create_task(office.relay.drain())
    await chat_of(office).asked.wait()
    await office.says(1, "NO")
    chat_of(office).recover("1")
    await sending
    assert await endings(office, "1") == [("offer", "declined", False, None)]


async def test_of_two_updates_that_wait_only_the_last_is_made(office: House) -> None:
    job_id = await offered(office)
    chat_of(office).fail("1", "busy")
    await edit(office, job_id, notes="Ring the bell")
    await office.relay.drain()
    await edit(office, job_id, notes="Knock")
    await office.says(1, "NO")
    chat_of(office).recover("1")
    await office.passes(seconds=5)
    assert await endings(office, "1") == [("offer", "declined", False, None)]


async def test_what_cannot_be_edited_any_more_ends_quietly(office: House) -> None:
    job_id = await offered(office)
    chat_of(office).refuse("1", "message is gone")
    await office.says(1, "NO")
    await office.relay.drain()
    chat_of(office).recover("1")
    assert await office.alerts() == []
    assert await endings(office, "1") == []
    agent = await office.router.records.agent(1)
    assert agent is not None
    assert {a.channel: a.state for a in agent.addresses}["chat"] == "usable"
    await office.says(2, "NO")
    assert (await office.shown(job_id)).status == JobStatus.UNCOVERED


async def test_a_driver_who_opts_out_sees_the_offer_end_all_the_same(office: House) -> None:
    await offered(office)
    await office.says(1, "STOP")
    assert await endings(office, "1") == [("offer", "undeliverable", False, "STOP")]


async def test_the_chat_that_a_driver_left_is_edited_and_the_offer_stays_open(
    office: House,
) -> None:
    await offered(office)
    invited = await office.router.invite_agent(1, "chat")
    assert isinstance(invited, Invited)
    await hears(office, Link("9", invited.token))
    assert await endings(office, "1") == [("offer", "moved", False, None)]
    await office.says(1, "NO")
    assert await endings(office, "9") == [("offer", "declined", False, None)]
    assert await endings(office, "1") == []


async def test_a_channel_that_edits_nothing_is_told_as_before(office: House) -> None:
    chat_of(office).editable = False
    job_id = await offered(office)
    await office.told(channel="chat")
    await edit(office, job_id, notes="Ring the bell")
    assert [m.kind for m in await office.told("1", "chat")] == [MessageKind.OFFER]
    await office.says(1, "NO")
    assert await endings(office, "1") == []
