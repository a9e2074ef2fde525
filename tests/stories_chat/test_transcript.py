"""The conversation that docs/telegram.md prints is what two drivers and a coordinator see."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.chat_server import Message, Person
from core.domain import API
from core.drafts import JobDraft
from tests.stories_chat.office import Office

DOCS = Path(__file__).resolve().parents[2] / "docs" / "telegram.md"
JOB = JobDraft(
    "VC8Y-3",
    origin="Leeds",
    destination="York",
    vehicle_type="Van",
    pay="£60",
    notes="2 pallets",
    pickup_address="1 Mill Lane, Leeds",
    contact_name="Sam",
    contact_phone="0113 496 0000",
)


async def test_the_printed_conversation_is_a_real_one(office: Office) -> None:
    jo = await office.coordinator()
    dan, eve = await office.driver("Dan"), await office.driver("Eve")
    seen: list[str] = []
    heard = {person.id: len(person.sees) for person in (jo, dan, eve)}

    async def goes_on() -> None:
        await office.settles()
        for person in (jo, dan, eve):
            seen.extend(_printed(person, message) for message in person.sees[heard[person.id] :])
            heard[person.id] = len(person.sees)

    async def presses(person: Person, label: str) -> None:
        popups = len(person.popups)
        person.presses_on(label)
        await office.settles()
        seen.append(f"{person.name} presses [{label}]")
        for text in filter(None, person.popups[popups:]):
            seen.extend(["  pop-up:", *_indented(text.splitlines())])
        await goes_on()

    await office.router.create_job(JOB, API)
    await goes_on()
    await presses(jo, "✅ Approve and offer")
    await presses(dan, "❌ NO")
    await presses(dan, "Too far")
    seen.append(_printed(dan, dan.told[-1], edited=True))
    await presses(eve, "✅ YES")
    await presses(eve, "📦 Delivered")
    printed = "\n".join(seen)
    assert printed in DOCS.read_text(encoding="utf-8"), f"docs/telegram.md must hold:\n{printed}"


def _printed(person: Person, message: Message, *, edited: bool = False) -> str:
    """Return one message as the person's telephone shows it."""
    if not message.by_bot:
        return f"{person.name}: {message.text}"
    head = f"to {person.name}{', edited' if edited else ''}:"
    lines = [line for line in message.text.splitlines() if "/approve?token=" not in line]
    buttons = ["  ".join(f"[{label}]" for label in message.labels)] if message.labels else []
    return "\n".join([head, *_indented([*lines, *buttons])])


def _indented(lines: Iterable[str]) -> list[str]:
    """Return lines as they stand below who sees them; of several empty ones the first."""
    shown: list[str] = []
    for line in lines:
        if line or (shown and shown[-1]):
            shown.append(f"    {line}".rstrip())
    return shown
