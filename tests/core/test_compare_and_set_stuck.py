"""What is freed, read again or sent again by hand is what waits for that, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.outcomes import NotPossible
from core.router.stuck import end_leases
from tests.core.lives import put, table
from tests.house import NOON, House

LATER = NOON + timedelta(minutes=1)
OUTBOX = "UPDATE outbox SET state = $1, leased_until = $2 WHERE id = $3"
INBOX = "UPDATE inbox SET state = $1, leased_until = $2 WHERE id = $3"


async def test_of_what_was_to_be_sent_only_what_is_in_hand_is_freed(house: House) -> None:
    await house.drivers("One")
    for reference in ("A-1", "A-2", "A-3"):
        await house.offering(reference)
    offers = [row["id"] for row in await table(house, "outbox") if row["kind"] == "offer"]
    in_hand, waiting, sent = offers
    await put(house, OUTBOX, "queued", LATER, in_hand)
    await put(house, OUTBOX, "queued", None, waiting)
    await put(house, OUTBOX, "sent", LATER, sent)
    await house.router.do(end_leases)
    after = {row["id"]: row for row in await table(house, "outbox")}
    assert [bool(after[number]["unsure"]) for number in offers] == [True, False, False]
    assert [after[number]["leased_until"] is None for number in offers] == [True, True, False]


async def test_of_what_came_in_only_what_is_in_hand_is_freed(house: House) -> None:
    store = house.reader.store_for("console")
    for number in range(1, 4):
        await store.store(f"m-{number}", b"words", handle=f"{number}")
    await put(house, INBOX, "stored", LATER, 1)
    await put(house, INBOX, "handled", LATER, 2)
    await house.router.do(end_leases)
    assert [row["leased_until"] is None for row in await table(house, "inbox")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("state", "verdict", "goes_again"),
    [
        ("needs_person", None, True),
        ("ignored", None, True),
        ("handled", None, False),
        ("stored", None, False),
        ("needs_person", "YES", False),
        ("ignored", "NO", False),
    ],
)
async def test_an_entry_is_read_again_when_it_waits_and_led_to_nothing(
    house: House, state: str, verdict: str | None, goes_again: bool
) -> None:
    await house.reader.store_for("console").store("m-1", b"words", handle="1")
    change = "UPDATE inbox SET state = $1, verdict = $2, attempts = 3 WHERE id = 1"
    await put(house, change, state, verdict)
    answered = await house.router.retry_entry(1)
    assert isinstance(answered, NotPossible) != goes_again
    (entry,) = await table(house, "inbox")
    assert (entry["state"], entry["attempts"]) == (("stored", 0) if goes_again else (state, 3))


@pytest.mark.parametrize("state", ["queued", "sent", "delivered", "dropped"])
async def test_a_message_that_did_not_fail_is_not_sent_again(house: House, state: str) -> None:
    await house.drivers("One")
    await house.offering()
    offer = next(row["id"] for row in await table(house, "outbox") if row["kind"] == "offer")
    await put(house, "UPDATE outbox SET state = $1, attempts = 3 WHERE id = $2", state, offer)
    assert isinstance(await house.router.retry_message(offer), NotPossible)
    kept = {row["id"]: (row["state"], row["attempts"]) for row in await table(house, "outbox")}
    assert kept[offer] == (state, 3)
