"""What channels receive at once is stored together, and each is told what became of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from tortoise.exceptions import IntegrityError

from core.errors import DatabaseBusy
from core.inbox.storing import AT_ONCE, MUCH, Keeper, Received
from core.router import Router
from tests.house import NOON, House


def mail(number: int | None, payload: bytes = b"words") -> Received:
    return Received("console", None if number is None else f"m-{number}", payload, "jo")


async def stored(house: House) -> list[str | None]:
    rows = await house.rows("SELECT external_id FROM inbox ORDER BY id")
    return [row["external_id"] for row in rows]


async def test_what_comes_at_once_is_stored_in_the_order_of_its_coming(house: House) -> None:
    keeper = Keeper(house.router)
    amount = 2 * AT_ONCE + 7
    assert all(await asyncio.gather(*(keeper.keep(mail(n)) for n in range(amount))))
    assert await stored(house) == [f"m-{n}" for n in range(amount)]
    first = (await house.rows("SELECT * FROM inbox ORDER BY id LIMIT 1"))[0]
    shown = [first[n] for n in ("channel", "handle", "state", "attempts", "leased_until")]
    assert shown == ["console", "jo", "stored", 0, None]
    assert bytes(first["payload"]) == b"words"
    assert {str(first[name])[:19] for name in ("received_at", "due_at")} == {str(NOON)[:19]}


async def test_what_comes_while_a_unit_is_under_way_shares_the_next_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = []
    do = house.router.do

    async def counted(*asked: Any) -> Any:
        units.append(len(asked[1]))
        return await do(*asked)

    monkeypatch.setattr(house.router, "do", counted)
    keeper = Keeper(house.router)
    first = asyncio.create_task(keeper.keep(mail(0)))
    await asyncio.sleep(0)  # it asks
    await asyncio.sleep(0)  # its unit begins
    others = [asyncio.create_task(keeper.keep(mail(n))) for n in range(1, 6)]
    assert all(await asyncio.gather(first, *others))
    assert units == [1, 5]


async def test_much_at_once_is_stored_beside_the_loop(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = []
    do_long = house.router.do_long

    async def counted(*asked: Any) -> Any:
        long.append(len(asked[1]))
        return await do_long(*asked)

    monkeypatch.setattr(house.router, "do_long", counted)
    keeper = Keeper(house.router)
    large = b"x" * (MUCH // 2)
    assert await keeper.keep(mail(1, large))
    assert long == []
    assert all(await asyncio.gather(*(keeper.keep(mail(n, large)) for n in (2, 3, 4))))
    assert long == [3]
    assert await stored(house) == ["m-1", "m-2", "m-3", "m-4"]


async def test_of_two_that_are_alike_the_first_is_new(house: House) -> None:
    keeper = Keeper(house.router)
    told = await asyncio.gather(*(keeper.keep(mail(n)) for n in (1, 2, 1, None, None)))
    assert told == [True, True, False, True, True]
    assert not await keeper.keep(mail(2))
    assert await stored(house) == ["m-1", "m-2", None, None]


async def test_one_that_cannot_be_stored_takes_nobody_with_it(house: House) -> None:
    keeper = Keeper(house.router)
    spoilt = replace(mail(2), channel=cast(str, None))
    told = await asyncio.gather(
        keeper.keep(mail(1)), keeper.keep(spoilt), keeper.keep(mail(3)), return_exceptions=True
    )
    assert (told[0], told[2]) == (True, True)
    assert isinstance(told[1], IntegrityError)
    assert await stored(house) == ["m-1", "m-3"]


async def test_who_gives_up_waiting_takes_nobody_with_them(house: House) -> None:
    keeper = Keeper(house.router)
    waiting = [asyncio.create_task(keeper.keep(mail(n))) for n in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    assert await asyncio.gather(*waiting[1:]) == [True, True]
    assert waiting[0].cancelled()
    assert await keeper.keep(mail(9))


class Failing:
    """A router whose units of work all end so."""

    def __init__(self, fault: BaseException) -> None:
        self._fault = fault

    async def do(self, *_asked: object) -> object:
        raise self._fault


async def test_nobody_is_acknowledged_when_the_database_is_busy() -> None:
    keeper = Keeper(cast(Router, Failing(DatabaseBusy("held"))))
    told = await asyncio.gather(*(keeper.keep(mail(n)) for n in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [DatabaseBusy] * 3
    assert len(set(map(id, told))) == 3


async def test_nobody_waits_for_ever_when_the_keeping_itself_is_ended() -> None:
    keeper = Keeper(cast(Router, Failing(asyncio.CancelledError())))
    async with asyncio.timeout(10):
        for _ in range(2):
            told = await asyncio.gather(
                *(keeper.keep(mail(n)) for n in range(AT_ONCE + 1)), return_exceptions=True
            )
            assert {type(one) for one in told} == {asyncio.CancelledError}
