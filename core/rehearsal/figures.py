"""The figures of some lives: how many were covered, how fast, with how many offers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from core.domain import OfferStatus
from core.rehearsal.lives import Life


@dataclass(frozen=True, slots=True)
class Figures:
    """What a policy comes to. Shares are of the jobs that were offered; times are in seconds."""

    jobs: int
    offered: int  # jobs whose offering began
    covered: int  # by a driver's YES
    fill_rate: float | None
    by_hand: int  # given by a coordinator after offering had begun
    uncovered: int  # ran out of drivers or time, and no driver has it
    time_to_cover_median: float | None  # from the beginning of offering to the YES
    time_to_cover_p90: float | None
    offers: int
    offers_per_cover: float | None
    timed_out: int  # offers that nobody answered in time


def figures_of(lives: Collection[Life]) -> Figures:
    """Return the figures of these lives."""
    offered = [life for life in lives if life.started_at is not None]
    covered = [life for life in offered if life.covered]
    times = sorted(took for life in covered if (took := _time_to_cover(life)) is not None)
    offers = [offer for life in lives for offer in life.offers]
    silent = sum(offer.status is OfferStatus.TIMED_OUT for offer in offers)
    return Figures(
        jobs=len(lives),
        offered=len(offered),
        covered=len(covered),
        fill_rate=_rounded(len(covered) / len(offered)) if offered else None,
        by_hand=sum(life.by_hand for life in offered),
        uncovered=sum(life.ran_out and not (life.covered or life.by_hand) for life in offered),
        time_to_cover_median=quantile(times, 0.5),
        time_to_cover_p90=quantile(times, 0.9),
        offers=len(offers),
        offers_per_cover=_rounded(len(offers) / len(covered)) if covered else None,
        timed_out=silent,
    )


def quantile(ordered: Sequence[timedelta], share: float) -> float | None:
    """Return in seconds the least time within which that share came about; None of none."""
    if not ordered:
        return None
    return round(ordered[max(0, ceil(share * len(ordered)) - 1)].total_seconds(), 3)


def _time_to_cover(life: Life) -> timedelta | None:
    if life.started_at is None or life.covered_at is None:
        return None
    return life.covered_at - life.started_at


def _rounded(value: float) -> float:
    return round(value, 4)
