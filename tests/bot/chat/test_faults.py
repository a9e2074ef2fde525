"""What goes wrong on purpose: refused, broken, silent, cut before or after the act, away."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from bot.chat_server import Call, ChatServer, Fault, Kind, Moment, Person
from tests.bot.chat.waiting import eventually


@pytest.mark.parametrize(
    ("kind", "error", "arrived"),
    [
        (Kind.BROKEN, "Bad Gateway", 0),
        (Kind.HANG, "Timed out", 0),
        (Kind.CUT_BEFORE, "disconnected", 0),
        (Kind.CUT_AFTER, "disconnected", 1),
    ],
)
async def test_a_fault_strikes_as_often_as_it_was_told(
    chat: ChatServer, bot: Bot, dan: Person, kind: Kind, error: str, arrived: int
) -> None:
    chat.faults.script(Fault(kind, method="sendmessage"))
    with pytest.raises(NetworkError, match=error):
        await bot.send_message(dan.id, "hi", read_timeout=0.3)
    assert len(dan.told) == arrived
    await bot.send_message(dan.id, "hi")
    assert len(dan.told) == arrived + 1


async def test_a_fault_may_be_about_one_chat(chat: ChatServer, bot: Bot, dan: Person) -> None:
    eve = chat.person("Eve", started=True)
    chat.faults.script(Fault(Kind.HANG, chat_id=dan.id, times=-1))
    await bot.send_message(eve.id, "hi")
    with pytest.raises(TimedOut):
        await bot.send_message(dan.id, "hi", read_timeout=0.3)
    chat.faults.clear()
    await bot.send_message(dan.id, "hi")


async def test_the_server_can_be_away_for_a_while(chat: ChatServer, bot: Bot, dan: Person) -> None:
    await chat.away()
    with pytest.raises(NetworkError):
        await bot.send_message(dan.id, "hi")
    await chat.back()
    await bot.send_message(dan.id, "hi")
    assert len(dan.told) == 1


async def test_watchers_see_where_a_request_stands(chat: ChatServer, bot: Bot, dan: Person) -> None:
    seen: list[tuple[Moment, str]] = []

    def watch(moment: Moment, call: Call) -> None:
        seen.append((moment, call.method))

    chat.journal.watchers.append(watch)
    await bot.send_message(dan.id, "hi")
    await eventually(lambda: len(seen) == 3)
    assert [moment for moment, _ in seen] == [Moment.ASKED, Moment.DONE, Moment.ANSWERED]
