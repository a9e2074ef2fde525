"""What is done about one driver or one job leaves everybody else's rows exactly as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.domain import MessageKind, TokenScope
from core.models import Job, Link, Offer, OutboxMessage
from core.outbox.updates import stays_in_place
from core.outcomes import NotFound
from core.router.tokens import revoke_token
from core.work import Work, plain
from tests.core.lives import alike, of_driver
from tests.house import JO, NOON, House, phone


async def test_stop_and_start_are_of_one_driver_and_count_once(house: House) -> None:
    await house.drivers("One", "Two")
    await house.says(2, "STOP")
    await house.offering()
    for word, state in (("STOP", "opted_out"), ("START", "usable")):
        two = await of_driver(house, 2)
        said = [(await house.says(1, word)).code for _ in range(2)]
        assert said == [{"STOP": "opted_out", "START": "opted_in"}[word]] * 2
        assert await of_driver(house, 2) == two
        assert (await of_driver(house, 1))["addresses"][0]["state"] == state
    kinds = [event["kind"] for event in (await of_driver(house, 1))["events"]]
    assert (kinds.count("opted_out"), kinds.count("opted_in")) == (1, 1)


async def test_start_revives_no_address_that_is_dead(house: House) -> None:
    await house.drivers("One")

    async def die(work: Work) -> None:
        await work.unit.execute("UPDATE addresses SET state = 'undeliverable'")

    await house.router.do(die)
    await house.says(1, "START")
    assert (await of_driver(house, 1))["addresses"][0]["state"] == "undeliverable"


async def test_a_new_link_ends_the_unused_one_of_that_driver_and_channel_alone(
    house: House,
) -> None:
    await alike(house)

    async def use(work: Work) -> None:
        await Link.create(
            token_hash="used",
            channel="console",
            agent_id=1,
            created_at=NOON,
            expires_at=NOON,
            used_at=NOON,
        )

    await house.router.do(use)
    before = [row["id"] for row in await house.rows("SELECT id FROM links ORDER BY id")]
    assert len(before) == 5
    await house.router.invite_agent(1, "console")
    after = {row["id"] for row in await house.rows("SELECT id FROM links")}
    assert [link for link in before if link not in after] == before[:1]


async def test_a_job_that_is_done_ends_the_accepted_offer_of_that_job_alone(house: House) -> None:
    first, second = await alike(house)
    for number, job_id in ((1, first), (2, second)):
        await house.says(number, "YES", job_id=job_id)
    third = await house.offering("A-3")
    await house.says(1, "NO", job_id=third)
    await house.says(2, "YES", job_id=third)
    before = await house.rows("SELECT * FROM offers WHERE job_id = $1", second)
    declined = await house.rows("SELECT * FROM offers WHERE status = 'declined'")
    house.clock.advance(timedelta(minutes=1))
    for job_id in (first, third):
        await house.router.complete(job_id, JO)
    assert await house.rows("SELECT * FROM offers WHERE job_id = $1", second) == before
    assert await house.rows("SELECT * FROM offers WHERE status = 'declined'") == declined


async def test_a_revoked_token_stays_revoked_since_then(house: House) -> None:
    for name in ("a", "b"):
        await house.router.create_token(name, TokenScope.FULL)
    revoked = await house.router.do(revoke_token, "a")
    house.clock.advance(timedelta(minutes=1))
    assert await house.router.do(revoke_token, "a") == NotFound("token")
    tokens = await house.rows("SELECT name, revoked_at FROM tokens ORDER BY name")
    assert [str(row["revoked_at"])[:16] for row in tokens] == ["2026-01-30 12:00", "None"]
    assert revoked != NotFound("token")


MESSAGES: dict[str, dict[str, Any]] = {
    "of another job": {"job_id": 2},
    "of another kind": {"kind": "reminder"},
    "of another offer": {"offer_id": 2},
    "at another address": {"address_id": 2},
    "in the hand of a relay": {"leased_until": NOON},
    "sent": {"state": "sent"},
}


WHEREVER = {"in the hand of a relay", "sent"}  # what can be edited stays in place there too


@pytest.mark.parametrize(
    ("name", "editable"),
    [(name, e) for name in MESSAGES for e in (False, True) if not (e and name in WHEREVER)],
)
async def test_new_facts_go_into_the_message_that_told_the_old_ones_and_no_other(
    house: House, name: str, editable: bool
) -> None:
    await alike(house)
    facts: dict[str, Any] = {
        "token": "t",
        "kind": "offer",
        "job_id": 1,
        "offer_id": 1,
        "address_id": 1,
        "channel": "console",
        "handle": phone(1),
        "facts": {"old": True},
        "created_at": NOON,
        "due_at": NOON,
        "editable": editable,
    }

    async def step(work: Work) -> bool:
        await OutboxMessage.all().delete()
        await OutboxMessage.create(**{**facts, **MESSAGES[name]})
        job, offer = await Job.get(id=1), await Offer.get(id=1)
        return await stays_in_place(work, job, MessageKind.OFFER, offer)

    assert await house.router.do(step) is False
    assert [plain(m["facts"]) for m in await house.rows("SELECT facts FROM outbox")] == [
        {"old": True}
    ]
