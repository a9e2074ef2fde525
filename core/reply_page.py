"""Open this for the page that shows the reply table: docs/replies.md is printed from here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby, product

from core.domain import JobStatus, LateYes, OfferStatus, Verdict
from core.reply_table import (
    ANSWERS,
    NEVER,
    ROWS,
    TAKEN,
    WITHOUT_OFFER,
    ReplyOutcome,
    Row,
    Situation,
    outcome_of,
    why_never,
)

ABOUT_OFFERS = (Verdict.YES, Verdict.NO, Verdict.DROP)
NOT_ABOUT_OFFERS = {
    Verdict.ON: "on duty; open offers and jobs stay as they are",
    Verdict.OFF: "off duty, for good or for a while; open offers and jobs stay as they are",
    Verdict.STOP: "opted out everywhere; open offers move on, jobs stay and are alerted",
    Verdict.START: "opted in again; nothing that moved on comes back",
    Verdict.HELP: "nothing; the words are told",
    Verdict.STATUS: "nothing; own jobs and open offers are told",
    Verdict.UNCLEAR: "nothing; the words go to the coordinator, the clock runs on",
}
DOES = {
    ReplyOutcome.ACCEPT: "the job is assigned, every other open offer rescinded",
    ReplyOutcome.ACCEPT_LATE: "the same, though the offer had ended: nobody else was being asked",
    ReplyOutcome.RESERVE: "the driver waits behind the open offer, before the next in line",
    ReplyOutcome.DECLINE: "the offer is declined and the next is asked in the same unit of work",
    ReplyOutcome.RELEASE_RESERVE: "the driver waits no longer",
    ReplyOutcome.ASK_FOR_DROP: "nothing yet: the driver is asked to say DROP",
    ReplyOutcome.CONFIRM_DROP: "nothing yet: a second DROP within 10 minutes confirms",
    ReplyOutcome.DROP: "the job is re-opened without the driver, and the coordinator alerted",
    ReplyOutcome.RECONFIRM: "the job stays with the driver as it was changed",
    ReplyOutcome.GIVE_BACK: "the changed job is re-opened without the driver, and alerted",
    ReplyOutcome.STILL_ACCEPTED: "nothing; the driver has the job",
    ReplyOutcome.STILL_DECLINED: "nothing; the first answer is given again",
    ReplyOutcome.STILL_RESERVED: "nothing; the driver waits already",
    ReplyOutcome.STILL_DROPPED: "nothing; the driver has given the job back already",
    ReplyOutcome.COVERED: "nothing; another driver has the job",
    ReplyOutcome.CANCELLED: "nothing; the job is off",
    ReplyOutcome.CHANGED: "nothing; the job has changed since that offer",
    ReplyOutcome.NO_OPEN_OFFER: "nothing; no offer is open that the word could be about",
}
_FACTS = {
    "in_time": ("received before the offer's end", "received after it"),
    "same_version": ("the offer shows the job as it is", "the job was edited since the offer"),
    "mine": ("the driver has the job", "another has it"),
    "another_open": ("another holds an open offer", "nobody else holds one"),
    "before_cutoff": ("before the cutoff", "after the cutoff"),
    "reserved": ("the driver waits in reserve", "the driver is no reserve"),
    "drop_asked": ("said DROP less than 10 minutes ago", "did not say DROP lately"),
    "late_counts": ("the policy says `standby`", "the policy says `strict`"),
    "reconfirming": ("asked to confirm an edit", "not asked to confirm"),
}
_COLUMNS = tuple(product((True, False), (False, True)))  # in time, another open


def plain_situation(
    verdict: Verdict, job: JobStatus, offer: OfferStatus, *, in_time: bool, another_open: bool
) -> Situation:
    """Return a cell as it is when nothing else is special."""
    return Situation(
        verdict=verdict,
        job_status=job,
        offer_status=offer,
        in_time=in_time,
        same_version=True,
        mine=offer is OfferStatus.ACCEPTED and job in TAKEN,
        another_open=another_open,
        before_cutoff=True,
        reserved=False,
        drop_asked=False,
        late_yes=LateYes.STANDBY,
    )


def replies_page() -> str:
    """Return docs/replies.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What a reply leads to"
    yield ""
    yield "Printed from `core/reply_table.py` by `python -m core.reply_page`; a test keeps the two"
    yield "equal, and another plays every cell below against the real router and database."
    yield ""
    yield "A reply is judged by when it was received. An answer that came in time and was read late"
    yield "counts as in time; no offer times out while such an answer waits unread."
    yield from _rules()
    yield from _cells()
    yield from _impossible()
    yield from _outcomes()
    yield from _other_words()


def _rules() -> Iterator[str]:
    yield from _heading("The table", "Read from the top: the first line that fits counts.")
    for verdict, rows in groupby(ROWS, key=lambda row: row.verdict):
        yield from _head(verdict.value, ("the job is", "the offer is", "and", "outcome"))
        yield from map(_rule, rows)
    yield ""
    yield "A driver who was given the job by hand and never offered it: " + (
        ", ".join(f"{verdict} → `{outcome}`" for verdict, outcome in WITHOUT_OFFER.items())
        + ", a second DROP → `drop`."
    )


def _rule(row: Row) -> str:
    cells = (_any_of(row.jobs), _any_of(row.offers), _told(row.when), f"`{row.outcome}`")
    return _line(cells)


def _told(when: Mapping[str, bool]) -> str:
    return "; ".join(_FACTS[name][0 if is_so else 1] for name, is_so in when.items())


def _cells() -> Iterator[str]:
    yield from _heading(
        "Every cell",
        "With nothing else special: the offer shows the job as it is, the cutoff is ahead, nobody",
        "waits in reserve or was asked to confirm, and only the driver of an accepted offer has",
        "the job. An empty cell cannot be; the reasons stand below.",
    )
    told = [
        f"{'in time' if in_time else 'late'}, {'another is asked' if another else 'nobody else'}"
        for in_time, another in _COLUMNS
    ]
    for verdict in ABOUT_OFFERS:
        yield from _head(verdict.value, ("job", "offer", *told))
        for job, offer in product(JobStatus, OfferStatus):
            cells = [_cell(verdict, job, offer, *column) for column in _COLUMNS]
            if any(cells):
                yield _line((job.value, offer.value, *cells))


def _cell(
    verdict: Verdict, job: JobStatus, offer: OfferStatus, in_time: bool, another_open: bool
) -> str:
    if why_never(job, offer, in_time=in_time, another_open=another_open) is not None:
        return ""
    seen = plain_situation(verdict, job, offer, in_time=in_time, another_open=another_open)
    return f"`{outcome_of(seen)}`"


def _impossible() -> Iterator[str]:
    yield from _heading(
        "What cannot be", "The auditor names each of these, should it ever be found."
    )
    yield from _head(None, ("the job is", "the offer is", "and", "why it cannot be"))
    for never in NEVER:
        yield _line((_any_of(never.jobs), _any_of(never.offers), _told(never.when), never.why))


def _outcomes() -> Iterator[str]:
    yield from _heading("What each outcome does")
    yield from _head(None, ("outcome", "what happens", "answer"))
    for outcome, (ok, code) in ANSWERS.items():
        yield _line((f"`{outcome}`", DOES[outcome], f"{'' if ok else 'error '}`{code}`"))


def _other_words() -> Iterator[str]:
    yield from _heading("Words that are not about one offer", "Whatever the job and the offer are:")
    yield from _head(None, ("word", "what happens"))
    for verdict, what in NOT_ABOUT_OFFERS.items():
        yield _line((verdict.value, what))


def _heading(title: str, *text: str) -> Iterator[str]:
    yield from ("", f"## {title}")
    if text:
        yield from ("", *text)


def _head(title: str | None, names: Collection[str]) -> Iterator[str]:
    if title is not None:
        yield from ("", f"### {title}")
    yield from ("", _line(names), "|" + "---|" * len(names))


def _line(cells: Collection[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _any_of(statuses: Collection[JobStatus] | Collection[OfferStatus]) -> str:
    return ", ".join(sorted(s.value for s in statuses)) or "any"


if __name__ == "__main__":
    print(replies_page(), end="")  # noqa: T201 - what this command is for
