"""Stories of drivers who give a job back that they were given by hand."""

from __future__ import annotations

from core.domain import MessageKind
from tests.house import JO, House, phone


async def given(house: House, reference: str = "VC8Y-3", agent_id: int = 1) -> int:
    """Let a job arrive and give it to a driver by hand, who was never offered it."""
    job_id = await house.job(reference)
    await house.router.assign(job_id, agent_id, JO)
    return job_id


async def test_a_job_given_by_hand_is_dropped_by_two_drops(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await given(house)
    await house.told()
    assert (await house.says(1, "DROP")).code == "confirm_drop"
    assert (await house.shown(job_id)).status == "assigned"
    await house.passes(minutes=3)
    assert (await house.says(1, "DROP")).code == "dropped"
    job = await house.shown(job_id)
    assert (job.status, job.assigned_agent_id) == ("offering", None)
    assert [o.agent_id for o in await house.offers(job_id)] == [2]
    assert await house.alerts() == ["dropped"]
    assert await house.heard(2) == [MessageKind.OFFER]


async def test_nobody_else_leaves_a_dropped_job_uncovered_and_alerted(house: House) -> None:
    await house.drivers("One")
    job_id = await given(house)
    await house.says(1, "DROP")
    await house.says(1, "DROP")
    assert (await house.shown(job_id)).status == "uncovered"
    assert sorted(await house.alerts()) == ["dropped", "uncovered"]


async def test_a_second_drop_after_ten_minutes_is_a_first_one_again(house: House) -> None:
    await house.drivers("One")
    job_id = await given(house)
    await house.says(1, "DROP")
    await house.passes(minutes=10, seconds=1)
    assert (await house.says(1, "DROP")).code == "confirm_drop"
    assert (await house.shown(job_id)).status == "assigned"


async def test_a_redelivered_drop_of_a_job_given_by_hand_never_confirms(house: House) -> None:
    await house.drivers("One")
    job_id = await given(house)
    for _ in range(3):
        assert (await house.says(1, "DROP", external_id="m-1")).code == "confirm_drop"
    assert (await house.shown(job_id)).status == "assigned"


async def test_a_drop_before_the_job_was_taken_back_does_not_count_for_the_next_time(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await given(house)
    await house.says(1, "DROP")
    await house.passes(minutes=1)
    await house.router.overrides.take_back(job_id, JO)
    await house.router.assign(job_id, 1, JO)
    assert (await house.says(1, "DROP")).code == "confirm_drop"


async def test_yes_and_no_to_a_job_given_by_hand_are_answered_truly(house: House) -> None:
    await house.drivers("One")
    job_id = await given(house)
    assert (await house.says(1, "YES")).code == "accepted"
    assert (await house.says(1, "NO", job_id=job_id)).code == "confirm_drop"
    assert (await house.shown(job_id)).status == "assigned"


async def test_a_bare_drop_with_several_jobs_is_asked_back_and_a_reference_names_one(
    house: House,
) -> None:
    await house.drivers("One")
    first = await given(house, "A-1")
    second = await given(house, "A-2")
    offered = await house.offering("A-3")
    await house.says(1, "YES", job_id=offered)
    await house.told()
    await house.writes(1, "drop")
    code = (await house.offers(offered))[0].code
    said = (await house.told(phone(1)))[0]
    assert f"({code}, A-1, A-2)" in said.text
    assert (await house.says(1, "drop a-2")).facts["job_id"] == second
    assert (await house.says(1, f"drop {code}")).facts["job_id"] == offered
    assert (await house.says(1, "DROP A-1.", external_id="m")).facts["job_id"] == first
    assert (await house.says(1, "DROP A-2!")).code == "dropped"
    assert (await house.says(1, "DROP A-9")).code == "unrecognized_response"
    assert (await house.shown(second)).status == "uncovered"


async def test_a_job_given_by_hand_after_an_offer_ran_out_is_dropped_too(house: House) -> None:
    await house.drivers("One", "Two")
    job_id = await house.offering()
    await house.passes(minutes=31)
    await house.router.assign(job_id, 1, JO)
    other = await house.offering("other", policy="broadcast")
    assert [o.agent_id for o in await house.offers(other)] == [1, 2]
    assert (await house.says(1, "DROP")).facts["job_id"] == job_id
    assert (await house.says(1, "DROP")).code == "dropped"
    job = await house.shown(job_id)
    assert (job.status, job.assigned_agent_id) == ("uncovered", None)
