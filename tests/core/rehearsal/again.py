"""Live a record again and see what goes another way."""

from __future__ import annotations

from core.rehearsal import Life, Past, People, Stage, account_of, differing, lives_of, read_past
from core.site import Site
from tests.house import House


async def past_of(house: House) -> Past:
    past = await house.router.runner.read(read_past, house.clock.now())
    assert past is not None
    return past


async def unlike(past: Past, site: Site, stage: Stage) -> list[tuple[Life, Life | None]]:
    """Return the lives that are not the same when all of them are lived again, as pairs."""
    again = await account_of(stage, past, site, People(past, 1), "again", None)
    happened = lives_of(past)
    return [(happened[n], again.lives.get(n)) for n in differing(happened, again.lives)]


async def differs(house: House, stage: Stage) -> list[tuple[Life, Life | None]]:
    """Return what goes another way when everything in the house is replayed."""
    return await unlike(await past_of(house), house.router.site, stage)
