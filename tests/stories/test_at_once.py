"""Twenty at once of anything equals it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from core.domain import API
from core.drafts import JobDraft
from core.models import Job, Offer
from core.outcomes import AlreadyExists, Created, Done, Refused, Started
from core.router.reply_steps import accept_late, reserve
from core.runner import Abandon
from core.work import Work, plain
from tests.house import JO, House

TWENTY = 20


async def at_once(*work: Awaitable[Any]) -> list[Any]:
    """Run everything at the same time and return the answers."""
    return list(await asyncio.gather(*work))


async def test_created_at_once_is_one_job_with_one_request(house: House) -> None:
    draft = JobDraft("VC8Y-3", origin="Leeds")
    answers = await at_once(*(house.router.create_job(draft, API) for _ in range(TWENTY)))
    assert Counter(type(a) for a in answers) == {Created: 1, AlreadyExists: TWENTY - 1}
    assert {a.job.id for a in answers} == {1}
    assert await house.story(1) == ["created"]
    assert len(await house.told("coordinator")) == 1


async def test_approved_at_once_is_approved_once(house: House) -> None:
    await house.drivers("One")
    job_id = await house.job()
    answers = await at_once(*(house.router.approve(job_id, JO, start=True) for _ in range(TWENTY)))
    assert Counter(a.repeated for a in answers) == {False: 1, True: TWENTY - 1}
    assert await house.story(job_id) == ["created", "approved", "offering_started", "offered"]


async def test_approved_and_rejected_at_once_is_one_of_them(house: House) -> None:
    job_id = await house.job()
    approvals = [house.router.approve(job_id, JO) for _ in range(10)]
    rejections = [house.router.reject(job_id, JO) for _ in range(10)]
    answers = await at_once(*approvals, *rejections)
    assert sum(isinstance(a, Done) and not a.repeated for a in answers) == 1
    assert (await house.shown(job_id)).status in ("approved", "rejected")


async def test_started_at_once_asks_one_driver(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.approved()
    answers = await at_once(*(house.start(job_id) for _ in range(TWENTY)))
    assert Counter(type(a) for a in answers) == {Started: 1, Refused: TWENTY - 1}
    assert len(await house.offers(job_id)) == 1


async def test_no_at_once_asks_one_next_driver(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    job_id = await house.offering()
    answers = await at_once(*(house.says(1, "NO", job_id=job_id) for _ in range(TWENTY)))
    assert {a.code for a in answers} == {"declined_advanced"}
    assert all(a == answers[0] for a in answers)
    assert [o.status for o in await house.offers(job_id)] == ["declined", "sent"]


async def test_a_message_redelivered_at_once_counts_once(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    answers = await at_once(
        *(house.says(1, "NO", job_id=job_id, external_id="m-1") for _ in range(TWENTY))
    )
    assert all(a == answers[0] for a in answers)
    assert (await house.rows("SELECT COUNT(*) AS n FROM inbox"))[0]["n"] == 1


async def test_ticked_at_once_times_out_once(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    house.clock.advance(timedelta(minutes=30))
    answers = await at_once(*(house.router.tick() for _ in range(TWENTY)))
    assert sum(a.timed_out for a in answers) == 1
    assert sum(a.advanced for a in answers) == 1
    assert [o.status for o in await house.offers(job_id)] == ["timed_out", "sent"]


async def test_everything_at_once_leaves_one_true_story(house: House) -> None:
    await house.drivers(*(f"Driver {n}" for n in range(1, 6)))
    for round_ in range(10):
        job_id = await house.offering(f"J-{round_}")
        await at_once(
            *(house.says(n, word, job_id=job_id) for n in (1, 2) for word in ("YES", "NO")),
            house.router.cancel(job_id, JO),
            house.router.assign(job_id, 3, JO),
            house.router.assign(job_id, 4, JO),
            house.router.tick(),
            house.start(job_id),
        )
        job = await house.shown(job_id)
        assert job.status == "cancelled"
        assert [o.status for o in job.offers or () if o.status in ("sent", "accepted")] == []
        assert await house.broken_invariants() == ()


async def test_two_who_say_yes_to_a_broadcast_have_one_winner(house: House) -> None:
    for round_ in range(10):
        names = [f"Driver {n}" for n in range(1, 11)]
        await house.drivers(*names)
        job_id = await house.offering(f"J-{round_}", policy="broadcast")
        assert len(await house.offers(job_id)) == len(names)
        answers = await at_once(*(house.says(n, "YES", job_id=job_id) for n in range(1, 11)))
        assert Counter(a.code for a in answers) == {"accepted": 1, "already_covered": 9}


async def test_jobs_that_ask_the_same_driver_at_once_give_each_offer_its_own_code(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    jobs = [await house.approved(f"J-{n}") for n in range(TWENTY)]
    answers = await at_once(*(house.start(job_id) for job_id in jobs))
    assert Counter(type(a) for a in answers) == {Started: TWENTY}
    assert len({a.offer.code for a in answers}) == TWENTY
    house.clock.advance(timedelta(minutes=30))
    assert (await house.router.tick()).advanced == TWENTY


async def test_jobs_that_end_together_are_each_asked_on_as_if_alone(house: House) -> None:
    await house.drivers("One", "Two", "Three")
    asked_on = [await house.offering(f"J-{n}") for n in range(TWENTY)]
    paused, declined = await house.offering("P-1"), await house.offering("D-1")
    await house.router.overrides.pause(paused, JO)
    for driver in (1, 2):
        await house.says(driver, "NO", job_id=declined)
    ticked = await house.passes(minutes=31)
    assert (ticked.timed_out, ticked.advanced) == (TWENTY + 2, TWENTY)
    for job_id in asked_on:
        assert [(o.agent_id, o.status) for o in await house.offers(job_id)] == [
            (1, "timed_out"),
            (2, "sent"),
        ]
        assert (await house.story(job_id))[-2:] == ["timed_out", "offered"]
    assert [o.status for o in await house.offers(paused)] == ["timed_out"]
    assert (await house.shown(declined)).status == "uncovered"
    told = await house.rows(
        "SELECT offers.code, outbox.facts AS message, events.facts AS line FROM offers"
        " JOIN outbox ON outbox.offer_id = offers.id AND outbox.kind = 'offer'"
        " JOIN events ON events.offer_id = offers.id AND events.kind = 'offered'"
        " WHERE offers.status = 'sent'"
    )
    codes = [row["code"] for row in told]
    assert len(set(codes)) == len(codes) == TWENTY
    assert codes == [plain(row["message"])["code"] for row in told]
    assert codes == [plain(row["line"])["code"] for row in told]


async def test_two_late_answers_at_once_never_wait_for_each_other(house: House) -> None:
    """Each saw the other's offer open; the second to write decides anew."""
    await house.drivers("One", "Two")
    jobs = [await house.offering(f"J-{n}", policy="batch") for n in range(TWENTY)]
    house.clock.advance(timedelta(minutes=31))
    said = [house.says(who, "YES", job_id=job_id) for job_id in jobs for who in (1, 2)]
    answers = Counter(answer.code for answer in await at_once(*said))
    assert answers == {"standby": TWENTY, "accepted": TWENTY}
    assert {(await house.shown(job_id)).status for job_id in jobs} == {"assigned"}


async def test_a_late_answer_waits_when_somebody_was_asked_since_it_was_decided(
    house: House,
) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering(policy="batch")
    house.clock.advance(timedelta(minutes=31))

    async def as_decided_before(work: Work) -> bool:
        job, offer = await Job.get(id=job_id), await Offer.get(job_id=job_id, agent_id=1)
        with pytest.raises(Abandon):
            await accept_late(work, job, offer, JO)
        await Offer.filter(job_id=job_id, agent_id=2).update(status="timed_out")
        with pytest.raises(Abandon):
            await reserve(work, job, offer, JO)
        raise Abandon(True)

    assert await house.router.do(as_decided_before)
    assert [o.status for o in await house.offers(job_id)] == ["sent", "sent"]
