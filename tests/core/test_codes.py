"""Codes of offers: the lowest that is free, also where several units share what one has read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from core.codes import Codes
from core.models import Offer
from core.replies import HIGHEST_CODE, LOWEST_CODE
from core.runner import Abandon
from core.work import Work
from tests.house import House, phone

ANN = 1
FIRST, SECOND, THIRD, FOURTH = range(LOWEST_CODE, LOWEST_CODE + 4)


async def offered(house: House) -> None:
    """Bring two jobs to open offers of Ann's."""
    await house.drivers("Ann")
    for reference in ("J-1", "J-2"):
        await house.offering(reference)


def looking(codes: Codes) -> Callable[[Work], Awaitable[None]]:
    async def look(work: Work) -> None:
        await codes.look(work.unit, work.now, [ANN])
        codes.written([offer.id for offer in await Offer.all()])
        work.unit.after_commit(codes.committed)

    return look


def giving(codes: Codes) -> Callable[[Work], Awaitable[int]]:
    async def give(work: Work) -> int:
        await codes.look(work.unit, work.now, [ANN])
        return codes.give(ANN)

    return give


async def freed(work: Work) -> None:
    """Take the first code out of the record, so that only who reads anew finds it free."""
    await Offer.filter(code=FIRST).update(code=HIGHEST_CODE)


async def test_the_lowest_free_codes_are_given_one_after_another(house: House) -> None:
    await offered(house)

    async def give(work: Work) -> list[int]:
        await work.codes.look(work.unit, work.now, [ANN])
        return [work.codes.give(ANN), work.codes.give(ANN)]

    assert await house.router.do(give) == [THIRD, FOURTH]


async def test_a_code_rests_for_a_week_after_its_offer(house: House) -> None:
    await offered(house)
    await house.says(1, f"{FIRST} NO")
    assert await house.router.do(giving(Codes())) == THIRD
    await house.passes(days=8)
    assert await house.router.do(giving(Codes())) == FIRST


async def test_the_next_unit_goes_on_from_what_the_last_one_knew(house: House) -> None:
    await offered(house)
    codes = Codes()
    await house.router.do(looking(codes))
    await house.offering("J-3")  # somebody else's: it has the third code
    await house.router.do(freed)
    assert await house.router.do(giving(codes)) == FOURTH


async def test_what_a_unit_knew_that_was_taken_back_is_read_anew(house: House) -> None:
    await offered(house)
    codes = Codes()
    look = looking(codes)

    async def look_in_vain(work: Work) -> None:
        await look(work)
        raise Abandon

    await house.router.do(look_in_vain)
    await house.router.do(freed)
    assert await house.router.do(giving(codes)) == FIRST


async def test_an_agent_whose_code_came_to_life_again_is_looked_at_anew(house: House) -> None:
    await offered(house)
    codes = Codes()
    await house.router.do(looking(codes))
    await house.router.do(freed)
    codes.forget(ANN)
    assert await house.router.do(giving(codes)) == FIRST


def test_an_agent_with_every_code_taken_gets_none() -> None:
    codes = Codes()
    codes._taken[ANN] = (1 << HIGHEST_CODE - LOWEST_CODE + 1) - 1
    with pytest.raises(LookupError, match="every code of agent 1"):
        codes.give(ANN)


async def test_jobs_that_end_in_several_units_of_one_tick_get_codes_in_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.router.clockwork.TOGETHER", 2)
    await house.drivers("Ann", "Bob")
    for n in range(5):
        await house.offering(f"J-{n}")
    ticked = await house.passes(minutes=31)
    assert (ticked.timed_out, ticked.advanced) == (5, 5)
    found = await house.rows(
        "SELECT code FROM offers JOIN agents ON agents.id = agent_id"
        " WHERE phone_e164 = $1 ORDER BY code",
        phone(2),
    )
    assert [row["code"] for row in found] == [*range(LOWEST_CODE, LOWEST_CODE + 5)]
