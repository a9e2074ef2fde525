"""Stories of coordinators who press buttons, also those under alerts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.channel import Decision, Reply
from core.domain import MessageKind
from tests.house import JO, House
from tests.stories.office import (
    JO_AT,
    JO_IN_CHAT,
    answers,
    come_at_once,
    comes,
    inbox,
    join,
    open_office,
    outcomes,
)

PRESS = {"callback": "c1"}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    async with open_office(database_url) as opened:
        yield opened


async def press(office: House, action: str, handle: str = JO_IN_CHAT, **about: Any) -> None:
    await comes(office, "chat", Decision(handle, action, context=PRESS, **about))


async def uncovered_alert(office: House) -> tuple[int, int]:
    """Bring a job to nobody; return the ids of job and alert."""
    job_id = await office.approved()
    await office.start(job_id)
    (alert,) = (await office.router.records.alerts()).rows
    return job_id, alert.id


async def test_every_press_is_answered_with_its_context(office: House) -> None:
    job_id = await office.job()
    await press(office, "approve", job_id=job_id, version=1)
    await press(office, "approve", job_id=job_id, version=1)
    await press(office, "reject", job_id=job_id, version=1)
    await press(office, "approve", job_id=99)
    await press(office, "dance", job_id=job_id)
    told = await answers(office, JO_IN_CHAT, "chat")
    assert [m.facts["outcome"] for m in told] == [
        "approved",
        "already_decided",
        "already_decided",
        "refused",
        "refused",
    ]
    assert all(m.facts["context"] == PRESS for m in told)
    assert told[2].facts["status"] == "approved"
    assert (await office.shown(job_id)).status == "approved"


async def test_a_press_by_a_stranger_changes_nothing_is_answered_and_seen(office: House) -> None:
    job_id = await office.job()
    for _ in range(2):
        await press(office, "approve", "666", job_id=job_id)
    assert await outcomes(office, "666", "chat") == ["unknown_sender"] * 2
    assert [state for state, _ in await inbox(office)] == ["needs_person"] * 2
    assert (await office.shown(job_id)).status == "needs_approval"


async def test_a_driver_who_presses_a_coordinators_button_is_told_that_it_is_not_for_them(
    office: House,
) -> None:
    await office.drivers("One")
    await join(office, "chat", "101", agent_id=1)
    job_id = await office.job()
    await press(office, "approve", "101", job_id=job_id)
    (told,) = await answers(office, "101", "chat")
    assert (told.facts["outcome"], told.facts["context"]) == ("refused", PRESS)
    assert (await office.shown(job_id)).status == "needs_approval"


async def test_a_button_under_facts_that_changed_decides_nothing(office: House) -> None:
    job_id = await office.job()
    await office.router.overrides.edit(job_id, {"pay": "£90"}, JO)
    await press(office, "approve_and_offer", job_id=job_id, version=1)
    assert await outcomes(office, JO_IN_CHAT, "chat") == ["version_changed"]
    assert (await office.shown(job_id)).status == "needs_approval"


async def test_an_alert_is_acknowledged_once(office: House) -> None:
    _, alert_id = await uncovered_alert(office)
    await press(office, "acknowledge", alert_id=alert_id)
    await press(office, "acknowledge", alert_id=alert_id)
    await press(office, "acknowledge", alert_id=99)
    told = await answers(office, JO_IN_CHAT, "chat")
    assert [m.facts["outcome"] for m in told] == ["acknowledged", "acknowledged", "refused"]
    assert told[0].facts["by"] == "Jo"
    (alert,) = (await office.router.records.alerts()).rows
    assert (alert.acknowledged_by, alert.next_at) == ("coordinator Jo", None)


async def test_an_uncovered_job_is_asked_again_once(office: House) -> None:
    job_id, alert_id = await uncovered_alert(office)
    await office.drivers("One")
    again = Decision(JO_IN_CHAT, "ask_again", alert_id=alert_id, context=PRESS)
    await come_at_once(office, "chat", again, again)
    assert sorted(await outcomes(office, JO_IN_CHAT, "chat")) == ["asked_again", "refused"]
    assert (await office.story(job_id)).count("asked_again") == 1
    assert await office.alerts() == []


async def test_a_driver_is_chosen_from_those_who_could_and_gets_the_job(office: House) -> None:
    job_id, alert_id = await uncovered_alert(office)
    one, two = await office.drivers("One", "Two")
    await office.router.set_duty(two, False, JO)
    await press(office, "choose_driver", alert_id=alert_id)
    (told,) = await answers(office, JO_IN_CHAT, "chat")
    assert told.facts["drivers"] == [
        {"agent_id": one, "name": "One"},
        {"agent_id": two, "name": "Two"},
    ]
    assert (told.facts["alert_id"], told.facts["job_id"]) == (alert_id, job_id)
    await press(office, "assign", alert_id=alert_id, agent_id=two)
    await press(office, "assign", alert_id=alert_id, agent_id=one)
    first, second = await answers(office, JO_IN_CHAT, "chat")
    assert (first.facts["outcome"], first.facts["driver"]) == ("assigned_by_hand", "Two")
    assert (second.facts["outcome"], second.facts["detail"]) == (
        "refused",
        "Two has the job already",
    )
    assert (await office.shown(job_id)).assigned_agent_id == two
    assert await office.alerts() == []


async def test_two_coordinators_assign_at_once_and_one_driver_has_it(office: House) -> None:
    job_id, alert_id = await uncovered_alert(office)
    one, two = await office.drivers("One", "Two")
    await asyncio.gather(
        *(
            office.channels["chat"].receive(
                Decision(JO_IN_CHAT, "assign", alert_id=alert_id, agent_id=agent)
            )
            for agent in (one, two)
        )
    )
    await asyncio.gather(office.reader.drain(), office.reader.drain())
    assert sorted(await outcomes(office, JO_IN_CHAT, "chat")) == ["assigned_by_hand", "refused"]
    assert (await office.story(job_id)).count("assigned") == 1


async def test_no_with_a_reason_keeps_the_reason_also_when_it_comes_after(office: House) -> None:
    await office.drivers("One", "Two")
    await join(office, "chat", "101", agent_id=1)
    await join(office, "chat", "102", agent_id=2)
    job_id = await office.offering()
    first = (await office.offers(job_id))[0]
    await comes(office, "chat", Reply("101", "NO too far", offer_id=first.id, context=PRESS))
    second = (await office.offers(job_id))[1]
    await comes(office, "chat", Reply("102", "decline", offer_id=second.id))
    await comes(office, "chat", Reply("102", "decline: the van is full", offer_id=second.id))
    assert [o.reason for o in await office.offers(job_id)] == ["too far", "the van is full"]
    assert (await office.story(job_id)).count("declined") == 2
    assert await outcomes(office, "101", "chat") == ["declined_advanced"]


async def test_unclear_words_in_chat_are_kept_and_shown_to_the_coordinator(office: House) -> None:
    await office.drivers("One")
    await join(office, "chat", "101", agent_id=1)
    job_id = await office.offering()
    await comes(office, "chat", Reply("101", "yes but 15:00", context=PRESS))
    (told,) = await answers(office, "101", "chat")
    assert told.facts["outcome"] == "unrecognized_response"
    alert = [m for m in await office.told(JO_AT, "email") if m.kind is MessageKind.ALERT][-1]
    assert "yes but 15:00" in alert.text
    assert (await office.offers(job_id))[0].status == "sent"


async def test_a_press_on_an_offer_of_somebody_else_is_answered_and_does_nothing(
    office: House,
) -> None:
    await office.drivers("One", "Two")
    await join(office, "chat", "102", agent_id=2)
    job_id = await office.offering()
    (offer,) = await office.offers(job_id)
    await comes(office, "chat", Reply("102", "yes", offer_id=offer.id, context=PRESS))
    assert await outcomes(office, "102", "chat") == ["no_open_offer"]
    assert (await office.offers(job_id))[0].status == "sent"
