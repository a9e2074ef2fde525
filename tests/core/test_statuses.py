"""Both transition tables, pair by pair, as the rules state them."""

from __future__ import annotations

from itertools import product

import pytest

from core.domain import (
    FINAL_JOB_STATUSES,
    JOB_MOVES,
    OFFER_MOVES,
    JobStatus,
    OfferStatus,
    may_move,
    sources_of,
    state_diagram,
)

JOBS = {
    "needs_approval": {"approved", "rejected", "assigned", "cancelled"},
    "approved": {"offering", "assigned", "uncovered", "cancelled"},
    "offering": {"assigned", "uncovered", "cancelled"},
    "uncovered": {"offering", "assigned", "cancelled"},
    "assigned": {"completed", "offering", "uncovered", "cancelled"},
    "rejected": set(),
    "cancelled": set(),
    "completed": set(),
}
OFFERS = {
    "sent": {"accepted", "declined", "timed_out", "rescinded", "undeliverable"},
    "timed_out": {"accepted"},
    "declined": {"accepted"},
    "accepted": {"withdrawn"},
    "rescinded": set(),
    "undeliverable": set(),
    "withdrawn": set(),
}


@pytest.mark.parametrize(("source", "target"), list(product(JobStatus, JobStatus)))
def test_a_job_moves_only_as_the_table_says(source: JobStatus, target: JobStatus) -> None:
    assert may_move(source, target) == (target.value in JOBS[source.value])
    assert (source in sources_of(target)) == may_move(source, target)


@pytest.mark.parametrize(("source", "target"), list(product(OfferStatus, OfferStatus)))
def test_an_offer_moves_only_as_the_table_says(source: OfferStatus, target: OfferStatus) -> None:
    assert may_move(source, target) == (target.value in OFFERS[source.value])


def test_final_statuses_lead_nowhere() -> None:
    assert {s.value for s in FINAL_JOB_STATUSES} == {"rejected", "cancelled", "completed"}


def test_the_diagram_draws_every_move() -> None:
    drawn = state_diagram()
    for source, target, by in [(m.source, m.target, m.by) for m in JOB_MOVES]:
        assert f"{source} --> {target}: {by}" in drawn
    for move in OFFER_MOVES:
        assert f"{move.source} --> {move.target}: {move.by}" in drawn
