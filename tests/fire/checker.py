"""The judge of every row: compares what clients were promised with what the record says.

Each rule returns one sentence per fault. Nothing here reads a clock or a database, so that the
judge itself is tested with histories that are wrong on purpose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.domain import JobStatus, OfferStatus, may_move
from tests.fire.ledger import Ledger
from tests.fire.promises import broken_promises
from tests.fire.record import Record, Row

ONCE_A_JOB = ("created", "approved", "rejected", "cancelled", "expired", "completed")
ONCE_AN_OFFER = ("offered", "accepted", "declined", "timed_out", "rescinded", "undeliverable")
_JOB = frozenset(JobStatus)


def judge(record: Record, ledger: Ledger | None = None) -> list[str]:
    """Return everything that is wrong; empty when the history is one that may happen."""
    found = [
        *broken_stories(record),
        *broken_offers(record),
        *double_winners(record),
        *doubled(record),
        *stuck(record),
        *out_of_order(record),
        *said_twice(record),
    ]
    if ledger is not None:
        found += broken_promises(record, ledger)
    return found


def broken_stories(record: Record) -> Iterator[str]:
    """Find jobs whose history does not lead, step by allowed step, to their present state."""
    stories = record.events_by("job_id")
    for job_id, job in record.jobs.items():
        status: str | None = None
        for event in stories.get(job_id, ()):
            if not _moves_job(event):
                continue
            source, target = event["source"], event["target"]
            if source != status:
                yield f"job {job_id}: {event['kind']} came from {source}, but it was {status}"
            elif source is not None and not may_move(JobStatus(source), JobStatus(target)):
                yield f"job {job_id}: {source} to {target} is no allowed step"
            status = target
        if status != job["status"]:
            yield f"job {job_id} is {job['status']}, but its history says {status}"


def broken_offers(record: Record) -> Iterator[str]:
    """Find offers whose history does not lead to their present state."""
    stories = record.events_by("offer_id")
    for offer_id, offer in record.offers.items():
        status: str | None = None
        for event in stories.get(offer_id, ()):
            if event["target"] is None or _moves_job(event):
                continue
            source, target = event["source"], event["target"]
            if source != status:
                yield f"offer {offer_id}: {event['kind']} came from {source}, but it was {status}"
            elif source is not None and not may_move(OfferStatus(source), OfferStatus(target)):
                yield f"offer {offer_id}: {source} to {target} is no allowed step"
            status = target
        if status != offer["status"]:
            yield f"offer {offer_id} is {offer['status']}, but its history says {status}"


def double_winners(record: Record) -> Iterator[str]:
    """Find jobs that two drivers held at once, now or at any time before."""
    for job_id, offers in record.offers_by_job().items():
        accepted = [o["agent_id"] for o in offers if o["status"] == OfferStatus.ACCEPTED]
        if len(accepted) > 1:
            yield f"job {job_id} has {len(accepted)} winners: drivers {accepted}"
        job = record.jobs[job_id]
        if accepted and job["assigned_agent_id"] not in accepted:
            yield f"job {job_id} belongs to {job['assigned_agent_id']}, but {accepted} won it"
    for job_id, story in record.events_by("job_id").items():
        holding: set[int] = set()
        for event in story:
            if event["target"] == OfferStatus.ACCEPTED:
                holding.add(event["offer_id"])
                if len(holding) > 1:
                    yield f"job {job_id} was held by offers {sorted(holding)} at the same time"
            elif event["source"] == OfferStatus.ACCEPTED:
                holding.discard(event["offer_id"])


def doubled(record: Record) -> Iterator[str]:
    """Find effects that may be there only once and are there twice."""
    for column, once in (("job_id", ONCE_A_JOB), ("offer_id", ONCE_AN_OFFER)):
        what = column.removesuffix("_id")
        for row_id, story in record.events_by(column).items():
            for kind, times in Counter(e["kind"] for e in story).items():
                if kind in once and times > 1:
                    yield f"{what} {row_id} was {kind} {times} times"
    references = Counter(job["sheet_job_id"] for job in record.jobs.values())
    for reference, times in references.items():
        if times > 1:
            yield f"reference {reference} is {times} jobs"
    entries = Counter((e["channel"], e["external_id"]) for e in record.inbox if e["external_id"])
    for (channel, external_id), times in entries.items():
        if times > 1:
            yield f"message {external_id} of {channel} was stored {times} times"


def stuck(record: Record) -> Iterator[str]:
    """Find jobs that nobody will ever act on again although they are not over."""
    offers = record.offers_by_job()
    for job_id, job in record.jobs.items():
        asked = any(o["status"] == OfferStatus.SENT for o in offers.get(job_id, ()))
        match JobStatus(job["status"]):
            case JobStatus.OFFERING:
                if not asked and job["next_action_at"] is None:
                    yield f"job {job_id} is stuck: offering, nobody is asked, nothing is planned"
            case JobStatus.COMPLETED | JobStatus.CANCELLED | JobStatus.REJECTED:
                if asked:
                    yield f"job {job_id} is {job['status']}, but a driver is still asked"
            case status:
                if job["next_action_at"] is None:
                    yield f"job {job_id} is stuck: {status.value}, nothing is planned"
                if asked:
                    yield f"job {job_id} is {status.value}, but a driver is still asked"


def out_of_order(record: Record) -> Iterator[str]:
    """Find jobs whose drivers were not asked by priority, or where one was passed over."""
    for job_id, offers in record.offers_by_job().items():
        job = record.jobs[job_id]
        needed = set(job["skills"] or ())
        crew = [a for a in record.agents.values() if needed <= set(a["skills"] or ())]
        line = [a["id"] for a in sorted(crew, key=lambda a: (a["priority"], a["id"]))]
        rounds = {(o["version"], o["round"]) for o in offers}
        for version, round_ in sorted(rounds):
            asked = [
                o["agent_id"] for o in offers if (o["version"], o["round"]) == (version, round_)
            ]
            if (version, round_) == (1, 1) and asked != line[: len(asked)]:
                yield f"job {job_id} asked {asked}, but the line is {line}"
            elif len(set(asked)) != len(asked):
                yield f"job {job_id} asked somebody twice in round {round_}: {asked}"


def said_twice(record: Record) -> Iterator[str]:
    """Find messages that were promised twice."""
    told = Counter((m["offer_id"], m["address_id"]) for m in record.outbox if m["kind"] == "offer")
    for (offer_id, _), times in told.items():
        if times > 1:
            yield f"offer {offer_id} was promised {times} times to one address"
    silent = set(record.offers) - {offer_id for offer_id, _ in told}
    for offer_id in sorted(silent):
        yield f"offer {offer_id} was never promised to anybody"
    requests = Counter(m["job_id"] for m in record.outbox if m["kind"] == "approval_request")
    for job_id, times in requests.items():
        if times > 1:
            yield f"approval of job {job_id} was asked for {times} times"


def _moves_job(event: Row) -> bool:
    return event["target"] in _JOB
