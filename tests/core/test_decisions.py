"""Every cell: job status x offer status x verdict x before or after the end x another open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from core.decisions import (
    Ambiguous,
    NoOffer,
    OfferFacts,
    ReplyOutcome,
    Situation,
    choose_offer,
    outcome_of,
)
from core.domain import JobStatus, LateYes, OfferStatus, Verdict

R = ReplyOutcome
J = JobStatus
F = OfferStatus
PLAIN = Situation(
    verdict=Verdict.YES,
    job_status=J.OFFERING,
    offer_status=F.SENT,
    in_time=True,
    same_version=True,
    mine=False,
    another_open=False,
    before_cutoff=True,
    reserved=False,
    drop_asked=False,
    late_yes=LateYes.STANDBY,
)
NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, R.ACCEPT),
        ({"another_open": True}, R.ACCEPT),
        ({"in_time": False}, R.ACCEPT_LATE),
        ({"in_time": False, "another_open": True}, R.RESERVE),
        ({"offer_status": F.TIMED_OUT}, R.ACCEPT_LATE),
        ({"offer_status": F.TIMED_OUT, "another_open": True}, R.RESERVE),
        ({"offer_status": F.TIMED_OUT, "another_open": True, "reserved": True}, R.STILL_RESERVED),
        ({"offer_status": F.TIMED_OUT, "late_yes": LateYes.STRICT}, R.NO_OPEN_OFFER),
        ({"offer_status": F.TIMED_OUT, "before_cutoff": False}, R.NO_OPEN_OFFER),
        ({"offer_status": F.TIMED_OUT, "job_status": J.UNCOVERED}, R.ACCEPT_LATE),
        ({"offer_status": F.DECLINED}, R.ACCEPT_LATE),
        ({"offer_status": F.DECLINED, "another_open": True}, R.RESERVE),
        ({"offer_status": F.RESCINDED}, R.NO_OPEN_OFFER),
        ({"offer_status": F.UNDELIVERABLE}, R.NO_OPEN_OFFER),
        ({"offer_status": F.WITHDRAWN}, R.NO_OPEN_OFFER),
        ({"same_version": False}, R.CHANGED),
        ({"job_status": J.CANCELLED}, R.CANCELLED),
        ({"job_status": J.REJECTED}, R.CANCELLED),
        ({"job_status": J.ASSIGNED, "offer_status": F.RESCINDED}, R.COVERED),
        ({"job_status": J.ASSIGNED, "offer_status": F.ACCEPTED, "mine": True}, R.STILL_ACCEPTED),
        ({"job_status": J.COMPLETED, "offer_status": F.ACCEPTED, "mine": True}, R.STILL_ACCEPTED),
        ({"job_status": J.COMPLETED, "offer_status": F.TIMED_OUT}, R.COVERED),
    ],
)
def test_what_a_yes_leads_to(changes: dict[str, Any], outcome: ReplyOutcome) -> None:
    assert outcome_of(replace(PLAIN, **changes)) is outcome


@pytest.mark.parametrize(
    ("verdict", "changes", "outcome"),
    [
        (Verdict.NO, {}, R.DECLINE),
        (Verdict.NO, {"in_time": False}, R.DECLINE),
        (Verdict.NO, {"offer_status": F.DECLINED}, R.STILL_DECLINED),
        (Verdict.NO, {"offer_status": F.DECLINED, "reserved": True}, R.RELEASE_RESERVE),
        (Verdict.NO, {"offer_status": F.TIMED_OUT}, R.NO_OPEN_OFFER),
        (Verdict.NO, {"offer_status": F.TIMED_OUT, "reserved": True}, R.RELEASE_RESERVE),
        (Verdict.NO, {"offer_status": F.TIMED_OUT, "job_status": J.ASSIGNED}, R.COVERED),
        (Verdict.NO, {"offer_status": F.RESCINDED, "job_status": J.CANCELLED}, R.CANCELLED),
        (
            Verdict.NO,
            {"offer_status": F.ACCEPTED, "job_status": J.ASSIGNED, "mine": True},
            R.ASK_FOR_DROP,
        ),
        (
            Verdict.NO,
            {"offer_status": F.RESCINDED, "job_status": J.ASSIGNED, "mine": True},
            R.ASK_FOR_DROP,
        ),
        (
            Verdict.DROP,
            {"offer_status": F.ACCEPTED, "job_status": J.ASSIGNED, "mine": True},
            R.CONFIRM_DROP,
        ),
        (
            Verdict.DROP,
            {
                "offer_status": F.ACCEPTED,
                "job_status": J.ASSIGNED,
                "mine": True,
                "drop_asked": True,
            },
            R.DROP,
        ),
        (Verdict.DROP, {"offer_status": F.WITHDRAWN}, R.STILL_DROPPED),
        (Verdict.DROP, {"offer_status": F.WITHDRAWN, "job_status": J.CANCELLED}, R.CANCELLED),
        (Verdict.DROP, {}, R.NO_OPEN_OFFER),
        (Verdict.DROP, {"offer_status": F.TIMED_OUT, "job_status": J.ASSIGNED}, R.COVERED),
        (Verdict.HELP, {}, R.NO_OPEN_OFFER),
    ],
)
def test_what_a_no_or_a_drop_leads_to(
    verdict: Verdict, changes: dict[str, Any], outcome: ReplyOutcome
) -> None:
    situation = replace(PLAIN, verdict=verdict, **changes)
    assert outcome_of(situation) is outcome


ALL_CELLS = [
    replace(
        PLAIN,
        verdict=verdict,
        job_status=job,
        offer_status=offer,
        in_time=in_time,
        another_open=another,
        mine=mine,
        reserved=reserved,
    )
    for verdict, job, offer, in_time, another, mine, reserved in product(
        (Verdict.YES, Verdict.NO, Verdict.DROP), J, F, *((True, False),) * 4
    )
]


def test_no_cell_covers_a_job_that_is_settled_or_an_offer_that_was_never_refused() -> None:
    for cell in ALL_CELLS:
        outcome = outcome_of(cell)
        if outcome in (R.ACCEPT, R.ACCEPT_LATE, R.RESERVE):
            assert cell.verdict is Verdict.YES
            assert cell.job_status in (J.OFFERING, J.UNCOVERED)
            assert cell.offer_status in (F.SENT, F.TIMED_OUT, F.DECLINED)
        if outcome is R.ACCEPT:
            assert cell.in_time
        if outcome is R.ACCEPT_LATE:
            assert not cell.another_open
        if outcome in (R.DROP, R.CONFIRM_DROP):
            assert cell.verdict is Verdict.DROP
            assert cell.mine
        if cell.verdict is not Verdict.YES:
            assert outcome not in (R.STILL_ACCEPTED, R.STILL_RESERVED)


def offer(id: int, status: OfferStatus = F.SENT, code: int = 30) -> OfferFacts:  # noqa: A002 - as the field
    return OfferFacts(id, job_id=id * 10, code=code, status=status, sent_at=NOON)


def test_a_bare_word_is_about_the_only_open_offer() -> None:
    assert choose_offer([offer(1, F.TIMED_OUT), offer(2)], Verdict.YES) == offer(2)


def test_a_bare_word_with_several_open_offers_is_about_none() -> None:
    assert choose_offer([offer(2), offer(1)], Verdict.NO) == Ambiguous((offer(1), offer(2)))


def test_a_bare_word_without_open_offers_is_about_the_last_one() -> None:
    closed = [offer(1, F.TIMED_OUT), offer(2, F.DECLINED)]
    assert choose_offer(closed, Verdict.YES) == offer(2, F.DECLINED)
    assert choose_offer([], Verdict.YES) == NoOffer()


def test_a_bare_drop_is_about_the_only_accepted_job() -> None:
    offers = [offer(1, F.ACCEPTED), offer(2)]
    assert choose_offer(offers, Verdict.DROP) == offer(1, F.ACCEPTED)
    both = [offer(1, F.ACCEPTED), offer(2, F.ACCEPTED)]
    assert choose_offer(both, Verdict.DROP) == Ambiguous((both[0], both[1]))


def test_a_named_offer_wins_and_an_unknown_code_is_no_offer() -> None:
    offers = [offer(1, code=30), offer(2, code=31)]
    assert choose_offer(offers, Verdict.YES, code=31) == offer(2, code=31)
    assert choose_offer(offers, Verdict.YES, job_id=10) == offer(1)
    assert choose_offer(offers, Verdict.YES, offer_id=2) == offer(2, code=31)
    assert choose_offer(offers, Verdict.YES, code=99) == NoOffer(unknown_code=True)
    assert choose_offer(offers, Verdict.YES, job_id=99) == NoOffer()
