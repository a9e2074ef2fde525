"""Open this for what every reply leads to: one table, read from the top. Pure data.

docs/replies.md is printed from here (`python -m core.reply_page`), and each of its cells is
played against the real router and database by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from core.domain import JobStatus, LateYes, OfferStatus, Verdict


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

    @property
    def late_counts(self) -> bool:
        """Tell whether the policy lets a late YES count at all."""
        return self.late_yes is LateYes.STANDBY


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; an empty set of statuses means any, `when` names what must be so."""

    verdict: Verdict
    outcome: ReplyOutcome
    jobs: frozenset[JobStatus] = frozenset()
    offers: frozenset[OfferStatus] = frozenset()
    when: Mapping[str, bool] = field(default_factory=dict)

    def fits(self, s: Situation) -> bool:
        """Tell whether the line is about this situation."""
        return (
            self.verdict is s.verdict
            and (not self.jobs or s.job_status in self.jobs)
            and (not self.offers or s.offer_status in self.offers)
            and all(getattr(s, name) is wanted for name, wanted in self.when.items())
        )


_V, _J, _O, _R = Verdict, JobStatus, OfferStatus, ReplyOutcome
OFF = frozenset({_J.CANCELLED, _J.REJECTED})
TAKEN = frozenset({_J.ASSIGNED, _J.COMPLETED})
FREE = frozenset({_J.OFFERING, _J.UNCOVERED})
OFFERING = frozenset({_J.OFFERING})
ASSIGNED = frozenset({_J.ASSIGNED})
BEFORE_ASKING = frozenset({_J.NEEDS_APPROVAL, _J.APPROVED, _J.REJECTED})
SENT = frozenset({_O.SENT})
ACCEPTED = frozenset({_O.ACCEPTED})
MISSED = frozenset({_O.SENT, _O.TIMED_OUT, _O.DECLINED})
_STILL_COUNTS = {"late_counts": True, "before_cutoff": True}

ROWS: tuple[Row, ...] = (
    Row(_V.YES, _R.RECONFIRM, when={"mine": True, "reconfirming": True}),
    Row(_V.YES, _R.CANCELLED, OFF),
    Row(_V.YES, _R.STILL_ACCEPTED, TAKEN, when={"mine": True}),
    Row(_V.YES, _R.COVERED, TAKEN),
    Row(_V.YES, _R.CHANGED, when={"same_version": False}),
    Row(_V.YES, _R.ACCEPT, OFFERING, SENT, {"in_time": True}),
    Row(
        _V.YES,
        _R.STILL_RESERVED,
        FREE,
        MISSED,
        {**_STILL_COUNTS, "another_open": True, "reserved": True},
    ),
    Row(_V.YES, _R.RESERVE, FREE, MISSED, {**_STILL_COUNTS, "another_open": True}),
    Row(_V.YES, _R.ACCEPT_LATE, FREE, MISSED, _STILL_COUNTS),
    Row(_V.YES, _R.NO_OPEN_OFFER),
    Row(_V.NO, _R.GIVE_BACK, ASSIGNED, when={"mine": True, "reconfirming": True}),
    Row(_V.NO, _R.ASK_FOR_DROP, ASSIGNED, when={"mine": True}),
    Row(_V.NO, _R.DECLINE, OFFERING, SENT),
    Row(
        _V.NO,
        _R.RELEASE_RESERVE,
        offers=frozenset({_O.TIMED_OUT, _O.DECLINED}),
        when={"reserved": True},
    ),
    Row(_V.NO, _R.STILL_DECLINED, offers=frozenset({_O.DECLINED})),
    Row(_V.NO, _R.CANCELLED, OFF),
    Row(_V.NO, _R.COVERED, TAKEN, when={"mine": False}),
    Row(_V.NO, _R.NO_OPEN_OFFER),
    Row(_V.DROP, _R.DROP, ASSIGNED, when={"mine": True, "drop_asked": True}),
    Row(_V.DROP, _R.CONFIRM_DROP, ASSIGNED, when={"mine": True}),
    Row(_V.DROP, _R.CANCELLED, OFF),
    Row(_V.DROP, _R.STILL_DROPPED, offers=frozenset({_O.WITHDRAWN})),
    Row(_V.DROP, _R.COVERED, TAKEN, when={"mine": False}),
    Row(_V.DROP, _R.NO_OPEN_OFFER),
)


@dataclass(frozen=True, slots=True)
class Never:
    """What cannot be found in the record; an empty set of statuses means any."""

    why: str
    jobs: frozenset[JobStatus] = frozenset()
    offers: frozenset[OfferStatus] = frozenset()
    when: Mapping[str, bool] = field(default_factory=dict)

    def fits(self, job: JobStatus, offer: OfferStatus, seen: Mapping[str, bool]) -> bool:
        """Tell whether it is this that cannot be."""
        return (
            (not self.jobs or job in self.jobs)
            and (not self.offers or offer in self.offers)
            and all(seen[name] is wanted for name, wanted in self.when.items())
        )


_CLOSED = "whatever ends the asking closes every open offer in the same unit of work"
NEVER: tuple[Never, ...] = (
    Never("nobody was asked yet, and no way leads back here", BEFORE_ASKING),
    Never(_CLOSED, frozenset(_J) - OFFERING, SENT),
    Never(_CLOSED, frozenset(_J) - OFFERING, when={"another_open": True}),
    Never("the driver of an accepted offer has the job", frozenset(_J) - TAKEN, ACCEPTED),
    Never(
        "it ends by silence only after its time, and not while an earlier answer waits unread",
        offers=frozenset({_O.TIMED_OUT}),
        when={"in_time": True},
    ),
)

# Of a driver who was given the job by hand and never offered it.
WITHOUT_OFFER: Mapping[Verdict, ReplyOutcome] = {
    _V.YES: _R.STILL_ACCEPTED,
    _V.NO: _R.ASK_FOR_DROP,
    _V.DROP: _R.CONFIRM_DROP,
}

# Whether the reply got what it asked for, and the name of what is answered.
ANSWERS: Mapping[ReplyOutcome, tuple[bool, str]] = {
    _R.ACCEPT: (True, "accepted"),
    _R.ACCEPT_LATE: (True, "accepted"),
    _R.RESERVE: (True, "standby"),
    _R.DECLINE: (True, "declined_advanced"),
    _R.RELEASE_RESERVE: (True, "declined_advanced"),
    _R.ASK_FOR_DROP: (True, "confirm_drop"),
    _R.CONFIRM_DROP: (True, "confirm_drop"),
    _R.DROP: (True, "dropped"),
    _R.RECONFIRM: (True, "accepted"),
    _R.GIVE_BACK: (True, "dropped"),
    _R.STILL_ACCEPTED: (True, "accepted"),
    _R.STILL_DECLINED: (True, "declined_advanced"),
    _R.STILL_RESERVED: (True, "standby"),
    _R.STILL_DROPPED: (True, "dropped"),
    _R.COVERED: (False, "already_covered"),
    _R.CANCELLED: (False, "job_cancelled"),
    _R.CHANGED: (False, "job_changed"),
    _R.NO_OPEN_OFFER: (False, "no_open_offer"),
}


@lru_cache(maxsize=1024)  # most replies are like others: 10 µs of a YES (cProfile), 2 so
def outcome_of(s: Situation) -> ReplyOutcome:
    """Return what the reply leads to; verdicts other than YES, NO and DROP are not about offers."""
    return next((row.outcome for row in ROWS if row.fits(s)), ReplyOutcome.NO_OPEN_OFFER)


def outcome_without_offer(verdict: Verdict, *, drop_asked: bool) -> ReplyOutcome:
    """Return what the word leads to of a driver who was given the job by hand, without an offer."""
    if verdict is Verdict.DROP and drop_asked:
        return ReplyOutcome.DROP
    return WITHOUT_OFFER.get(verdict, ReplyOutcome.NO_OPEN_OFFER)


def why_never(
    job: JobStatus, offer: OfferStatus, *, in_time: bool, another_open: bool
) -> str | None:
    """Return why a job and an offer are never found like this; None when they may be."""
    seen = {"in_time": in_time, "another_open": another_open}
    return next((never.why for never in NEVER if never.fits(job, offer, seen)), None)
