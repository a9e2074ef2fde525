"""The figures of lives, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain import JobStatus, OfferStatus
from core.rehearsal import Life, differing, figures_of
from core.rehearsal.figures import quantile
from core.rehearsal.lives import Asked
from tests.house import NOON

MINUTE = timedelta(minutes=1)


def offer(status: OfferStatus) -> Asked:
    return Asked(1, 1, 1, status, NOON, NOON + 30 * MINUTE, None)


def life(minutes: int | None, *offers: OfferStatus, by_hand: bool = False) -> Life:
    """Return a life that began at noon and was covered after so many minutes, or never."""
    status = JobStatus.UNCOVERED if minutes is None else JobStatus.ASSIGNED
    covered_at = NOON + minutes * MINUTE if minutes is not None else None
    ran_out = minutes is None
    asked = tuple(map(offer, offers))
    return Life("J", status, 1, by_hand, NOON, covered_at, ran_out, asked)


def test_fill_rate_times_and_offers_are_those_of_the_jobs_that_were_offered() -> None:
    yes, no, silent = OfferStatus.ACCEPTED, OfferStatus.DECLINED, OfferStatus.TIMED_OUT
    never_offered = Life("K", JobStatus.CANCELLED, None, False, None, None, False, ())
    found = figures_of(
        [
            life(1, yes),
            life(4, no, yes),
            life(40, silent, no, yes),
            life(None, silent, silent),
            life(90, silent, by_hand=True),
            never_offered,
        ]
    )
    assert (found.jobs, found.offered, found.covered) == (6, 5, 3)
    assert (found.fill_rate, found.by_hand, found.uncovered) == (0.6, 1, 1)
    assert (found.time_to_cover_median, found.time_to_cover_p90) == (240.0, 2400.0)
    assert (found.offers, found.offers_per_cover, found.timed_out) == (9, 3.0, 4)


def test_rates_are_told_to_four_places() -> None:
    yes, no = OfferStatus.ACCEPTED, OfferStatus.DECLINED
    found = figures_of([life(1, yes), life(2, no, yes), life(3, yes), life(None, no)])
    assert (found.fill_rate, found.offers_per_cover) == (0.75, 1.6667)


def test_a_job_that_ran_out_and_was_covered_after_all_is_not_uncovered() -> None:
    late = replace(life(40, OfferStatus.ACCEPTED), ran_out=True)
    assert figures_of([late, life(None)]).uncovered == 1


def test_a_job_that_ran_out_and_was_given_by_hand_has_a_driver() -> None:
    given = replace(life(40, OfferStatus.TIMED_OUT, by_hand=True), ran_out=True)
    assert figures_of([given, life(None)]).uncovered == 1


def test_nothing_at_all_has_no_rates() -> None:
    found = figures_of([])
    assert (found.fill_rate, found.time_to_cover_median, found.offers_per_cover) == (None,) * 3


@pytest.mark.parametrize(("share", "minutes"), [(0.0, 1), (0.5, 5), (0.9, 9), (1.0, 10)])
def test_a_quantile_is_a_time_that_was_seen(share: float, minutes: int) -> None:
    assert quantile([n * MINUTE for n in range(1, 11)], share) == minutes * 60


def test_lives_that_differ_in_anything_are_named() -> None:
    one = {"a": life(1), "b": life(2), "c": life(3)}
    assert differing(one, {"a": life(1), "b": life(9)}) == ["b", "c"]
