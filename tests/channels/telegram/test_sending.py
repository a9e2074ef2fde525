"""How our messages look in the chat, end, and fail; every press is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat_server import ChatServer, Fault, Kind, Person
from channels.telegram import Telegram, TelegramOptions
from channels.telegram.pacing import Pace
from core.channel import ChannelContext, Outgoing, Receipt
from core.domain import LANGUAGES, MessageKind
from core.hookspecs import PermanentSendError, TemporarySendError
from core.testing import make_outgoing


def to(
    person: Person, kind: str = "offer", text: str = "Answer YES or NO by 13:00.", **facts: Any
) -> Outgoing:
    language = str(facts.pop("language", "en"))
    return make_outgoing(
        str(person.id), text, kind=MessageKind(kind), facts=facts, language=language
    )


async def test_an_offer_is_one_message_with_a_yes_and_a_no(running: Telegram, dan: Person) -> None:
    receipt = await running.send(to(dan, offer_id=12, job_id=3))
    (offer,) = dan.told
    assert offer.text == "Job VC8Y-4\n\nAnswer YES or NO by 13:00."
    assert offer.labels == ("✅ YES", "❌ NO")
    assert [b["callback_data"] for b in offer.buttons] == ["y:12", "n:12"]
    assert receipt == Receipt({"chat": dan.id, "message": offer.id}, editable=True)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_labels_are_in_the_driver_s_language(
    running: Telegram, dan: Person, language: str
) -> None:
    await running.send(to(dan, offer_id=12, language=language))
    yes, no = dan.told[-1].labels
    assert "YES" in yes
    assert "NO" in no
    assert (yes == "✅ YES") == (language == "en")


@pytest.mark.parametrize("status", ["accepted", "timed_out", "rescinded", "undeliverable"])
async def test_the_end_of_an_offer_changes_it_in_place_and_takes_its_buttons(
    running: Telegram, dan: Person, status: str
) -> None:
    receipt = await running.send(to(dan, offer_id=12))
    ended = to(dan, text="It has ended.", offer_id=12, of="offer", status=status, open=False)
    for _ in range(2):
        await running.edit(receipt, ended)
    (offer,) = dan.told
    assert offer.text == "Job VC8Y-4\n\nIt has ended."
    assert offer.labels == ()


async def test_an_offer_that_changes_but_stays_open_keeps_its_buttons(
    running: Telegram, dan: Person
) -> None:
    receipt = await running.send(to(dan, offer_id=12))
    changed = to(dan, text="New notes.", offer_id=12, of="offer", status="sent", open=True)
    await running.edit(receipt, changed)
    assert dan.told[0].labels == ("✅ YES", "❌ NO")


async def test_after_no_the_driver_may_press_why(running: Telegram, dan: Person) -> None:
    receipt = await running.send(to(dan, offer_id=12))
    declined = to(dan, text="Declined.", offer_id=12, of="offer", status="declined", open=False)
    await running.edit(receipt, declined)
    assert [b["callback_data"] for b in dan.told[0].buttons] == [f"r:12:{n}" for n in range(5)]
    press = dan.presses_on("Too far")
    answer = to(
        dan,
        "answer",
        outcome="declined_advanced",
        context=_context(press, dan.told[0].id, "r:12:0"),
    )
    await running.send(answer)
    assert dan.told[0].labels == ()
    assert len(dan.popups) == 1


async def test_a_message_that_is_gone_needs_no_edit(running: Telegram, dan: Person) -> None:
    receipt = await running.send(to(dan, offer_id=12))
    dan.told[0].deleted = True
    await running.edit(receipt, to(dan, of="offer", status="timed_out", open=False))


async def test_a_booking_has_a_map_and_ways_to_deliver_and_to_give_back(
    running: Telegram, dan: Person
) -> None:
    await running.send(to(dan, "booked", offer_id=12, pickup_address="1 High St, Leeds & Co"))
    navigate, delivered, cannot = dan.told[0].buttons
    assert navigate["url"].endswith("destination=1%20High%20St%2C%20Leeds%20%26%20Co")
    assert delivered["callback_data"] == "f:12"
    assert cannot["callback_data"] == "d:12"


async def test_a_yes_is_answered_by_a_pop_up_and_the_booking(
    running: Telegram, dan: Person
) -> None:
    await running.send(to(dan, offer_id=12))
    press = dan.presses_on("YES")
    booked = to(dan, "booked", offer_id=12, outcome="accepted", context=_context(press))
    receipt = await running.send(booked)
    assert not dan.unanswered
    assert dan.popups == (booked.subject,), "the chat shows the rest"
    assert len(dan.told) == 2
    assert receipt.editable


async def test_giving_back_takes_a_second_button(running: Telegram, dan: Person) -> None:
    await running.send(to(dan, "booked", offer_id=12))
    press = dan.presses_on("Can't make it")
    asked = to(dan, "answer", outcome="confirm_drop", offer_id=12, context=_context(press))
    await running.send(asked)
    assert dan.presses[0].alert
    assert dan.told[-1].labels == ("Yes, give it back",)
    again = dan.presses_on("Yes, give it back")
    dropped = to(
        dan, "answer", outcome="dropped", offer_id=12, context=_context(again, dan.told[-1].id)
    )
    await running.send(dropped)
    assert dan.told[1].labels == ()
    assert not dan.unanswered


async def test_a_late_press_is_told_so_in_a_pop_up_that_wants_an_ok(
    running: Telegram, dan: Person
) -> None:
    await running.send(to(dan, offer_id=12))
    press = dan.presses_on("YES")
    await running.send(to(dan, "answer", outcome="already_covered", context=_context(press)))
    assert dan.presses[0].alert
    assert len(dan.told) == 1


async def test_what_matters_is_said_in_the_chat_when_the_press_is_too_old(
    running: Telegram, dan: Person
) -> None:
    forgotten = {"callback": "1", "chat": dan.id}
    await running.send(to(dan, "answer", outcome="already_covered", context=forgotten))
    assert len(dan.told) == 1
    await running.send(to(dan, "answer", outcome="declined_advanced", context=forgotten))
    assert len(dan.told) == 1


async def test_an_answer_to_words_stands_below_them(running: Telegram, dan: Person) -> None:
    said = dan.writes("YES")
    context = {"chat": dan.id, "message": said.id}
    await running.send(to(dan, "answer", outcome="no_open_offer", context=context))
    assert dan.told[0].reply_to is said


async def test_a_stranger_is_given_a_key_that_shares_the_number_and_loses_it_when_linked(
    running: Telegram, dan: Person
) -> None:
    await running.send(to(dan, "answer", outcome="unknown_sender"))
    shown = [dan.chat.keyboard]
    await running.send(to(dan, "answer", outcome="linked"))
    shown.append(dan.chat.keyboard)
    assert [bool(keys) for keys in shown] == [True, False]
    assert dan.told[-1].labels == ()


async def test_a_coordinator_decides_by_button(running: Telegram, dan: Person) -> None:
    await running.send(to(dan, "approval_request", job_id=3, version=2))
    assert [b["callback_data"] for b in dan.told[0].buttons] == ["o:3:2", "a:3:2", "x:3:2"]


async def test_rejecting_asks_for_a_reason_in_an_answer_or_takes_none(
    running: Telegram, dan: Person, server: ChatServer
) -> None:
    await running.send(to(dan, "approval_request", job_id=3, version=2))
    request = dan.told[0]
    dan.presses_on("Reject…")
    await server.until(lambda: len(dan.told) == 2)
    assert [b["callback_data"] for b in request.buttons] == ["j:3:2", "b:3:2"]
    assert dan.told[1].text.startswith("✍️ #3.2\n")
    assert not dan.unanswered
    dan.presses_on("Back", request)
    await server.until(lambda: len(request.buttons) == 3)


@pytest.mark.parametrize(
    ("cause", "acts"),
    [
        ("uncovered", ["g:8:3", "c:8:3", "k:8"]),
        ("dropped", ["g:8:3", "c:8:3", "k:8"]),
        ("never_started", ["c:8:3", "k:8"]),
        ("unclear_reply", ["k:8"]),
    ],
)
async def test_an_alert_brings_what_can_be_done_about_it(
    running: Telegram, dan: Person, cause: str, acts: list[str]
) -> None:
    await running.send(to(dan, "alert", cause=cause, alert_id=8, job_id=3))
    assert [b["callback_data"] for b in dan.told[0].buttons] == acts


async def test_choosing_a_driver_brings_a_button_for_each(running: Telegram, dan: Person) -> None:
    await running.send(to(dan, "alert", cause="uncovered", alert_id=8, job_id=3))
    press = dan.presses_on("Assign to…")
    drivers = [{"agent_id": 5, "name": "Driver One"}, {"agent_id": 6, "name": "Driver <Two>"}]
    facts: dict[str, Any] = {
        "outcome": "choose_driver",
        "drivers": drivers,
        "alert_id": 8,
        "job_id": 3,
    }
    await running.send(to(dan, "answer", context=_context(press), **facts))
    assert dan.told[1].labels == ("Driver One", "Driver <Two>")
    assert [b["callback_data"] for b in dan.told[1].buttons] == ["s:8:3:5", "s:8:3:6"]


async def test_a_message_with_too_many_drivers_or_long_names_still_goes_out(
    running: Telegram, dan: Person
) -> None:
    drivers = [{"agent_id": n, "name": "D" * 300} for n in range(1, 90)]
    facts: dict[str, Any] = {
        "outcome": "choose_driver",
        "drivers": drivers,
        "alert_id": 8,
        "job_id": 3,
    }
    await running.send(to(dan, "answer", **facts))
    assert len(dan.told[0].buttons) == 30


async def test_dead_chats_are_permanent(running: Telegram, dan: Person, server: ChatServer) -> None:
    never = server.person("Never")
    gone = server.person("Gone", started=True)
    gone.leaves_the_service()
    dan.blocks()
    group = server.group("Firm")
    server.migrate(group)
    nobody = make_outgoing("999")
    for message in (to(dan), to(never), to(gone), nobody, make_outgoing(str(group.id))):
        with pytest.raises(PermanentSendError) as dead:
            await running.send(message)
        assert dead.value.reason
    with pytest.raises(PermanentSendError):
        await running.send(make_outgoing("+447700900001 or so"))


async def test_a_flood_holds_one_chat_and_no_other(
    running: Telegram, dan: Person, server: ChatServer
) -> None:
    rita = server.person("Rita", started=True)
    server.faults.script(Fault(Kind.FLOOD, chat_id=dan.id, retry_after=20))
    for _ in range(2):
        with pytest.raises(TemporarySendError) as wait:
            await running.send(to(dan))
        assert wait.value.retry_after == pytest.approx(20, abs=1)
    assert len(server.journal.of("sendmessage")) == 1
    await running.send(to(rita))
    assert rita.told


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.CUT_BEFORE, Kind.BROKEN])
async def test_a_lost_answer_is_unsure(
    running: Telegram, dan: Person, server: ChatServer, kind: Kind
) -> None:
    server.faults.script(Fault(kind, "sendmessage"))
    with pytest.raises(TimeoutError):
        await running.send(to(dan))
    assert bool(dan.told) == (kind is Kind.CUT_AFTER)


async def test_a_server_that_is_away_surely_got_nothing(
    running: Telegram, dan: Person, server: ChatServer
) -> None:
    await server.away()
    with pytest.raises(TemporarySendError):
        await running.send(to(dan))
    await server.back()
    await running.send(to(dan))
    assert len(dan.told) == 1


async def test_the_token_is_in_no_log_line_and_personal_data_in_none_above_debug(
    running: Telegram, dan: Person, server: ChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await running.send(to(dan, text="call 07700 900123"))
    server.faults.script(Fault(Kind.BROKEN, "getupdates"))
    dan.writes("my words")
    await asyncio.sleep(0.3)
    dan.blocks()
    with pytest.raises(PermanentSendError):
        await running.send(to(dan))
    secret = server.world.token.partition(":")[2]
    ours = [r for r in caplog.records if not r.name.startswith("uvicorn")]  # the other side's
    assert ours
    assert secret not in "\n".join(record.getMessage() for record in ours)
    above = "\n".join(record.getMessage() for record in ours if record.levelname != "DEBUG")
    for personal in ("900123", "my words", str(dan.id)):
        assert personal not in above


async def test_many_chats_are_written_to_at_once_within_the_pace(
    server: ChatServer, context: ChannelContext
) -> None:
    options = TelegramOptions(server.world.token, api_base=server.url)
    quick = Telegram(options, context, pace=Pace(1 / 100, 1))
    people = [server.person(f"Driver {n}", started=True) for n in range(60)]
    await quick.start()
    try:
        await asyncio.gather(*(quick.send(to(p)) for p in people for _ in range(2)))
    finally:
        await quick.stop()
    calls = server.journal.of("sendmessage")
    assert len(calls) == 120
    assert calls[-1].at - calls[0].at >= 119 / 100 - 0.1
    for person in people:
        first, second = (call.at for call in calls if call.chat_id == person.id)
        assert second - first >= 0.9


def _context(press: Any, message: int | None = None, data: str = "") -> dict[str, Any]:
    context = {"callback": press.id, "data": data or press.data, "chat": press.by["id"]}
    return context | ({"message": message} if message is not None else {})
