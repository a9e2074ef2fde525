"""Every cell of the reply table: played on the real router, or shown to be impossible."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain import FINAL_JOB_STATUSES, JOB_MOVES, JobStatus, OfferStatus, Verdict
from core.models import Job, Offer
from core.reply_page import ABOUT_OFFERS, DOES, NOT_ABOUT_OFFERS, replies_page
from core.reply_table import ANSWERS, BEFORE_ASKING, TAKEN, ReplyOutcome
from core.router.offering import expire_offers
from core.work import Work
from tests.core.reply_cells import NEVER, PLAIN, STATES, Played, State, play
from tests.databases import DIALECTS, in_own_loop
from tests.house import House, open_house, phone

R = ReplyOutcome
PAGE = Path(__file__).parents[2] / "docs" / "replies.md"
Impossible = tuple[JobStatus, OfferStatus, bool, bool]
Cells = dict[str, dict[str, Played]]
WORDS = [v.value for v in ABOUT_OFFERS]
# What a word makes of (job, held by the driver, offer), and lines that must be among those noted.
CHANGES: dict[ReplyOutcome, tuple[tuple[str, bool, str] | None, set[str]]] = {
    R.ACCEPT: (("assigned", True, "accepted"), {"accepted", "assigned"}),
    R.ACCEPT_LATE: (("assigned", True, "accepted"), {"late_yes", "accepted", "assigned"}),
    R.RESERVE: (None, {"reserved"}),
    R.DECLINE: (None, {"declined"}),
    R.RELEASE_RESERVE: (None, {"reserve_released"}),
    R.CONFIRM_DROP: (None, {"drop_asked"}),
    R.DROP: (None, {"dropped", "reopened", "alerted"}),
    R.RECONFIRM: (("assigned", True, "accepted"), {"reconfirmed"}),
    R.GIVE_BACK: (None, {"dropped", "reopened", "alerted"}),
}


@pytest.fixture(scope="module", params=DIALECTS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """What every word did in every state that can be, each on a database of its own."""
    folder = tmp_path_factory.mktemp("cells")
    cells: Cells = {}
    for n, state in enumerate(STATES):
        with ExitStack() as databases:
            if request.param == "sqlite":
                path = folder / f"{n}.sqlite3"
                shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
                url = f"sqlite://{path}"
            else:
                server = request.getfixturevalue("postgres_server")
                url = databases.enter_context(server.fresh())
            cells[str(state)] = in_own_loop(play(url, state))
    return cells


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_word_does_what_the_table_says(played: Cells, state: State, word: str) -> None:
    cell, outcome = played[str(state)][word], state.outcome(word)
    assert cell.found == (state.job, state.offer, state.in_time, state.another_open)
    assert (cell.answer.ok, cell.answer.code) == ANSWERS[outcome]
    after, noted = CHANGES.get(outcome, (cell.before, set()))
    if after is not None:
        assert cell.after == after
    assert noted <= set(cell.noted)
    if outcome not in CHANGES:
        assert cell.noted == []
    if outcome is R.CONFIRM_DROP:
        assert (cell.after, cell.noted) == (cell.before, ["drop_asked"])


@pytest.mark.parametrize("word", WORDS)
def test_what_a_reply_leaves_of_the_offer(played: Cells, word: str) -> None:
    for state in STATES:
        cell, outcome = played[str(state)][word], state.outcome(word)
        job, held, offer = cell.after
        match outcome:
            case R.DECLINE:
                assert offer == "declined"
            case R.RESERVE:
                assert (job, offer in ("timed_out", "declined")) == ("offering", True), state
            case R.DROP | R.GIVE_BACK:
                assert (held, offer != "accepted", job != "assigned") == (False, True, True), state
            case _:
                continue


def test_every_cell_is_played_or_shown_to_be_impossible() -> None:
    assert len(PLAIN) + len(NEVER) == len(JobStatus) * len(OfferStatus) * 2 * 2
    assert len({str(s) for s in STATES}) == len(STATES)


def test_every_outcome_is_played() -> None:
    assert {state.outcome(word) for state in STATES for word in WORDS} == set(R)


@pytest.fixture(scope="module")
def found_out(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Impossible, list[str]]:
    """What the auditor says of each impossible state, written behind the router's back."""
    path = tmp_path_factory.mktemp("never") / "dispatch.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return in_own_loop(_written_anyway(f"sqlite://{path}"))


async def _written_anyway(url: str) -> Mapping[Impossible, list[str]]:
    async with open_house(url) as house:
        await house.drivers("One", "Two")
        ids = [(await house.approved(f"J-{n}"), state) for n, state in enumerate(NEVER)]
        for job_id, state in ids:
            await house.router.do(_write, job_id, *state)
        said = [s for s in await house.broken_invariants() if "history says" not in s]
        offers = {o.id: o.job_id for o in (await house.router.records.offers(limit=500)).rows}
    told: dict[int, list[str]] = defaultdict(list)
    for finding in said:
        what, number = finding.split()[:2]
        told[int(number) if what == "job" else offers[int(number)]].append(finding)
    return {state: told[job_id] for job_id, state in ids}


async def _write(
    work: Work, job_id: int, job: JobStatus, offer: OfferStatus, in_time: bool, another: bool
) -> None:
    holder = 1 if job in TAKEN else None
    planned = work.now + timedelta(days=1) if job not in FINAL_JOB_STATUSES else None
    await Job.filter(id=job_id).update(
        status=job.value, assigned_agent_id=holder, assigned_by_hand=True, next_action_at=planned
    )
    facts: dict[str, Any] = {
        "job_id": job_id,
        "version": 1,
        "round": 1,
        "code": 30 + job_id,
        "width": 0,
    }
    ends = work.now + timedelta(minutes=1 if in_time else -1)
    facts |= {"sent_at": work.now, "expires_at": ends}
    closed_at = None if offer is OfferStatus.SENT else work.now
    await Offer.create(**facts, agent_id=1, slot=0, status=offer.value, closed_at=closed_at)
    if another:
        await Offer.create(**facts, agent_id=2, slot=1, status="sent")


@pytest.mark.parametrize("state", NEVER, ids=lambda state: "-".join(map(str, state)))
def test_what_cannot_be_is_named_by_the_auditor(
    found_out: Mapping[Impossible, list[str]], state: Impossible
) -> None:
    assert found_out[state]


def test_no_way_leads_back_to_where_nobody_was_asked() -> None:
    reached = {JobStatus.OFFERING}
    while more := {m.target for m in JOB_MOVES if m.source in reached} - reached:
        reached |= more
    assert not reached & BEFORE_ASKING


async def test_an_offer_does_not_time_out_before_its_end_or_past_an_unread_answer(
    house: House,
) -> None:
    await house.drivers("One")
    job_id = await house.offering()
    await house.passes(minutes=29, seconds=59)
    assert await house.router.do(expire_offers, job_id) == (0, 0)
    await house.channels["console"].inject(phone(1), "YES")
    await house.passes(minutes=5)
    assert [o.status for o in await house.offers(job_id)] == ["sent"]
    await house.reader.drain()
    assert (await house.shown(job_id)).status == "assigned"


def test_the_page_is_printed_from_the_table() -> None:
    assert PAGE.read_text() == replies_page(), (
        "print it anew: python -m core.reply_page > docs/replies.md"
    )


def test_every_outcome_and_every_word_is_explained() -> None:
    assert DOES.keys() == ANSWERS.keys() == set(R)
    assert NOT_ABOUT_OFFERS.keys() == set(Verdict) - set(ABOUT_OFFERS)
