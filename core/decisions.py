"""Open this for which offer a reply is about; what it then leads to is core/reply_table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain import OfferStatus, Verdict
from core.reply_table import ReplyOutcome, Situation, outcome_of, outcome_without_offer

__all__ = [
    "DROP_CONFIRMED_WITHIN",
    "Ambiguous",
    "HeldJob",
    "NoOffer",
    "OfferFacts",
    "ReplyOutcome",
    "Situation",
    "choose_offer",
    "is_settled",
    "outcome_of",
    "outcome_without_offer",
]

DROP_CONFIRMED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """One offer of the agent who replies, live or closed lately."""

    id: int
    job_id: int
    code: int
    status: OfferStatus
    sent_at: datetime
    reconfirming: bool = False  # accepted, and asked again because the job was edited
    held_by_hand: bool = False  # not accepted, but the agent was given its job all the same

    def awaits(self, verdict: Verdict) -> bool:
        """Tell whether a bare word of this kind can be about this offer."""
        if verdict is Verdict.DROP:
            return self.status is OfferStatus.ACCEPTED or self.held_by_hand
        return self.status is OfferStatus.SENT or self.reconfirming


@dataclass(frozen=True, slots=True)
class HeldJob:
    """A job that the agent was given by hand and has no offer for."""

    job_id: int
    reference: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The reply could be about any of these."""

    offers: tuple[OfferFacts | HeldJob, ...]


@dataclass(frozen=True, slots=True)
class NoOffer:
    """The reply is about no offer of this agent; `unknown_code` when it named a number."""

    unknown_code: bool = False


def choose_offer(
    offers: Sequence[OfferFacts],
    verdict: Verdict,
    *,
    code: int | None = None,
    job_id: int | None = None,
    offer_id: int | None = None,
    held: Sequence[HeldJob] = (),
) -> OfferFacts | HeldJob | Ambiguous | NoOffer:
    """Return the offer a reply is about, or the job `held` without one.

    A named one wins. Without a name: the only live one that the verdict can be about; of several
    none; with none, the last one that was closed, so that a late answer gets a true reply. A job
    without an offer is live for DROP only, and else what a word is about when nothing else is.
    """
    newest_first = sorted(offers, key=lambda o: (o.sent_at, o.id), reverse=True)
    named = [
        o
        for o in newest_first
        if (code is None or o.code == code)
        and (job_id is None or o.job_id == job_id)
        and (offer_id is None or o.id == offer_id)
    ]
    if code is not None or job_id is not None or offer_id is not None:
        given = [h for h in held if code is None and offer_id is None and h.job_id == job_id]
        by_name: list[OfferFacts | HeldJob] = [*named, *given]
        return by_name[0] if by_name else NoOffer(unknown_code=code is not None)
    live: list[OfferFacts | HeldJob] = [
        *(o for o in reversed(newest_first) if o.awaits(verdict)),
        *(held if verdict is Verdict.DROP else ()),
    ]
    if len(live) > 1:
        return Ambiguous(tuple(live))
    about = live or [*newest_first, *held]
    return about[0] if about else NoOffer()


def is_settled(
    chosen: OfferFacts | HeldJob | Ambiguous | NoOffer,
    verdict: Verdict,
    *,
    code: int | None = None,
    job_id: int | None = None,
    offer_id: int | None = None,
) -> bool:
    """Tell whether what was chosen among live offers stands, whatever was closed lately.

    A code or a job may name a newer offer that is closed, and DROP a job given by hand. Without
    a name a closed offer matters only when no live one waits for the word.
    """
    if code is not None or job_id is not None or verdict is Verdict.DROP:
        return False
    if isinstance(chosen, OfferFacts):
        return offer_id is not None or chosen.awaits(verdict)
    return isinstance(chosen, Ambiguous)
