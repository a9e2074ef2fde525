"""Open this for what a stored mail means: one decision from its envelope to its last part.

It runs in the worker: nothing here is safe to run beside the service's loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from channels.email.receiving.frame import Arrival, unframed
from channels.email.receiving.headers import Header, read_header
from channels.email.receiving.loops import why_only_recorded
from channels.email.receiving.parts import clean, parse, read_parts, read_subject
from channels.email.receiving.rules import Rules
from channels.email.receiving.trust import Proof
from channels.email.replying import own_words, read_report
from core.channel import Ignored, Incoming, NeedsPerson, NewJobs, Reply
from core.intake import JobDraft, JobReading, cancellation_of, read_message

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail whose header was read and whose body was not."""

    arrival: Arrival
    header: Header
    raw: bytes

    @property
    def subject(self) -> str:
        """The subject in words."""
        return read_subject(next(self.header.all("subject"), ""))

    @property
    def context(self) -> Mapping[str, Any]:
        """What an answer needs to stand below this mail."""
        return {"message_id": self.header.message_id, "subject": self.subject}


def read_mail(stored: bytes, rules: Rules) -> Sequence[Incoming]:
    """Return what a stored mail means; the same for the same bytes, at any time."""
    opened = unframed(stored)
    if opened is None:
        return (Ignored("not a mail that this channel stored"),)
    arrival, raw = opened
    header = read_header(raw)
    if header is None:
        return (NeedsPerson("the header is too large"),)
    mail = Mail(arrival, header, raw)
    reports = _reports(mail, rules)
    if reports:
        return reports
    why = why_only_recorded(header, arrival.sender, rules.doors.own)
    return (Ignored(why),) if why else _said_by_a_person(mail, rules)


def _reports(mail: Mail, rules: Rules) -> Sequence[Incoming]:
    """Return what another mail server says of a mail of ours."""
    content_type = next(mail.header.all("content-type"), "").lower()
    if mail.arrival.sender and not content_type.startswith("multipart/report"):
        return ()
    return read_report(parse(mail.raw), mail.arrival.recipients, rules.doors.replies or "")


def _said_by_a_person(mail: Mail, rules: Rules) -> Sequence[Incoming]:
    if mail.header.sender is None:
        return (NeedsPerson("the From is not exactly one plain address"),)
    address = mail.header.sender[1]
    if mail.arrival.cut:
        return (NeedsPerson("the mail is larger than max_bytes"),)
    proof = rules.trust.proof_of(mail.arrival, mail.header, address)
    token = rules.doors.token_in(mail.arrival.recipients)
    if token is not None and proof is not Proof.FAILED:
        return (_reply(mail, token),)
    if proof is not Proof.PASSED:
        return (NeedsPerson(f"it is not proven that this mail is from {address}"),)
    match rules.doors.purpose_of_all(mail.arrival.recipients):
        case "bounce":
            return (_reply(mail, None),)
        case _ if rules.doors.may_bring_jobs(address):
            return _jobs(mail, address, rules)
        case _:
            return (NeedsPerson(f"{address} may not send jobs: see `senders` in plugins.toml"),)


def _reply(mail: Mail, token: str | None) -> Incoming:
    assert mail.header.sender is not None  # noqa: S101 looked at before
    name, address = mail.header.sender
    parts = read_parts(parse(mail.raw))
    return Reply(
        address,
        clean(own_words(parts.text or None, parts.html or None)),
        reply_token=token,
        name=read_subject(name) or None,
        context=mail.context,
    )


def _jobs(mail: Mail, address: str, rules: Rules) -> Sequence[Incoming]:
    """Return the jobs of a mail; what else in it may be one waits for a person beside them."""
    reference = cancellation_of(mail.subject)
    if reference is not None:
        reading = JobReading(JobDraft(reference), cancels=True)
        return (NewJobs(address, (reading,), mail.context),)
    parts = read_parts(parse(mail.raw))
    found = read_message(
        mail.subject,
        _without_quotes(parts.text),
        parts.html,
        parts.files,
        today=mail.arrival.at,
        zone=ZoneInfo(rules.zone),
        ladder=rules.ladder,
    )
    reason = clean("; ".join(found.unread))[:LONGEST_REASON]
    if not found.readings:
        why = reason or "no job was found in it"
        return (NeedsPerson(why, answer_to=address, context=mail.context),)
    jobs = NewJobs(address, found.readings, mail.context)
    return (jobs, NeedsPerson(reason)) if reason else (jobs,)


def _without_quotes(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(">"))
