"""Stories of people who join a chat: by a link of their own, by their own number, and leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.channel import Link, OwnPhone, Reachable
from core.domain import OPERATOR, MessageKind
from core.outcomes import Invited, NotFound, NotPossible, ReplyAnswer
from core.router.linking import link_by_token
from core.views import AddressView, AgentView
from tests.house import House, open_house, phone
from tests.stories.chat import Chat, hears


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[House]:
    """An office with a chat, mail, and the console."""
    async with open_house(
        database_url, channels=("chat", "email", "console"), fakes={"chat": Chat()}
    ) as opened:
        yield opened
        assert await opened.broken_invariants() == ()


async def token_of(office: House, agent_id: int) -> str:
    """Invite a driver to the chat; return the token of their link."""
    invited = await office.router.invite_agent(agent_id, "chat")
    assert isinstance(invited, Invited)
    return invited.token


async def joins(office: House, agent_id: int, handle: str) -> None:
    """Have a driver open a fresh link in that chat."""
    await hears(office, Link(handle, await token_of(office, agent_id)))


async def outcomes(office: House, handle: str) -> list[str]:
    """Return what the handle was newly answered."""
    return [m.facts["outcome"] for m in await office.told(handle, "chat")]


async def chat_of(office: House, agent_id: int) -> AddressView | None:
    """Return the driver's Address in the chat."""
    agent = await office.router.records.agent(agent_id)
    assert agent is not None
    return next((a for a in agent.addresses if a.channel == "chat"), None)


async def handle_of(office: House, agent_id: int) -> str | None:
    """Return the handle by which the driver is reached in the chat; None when by none."""
    address = await chat_of(office, agent_id)
    return address.handle if address is not None and address.state == "usable" else None


async def test_a_link_makes_its_driver_known_in_the_chat_that_opens_it(office: House) -> None:
    await office.drivers("One", "Two")
    await hears(office, Link("7", await token_of(office, 2), context={"update": 5}))
    (said,) = await office.told("7", "chat")
    assert (said.name, said.facts["outcome"], said.facts["context"]) == (
        "Two",
        "linked",
        {"update": 5},
    )
    assert await handle_of(office, 2) == "7"
    await office.offering()
    await office.says(1, "NO")
    assert [m.kind for m in await office.told("7", "chat")] == [MessageKind.OFFER]


async def test_a_link_counts_once_and_the_same_chat_may_open_it_again(office: House) -> None:
    await office.drivers("One")
    link = await token_of(office, 1)
    for handle in ("7", "7", "8"):
        await hears(office, Link(handle, link))
    assert await outcomes(office, "7") == ["linked", "linked"]
    assert await outcomes(office, "8") == ["link_invalid"]


async def test_one_of_two_chats_that_open_a_link_at_once_is_known(office: House) -> None:
    await office.drivers("One")
    link = await token_of(office, 1)
    answers: list[ReplyAnswer] = await asyncio.gather(
        *(office.router.do(link_by_token, "chat", f"{n}", link) for n in range(8))
    )
    assert sorted(a.code for a in answers) == ["link_invalid"] * 7 + ["linked"]


async def test_a_link_ends_after_a_day_and_by_a_newer_one(office: House) -> None:
    await office.drivers("One")
    first = await token_of(office, 1)
    second = await token_of(office, 1)
    await hears(office, Link("7", first))
    await office.passes(hours=24)
    await hears(office, Link("7", second))
    assert await outcomes(office, "7") == ["link_invalid", "link_invalid"]
    assert await handle_of(office, 1) is None


async def test_only_the_hash_of_a_link_is_kept(office: House) -> None:
    await office.drivers("One")
    link = await token_of(office, 1)
    (row,) = await office.rows("SELECT token_hash FROM links")
    assert link not in row["token_hash"]
    assert "token" not in repr(await office.router.invite_agent(1, "chat"))


async def test_nobody_is_invited_who_is_not_there(office: House) -> None:
    assert await office.router.invite_agent(9, "chat") == NotFound("agent")
    assert await office.router.invite_coordinator(9, "chat") == NotFound("coordinator")


async def test_a_new_chat_replaces_the_old_one_which_is_told_and_takes_the_offer(
    office: House,
) -> None:
    await office.drivers("One")
    await joins(office, 1, "7")
    job_id = await office.offering()
    assert [m.kind for m in await office.told("7", "chat")] == [
        MessageKind.ANSWER,
        MessageKind.OFFER,
    ]
    await joins(office, 1, "8")
    assert await outcomes(office, "7") == ["link_moved"]
    assert [m.kind for m in await office.told("8", "chat")] == [
        MessageKind.OFFER,
        MessageKind.ANSWER,
    ]
    assert [o.status for o in await office.offers(job_id)] == ["sent"]


async def test_what_has_not_left_yet_follows_the_driver_to_the_new_chat(office: House) -> None:
    await office.drivers("One")
    await joins(office, 1, "7")
    await office.told("7", "chat")
    await office.offering()
    await joins(office, 1, "8")
    assert [m.kind for m in await office.told("8", "chat")] == [
        MessageKind.OFFER,
        MessageKind.ANSWER,
    ]
    assert await outcomes(office, "7") == ["link_moved"]


async def test_a_chat_goes_to_another_driver_by_a_link_only(office: House) -> None:
    await office.drivers("One", "Two")
    await joins(office, 1, "7")
    job_id = await office.offering()
    await office.told("7", "chat")
    await hears(office, OwnPhone("7", phone(2)))
    assert await outcomes(office, "7") == ["link_invalid"]
    assert await handle_of(office, 1) == "7"
    await joins(office, 2, "7")
    assert await handle_of(office, 2) == "7"
    lost = await chat_of(office, 1)
    assert lost is not None
    assert (lost.state, lost.state_reason) == ("undeliverable", "moved")
    assert [(o.agent_id, o.status) for o in await office.offers(job_id)] == [
        (1, "undeliverable"),
        (2, "sent"),
    ]
    assert await office.alerts() == ["undeliverable"]


async def test_an_own_number_links_its_driver_and_nobody_else(office: House) -> None:
    await office.drivers("One")
    await hears(office, OwnPhone("7", phone(1).removeprefix("+")))
    await hears(office, OwnPhone("8", phone(2)))
    await hears(office, OwnPhone("9", "ring me"))
    assert await handle_of(office, 1) == "7"
    assert await outcomes(office, "8") == await outcomes(office, "9") == ["unknown_sender"]


async def test_a_coordinator_joins_the_same_way_and_is_asked_there(office: House) -> None:
    named = await office.router.add_coordinator("Jo", "jo@example.com", is_default=True)
    added = named.coordinator
    invited = await office.router.invite_coordinator(added.id, "chat")
    assert isinstance(invited, Invited)
    await hears(office, Link("7", invited.token))
    assert await outcomes(office, "7") == ["linked"]
    unlinked = await office.router.unlink_coordinator(added.id, "email", OPERATOR)
    assert not isinstance(unlinked, NotFound | NotPossible)
    await office.job()
    assert [m.kind for m in await office.told("7", "chat")] == [MessageKind.APPROVAL_REQUEST]


async def test_an_unlinked_driver_is_reached_as_before_and_the_chat_is_nobodys(
    office: House,
) -> None:
    await office.drivers("One")
    await joins(office, 1, "7")
    job_id = await office.offering()
    await office.told()
    unlinked = await office.router.unlink_agent(1, "chat", OPERATOR)
    assert isinstance(unlinked, AgentView)
    assert [a.channel for a in unlinked.addresses] == ["console"]
    assert await office.heard(1) == [MessageKind.OFFER]
    assert [o.status for o in await office.offers(job_id)] == ["sent"]
    assert await office.router.unlink_agent(1, "chat", OPERATOR) == NotFound("link")
    assert isinstance(await office.router.unlink_agent(1, "console", OPERATOR), NotPossible)
    await joins(office, 1, "7")
    assert await handle_of(office, 1) == "7"


async def test_a_chat_that_falls_silent_lets_the_offer_go_on_and_may_come_back(
    office: House,
) -> None:
    await office.drivers("One", "Two")
    await joins(office, 1, "7")
    job_id = await office.offering()
    await office.told()
    await hears(office, Reachable("7", reachable=False, reason="blocked"))
    assert [(o.agent_id, o.status) for o in await office.offers(job_id)] == [
        (1, "undeliverable"),
        (2, "sent"),
    ]
    assert await handle_of(office, 1) is None
    await hears(office, Reachable("7", reachable=True))
    assert await handle_of(office, 1) == "7"


async def test_who_opted_out_stays_so_when_the_chat_is_reachable_again(office: House) -> None:
    await office.drivers("One")
    await joins(office, 1, "7")
    await office.says(1, "STOP")
    await hears(office, Reachable("7", reachable=False))
    await hears(office, Reachable("7", reachable=True))
    chat = await chat_of(office, 1)
    assert chat is not None
    assert chat.state == "opted_out"
