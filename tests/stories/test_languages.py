"""A story in another language: asked, unclear, booked, in the driver's own words."""

# ruff: noqa: RUF001 - Cyrillic letters that look like Latin ones are meant

from __future__ import annotations

from core.domain import MessageKind
from tests.house import House, phone


async def test_a_polish_driver_is_asked_and_booked_in_polish(house: House) -> None:
    await house.drivers("One", language="pl")
    job_id = await house.offering(pickup_address="1 Mill Lane")
    (offer,) = await house.told(phone(1))
    assert offer.subject.startswith("Oferta zlecenia VC8Y-3")
    assert "Odpowiedz TAK lub NIE do " in offer.text
    assert "Mill Lane" not in offer.text
    asked_back = await house.says(1, "no")
    assert asked_back.code == "unrecognized_response"
    assert asked_back.facts == {"expected": ["YES", "NO"], "in_their_language": ["TAK", "NIE"]}
    assert (await house.shown(job_id)).status == "offering"
    assert await house.alerts() == ["unclear_reply"]
    await house.writes(1, "Tak, dziękuję")
    (booked,) = [m for m in await house.told(phone(1)) if m.kind is MessageKind.BOOKED]
    assert booked.subject == "POTWIERDZONE: VC8Y-3 jest Twoje"
    assert "Adres odbioru: 1 Mill Lane" in booked.text
    assert (await house.shown(job_id)).assigned_agent_id == 1


async def test_a_ukrainian_driver_declines_by_message_and_is_answered(house: House) -> None:
    await house.drivers("One", language="uk")
    await house.offering()
    await house.told()
    await house.writes(1, "Ні, дякую")
    answers = [m for m in await house.told(phone(1)) if m.kind is MessageKind.ANSWER]
    assert [m.subject for m in answers] == ["Записали: не цього разу"]
