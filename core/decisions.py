"""What a reply leads to: pure, one table for every combination that can come up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain import JobStatus, LateYes, OfferStatus, Verdict

DROP_CONFIRMED_WITHIN = timedelta(minutes=10)


class ReplyOutcome(StrEnum):
    """What is to be done about one reply to one offer."""

    ACCEPT = "accept"
    ACCEPT_LATE = "accept_late"  # the job is free and nobody is being asked
    RESERVE = "reserve"  # another driver holds an open offer
    DECLINE = "decline"
    RELEASE_RESERVE = "release_reserve"
    ASK_FOR_DROP = "ask_for_drop"  # NO after YES
    CONFIRM_DROP = "confirm_drop"  # the first DROP
    DROP = "drop"
    RECONFIRM = "reconfirm"  # YES to a job that was edited after the first YES
    GIVE_BACK = "give_back"  # NO to it
    STILL_ACCEPTED = "still_accepted"
    STILL_DECLINED = "still_declined"
    STILL_RESERVED = "still_reserved"
    STILL_DROPPED = "still_dropped"
    COVERED = "covered"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    NO_OPEN_OFFER = "no_open_offer"


@dataclass(frozen=True, slots=True)
class Situation:
    """One reply, the offer it is about, and the job as they are when it is judged."""

    verdict: Verdict
    job_status: JobStatus
    offer_status: OfferStatus
    in_time: bool  # received before the offer's expires_at
    same_version: bool  # the offer shows the job as it is now
    mine: bool  # the job is assigned to the agent who replies
    another_open: bool  # some other agent holds an open offer for the job
    before_cutoff: bool
    reserved: bool
    drop_asked: bool  # within the last ten minutes
    late_yes: LateYes
    reconfirming: bool = False  # the job was edited after this driver's YES


def outcome_of(s: Situation) -> ReplyOutcome:
    """Return what the reply leads to; verdicts other than YES, NO and DROP are not about offers."""
    match s.verdict:
        case Verdict.YES:
            return _yes(s)
        case Verdict.NO:
            return _no(s)
        case Verdict.DROP:
            return _drop(s)
        case _:
            return ReplyOutcome.NO_OPEN_OFFER


def outcome_without_offer(verdict: Verdict, *, drop_asked: bool) -> ReplyOutcome:
    """Return what the word leads to of a driver who was given the job by hand, without an offer."""
    match verdict:
        case Verdict.YES:
            return ReplyOutcome.STILL_ACCEPTED
        case Verdict.NO:
            return ReplyOutcome.ASK_FOR_DROP
        case Verdict.DROP:
            return ReplyOutcome.DROP if drop_asked else ReplyOutcome.CONFIRM_DROP
        case _:
            return ReplyOutcome.NO_OPEN_OFFER


def _yes(s: Situation) -> ReplyOutcome:
    if s.mine and s.reconfirming:
        return ReplyOutcome.RECONFIRM
    over = _over(s)
    if over is not None:
        return over
    if not s.same_version:
        return ReplyOutcome.CHANGED
    if s.job_status is JobStatus.OFFERING and s.offer_status is OfferStatus.SENT and s.in_time:
        return ReplyOutcome.ACCEPT
    return _late_yes(s)


def _late_yes(s: Situation) -> ReplyOutcome:
    askable = s.job_status in (JobStatus.OFFERING, JobStatus.UNCOVERED)
    was_asked = s.offer_status in (
        OfferStatus.SENT,
        OfferStatus.TIMED_OUT,
        OfferStatus.DECLINED,
    )
    if not askable or not was_asked or s.late_yes is LateYes.STRICT or not s.before_cutoff:
        return ReplyOutcome.NO_OPEN_OFFER
    if s.reserved and s.another_open:
        return ReplyOutcome.STILL_RESERVED
    return ReplyOutcome.RESERVE if s.another_open else ReplyOutcome.ACCEPT_LATE


def _no(s: Situation) -> ReplyOutcome:
    if s.mine and s.job_status is JobStatus.ASSIGNED:
        return ReplyOutcome.GIVE_BACK if s.reconfirming else ReplyOutcome.ASK_FOR_DROP
    match s.offer_status:
        case OfferStatus.SENT:
            return ReplyOutcome.DECLINE
        case OfferStatus.DECLINED:
            return ReplyOutcome.RELEASE_RESERVE if s.reserved else ReplyOutcome.STILL_DECLINED
        case OfferStatus.TIMED_OUT if s.reserved:
            return ReplyOutcome.RELEASE_RESERVE
        case _:
            return _nothing_open(s)


def _drop(s: Situation) -> ReplyOutcome:
    if s.mine and s.job_status is JobStatus.ASSIGNED:
        return ReplyOutcome.DROP if s.drop_asked else ReplyOutcome.CONFIRM_DROP
    if s.offer_status is OfferStatus.WITHDRAWN and _over(s) is not ReplyOutcome.CANCELLED:
        return ReplyOutcome.STILL_DROPPED
    return _nothing_open(s)


def _nothing_open(s: Situation) -> ReplyOutcome:
    over = _over(s)
    if over in (ReplyOutcome.COVERED, ReplyOutcome.CANCELLED):
        return over
    return ReplyOutcome.NO_OPEN_OFFER


def _over(s: Situation) -> ReplyOutcome | None:
    """Return what to say when the job is settled whatever the reply says; None when it is not."""
    match s.job_status:
        case JobStatus.CANCELLED | JobStatus.REJECTED:
            return ReplyOutcome.CANCELLED
        case JobStatus.ASSIGNED | JobStatus.COMPLETED:
            return ReplyOutcome.STILL_ACCEPTED if s.mine else ReplyOutcome.COVERED
        case _:
            return None


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
