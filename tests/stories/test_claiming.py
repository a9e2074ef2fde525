"""Messages are claimed oldest first, one at a time for each reader, however many wait."""

from __future__ import annotations

from datetime import timedelta

from core.domain import MessageKind
from core.outbox.claims import Claimed, claim
from core.work import Work
from tests.house import House, phone

MANY = 40  # more than the relay takes at once


async def claimed(house: House, limit: int = 32) -> list[Claimed]:
    return await house.router.do(claim, limit)


async def wait(house: House, kind: MessageKind, **amount: float) -> None:
    """Have the oldest message of a kind wait."""
    until = house.clock.now() + timedelta(**amount)

    async def put_off(work: Work) -> None:
        oldest = "SELECT MIN(id) FROM outbox WHERE kind = $2"
        await work.unit.execute(
            f"UPDATE outbox SET due_at = $1 WHERE id = ({oldest})", until, kind.value
        )

    await house.router.do(put_off)


async def test_who_has_much_to_read_keeps_nobody_else_waiting(house: House) -> None:
    await house.drivers("Ann", "Bob")
    for number in range(MANY):
        await house.job(f"J-{number}")
    await house.offering("A-1", policy="broadcast")
    first, *offers = await claimed(house)
    assert (first.kind, first.facts["reference"]) == (MessageKind.APPROVAL_REQUEST, "J-0")
    assert [(one.kind, one.handle) for one in offers] == [
        (MessageKind.OFFER, phone(1)),
        (MessageKind.OFFER, phone(2)),
    ]
    assert await claimed(house) == []


async def test_no_more_are_claimed_than_asked_for_wherever_they_are_found(house: House) -> None:
    await house.drivers("Ann", "Bob", "Cy")
    for number in range(MANY):
        await house.job(f"J-{number}")
    await house.offering("A-1", policy="broadcast")
    found = [await claimed(house, 2) for _ in range(4)]
    handles = [[one.handle for one in some] for some in found]
    assert handles == [["coordinator", phone(1)], [phone(2), phone(3)], [], []]


async def test_a_message_that_waits_for_its_retry_lets_the_next_one_pass(house: House) -> None:
    await house.drivers("Ann")
    for number in range(MANY):
        await house.job(f"J-{number}")
    await house.offering("A-1")
    await wait(house, MessageKind.APPROVAL_REQUEST, minutes=1)
    await wait(house, MessageKind.OFFER, minutes=1)
    (second,) = await claimed(house)
    assert second.facts["reference"] == "J-1"
    assert await claimed(house) == []
    house.clock.advance(timedelta(minutes=1))
    again = await claimed(house)
    assert [one.facts["reference"] for one in again] == ["J-0", "A-1"]
