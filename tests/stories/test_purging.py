"""Personal data goes when its time is over; rows and history stay."""

from __future__ import annotations

from datetime import timedelta

from core.domain import CLOCK, MessageKind
from core.outcomes import Purged
from tests.house import JO, House, phone

PERSONAL = {
    "contact_name": "Ann Onymous",
    "contact_phone": "+441132000000",
    "pickup_address": "1 High Street",
    "delivery_address": "2 Low Street",
    "notes": "ring twice",
}


async def purge(house: House, *, dry_run: bool = False) -> Purged:
    before = house.clock.now() - timedelta(days=90)
    return await house.router.purge(before, CLOCK, dry_run=dry_run)


async def kept(house: House) -> str:
    rows = [
        *await house.rows("SELECT * FROM jobs"),
        *await house.rows("SELECT payload, handle, answer FROM inbox"),
        *await house.rows("SELECT facts, handle, receipt FROM outbox"),
    ]
    return str(rows)


async def test_what_was_personal_about_an_ended_job_goes_after_90_days(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(**PERSONAL)
    await house.writes(1, "YES gladly")
    await house.writes(1, "YES")
    await house.relay.drain()
    await house.router.complete(job_id, JO)
    events = await house.story(job_id)
    house.clock.advance(timedelta(days=90))
    assert await purge(house) == Purged(0, 0, 0)
    house.clock.advance(timedelta(seconds=1))
    promised = await purge(house, dry_run=True)
    assert "Ann Onymous" in await kept(house)
    assert await purge(house) == promised
    assert (promised.jobs, promised.inbox) == (1, 2)
    assert promised.outbox >= 3
    left = await kept(house)
    for words in (*PERSONAL.values(), "gladly", phone(1)):
        assert words not in left, words
    job = await house.shown(job_id)
    assert (job.status, job.origin, job.assigned_agent_id) == ("completed", "Leeds", 1)
    assert await house.story(job_id) == [*events, "purged"]
    assert await purge(house) == Purged(0, 0, 0)
    assert len(await house.story(job_id)) == len(events) + 1


async def test_a_job_that_has_not_ended_keeps_everything_however_old(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering(**PERSONAL)
    await house.says(1, "YES")
    await house.relay.drain()
    house.clock.advance(timedelta(days=900))
    assert await purge(house) == Purged(0, 0, 0)
    assert (await house.shown(job_id)).contact_name == "Ann Onymous"


async def test_what_belongs_to_no_job_goes_by_its_own_age_unless_a_person_is_awaited(
    house: House,
) -> None:
    await house.drivers("One")
    await house.writes(1, "OFF")
    await house.writes(7, "a stranger's words")
    assert await house.channels["console"].inbox.store(None, b"not json", handle="odd")
    await house.reader.drain()
    await house.relay.drain()
    house.clock.advance(timedelta(days=90))
    assert await purge(house) == Purged(0, 0, 0)
    house.clock.advance(timedelta(seconds=1))
    done = await purge(house)
    assert (done.jobs, done.inbox, done.outbox) == (0, 3, 2)  # with the stranger's hint
    assert "stranger" not in await kept(house)


async def test_a_message_that_still_waits_keeps_whom_it_goes_to(house: House) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.told()
    await house.router.cancel(job_id, JO)
    house.clock.advance(timedelta(days=91))
    await purge(house)
    (told,) = await house.told(phone(1))
    assert (told.kind, told.facts["reference"]) == (MessageKind.WITHDRAWN, "VC8Y-3")
