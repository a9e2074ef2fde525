"""Open this for how a whole message becomes jobs: which of its parts counts, and in which form."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from core.drafts import JobDraft, JobReading
from core.intake.assembling import read_description
from core.intake.files import kind_of, read_csv, read_file
from core.intake.lines import read_lines
from core.intake.markup import lines_of, read_tables, refusal_of
from core.intake.objects import NoJobs, read_json
from core.intake.prose import read_prose
from core.intake.references import reference_in, without_marks
from core.intake.values import Attachment, Description, Intake, Said, Surroundings
from core.intake.wording import clean, fold

LONGEST_TEXT = 1_000_000  # characters
MOST_LINES = 5_000
MOST_JOBS = 200
MOST_FILES = 20
_OF_THE_MOMENT = {"pickup_date", "pickup_time"}  # written in many ways; the moment is compared


@dataclass(frozen=True, slots=True)
class _Source:
    """One part of a message and the jobs that it describes."""

    name: str
    jobs: tuple[Description, ...]


def read_message(
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Attachment],
    *,
    today: datetime,
    zone: ZoneInfo,
    ladder: Sequence[str],
    policies: Collection[str] | None = None,
) -> Intake:
    """Return the jobs that a message describes, quotes stripped from its text beforehand.

    One part counts: JSON, else attached tables, else a table in the text, else its `Key: value`
    lines, else its prose. What another part says otherwise is a problem of that job; a job that
    only another part has is `unread`. `today` is the moment of receipt. Nothing is raised.
    """
    around = Surroundings(today, zone, tuple(ladder), policies)
    if max(len(text), len(html)) > LONGEST_TEXT:
        return Intake(unread=("the text is longer than a million characters",))
    text = clean(text)
    if text.count("\n") > MOST_LINES:
        return Intake(unread=(f"the text has more than {MOST_LINES} lines",))
    if why := refusal_of(html):
        return Intake(unread=(why,))
    files, unread = _read_files(attachments)
    beside = [*_structured(text, html, unread), *_worded(text, html)]
    sources = [source for source in (*files, *beside) if source.jobs]
    if not sources:
        prose, unclear = _prose(text, html, subject, around)
        sources = [prose] if prose.jobs else []
        unread += unclear
    if not sources:
        return Intake(unread=tuple(unread))
    if sum(len(source.jobs) for source in sources[:1]) > MOST_JOBS:
        return Intake(unread=(f"more than {MOST_JOBS} jobs in one message",))
    readings = _of_source(sources[0], subject, around)
    for other in sources[1:]:
        readings, more = _compared(readings, sources[0].name, other, around)
        unread += more
    return Intake(tuple(_each_once(readings)), tuple(unread))


def read_attachment(
    attachment: Attachment,
    *,
    today: datetime,
    zone: ZoneInfo,
    ladder: Sequence[str],
    policies: Collection[str] | None = None,
) -> Intake:
    """Return the jobs of one file on its own."""
    around = Surroundings(today, zone, tuple(ladder), policies)
    try:
        jobs = read_file(attachment)
    except NoJobs as why:
        return Intake(unread=(f"{attachment.name[:80]!r}: {why}",))
    if len(jobs) > MOST_JOBS:
        return Intake(unread=(f"more than {MOST_JOBS} jobs in one file",))
    return Intake(tuple(_each_once([read_description(job, around) for job in jobs])))


def _read_files(attachments: Sequence[Attachment]) -> tuple[list[_Source], list[str]]:
    """Return what the files hold, JSON first, and which of them could not be read."""
    sources: list[_Source] = []
    unread: list[str] = []
    likely = [file for file in attachments[:MOST_FILES] if kind_of(file)]
    for file in sorted(likely, key=lambda file: kind_of(file) != "json"):
        try:
            sources.append(_Source(f"the file {file.name[:60]!r}", tuple(read_file(file))))
        except NoJobs as why:
            unread.append(f"{file.name[:80]!r}: {why}")
    return _joined(sources), unread


def _joined(files: Sequence[_Source]) -> list[_Source]:
    """Take several tables of one message as one source: a file may hold half of the jobs."""
    if len(files) < 2:
        return list(files)
    return [_Source("the files", tuple(job for file in files for job in file.jobs))]


def _structured(text: str, html: str, unread: list[str]) -> list[_Source]:
    body = text.strip()
    sources = []
    if body[:1] in {"{", "["}:
        try:
            sources.append(_Source("the text", tuple(read_json(body))))
        except NoJobs as why:
            unread.append(f"the text: {why}")
    if html:
        sources.append(_Source("the table in the text", tuple(read_tables(html))))
    return sources


def _worded(text: str, html: str) -> list[_Source]:
    """Read the lines of the text, or of its HTML where the text says nothing."""
    if text.strip()[:1] in {"{", "["}:
        return []
    jobs = read_lines(text) or _pasted(text)
    if not jobs and html:
        jobs = read_lines(lines_of(html))
    return [_Source("the text", tuple(jobs))]


def _pasted(text: str) -> list[Description]:
    """Read cells that somebody pasted from a sheet: rows with tabs, the first of them a header."""
    if "\t" not in text:
        return []
    try:
        return read_csv("\n".join(line for line in text.split("\n") if "\t" in line))
    except NoJobs:
        return []


def _prose(text: str, html: str, subject: str, around: Surroundings) -> tuple[_Source, list[str]]:
    unclear: list[str] = []
    for name, words in (
        ("the text", text),
        ("the text", lines_of(html) if html else ""),
        ("the subject", without_marks(subject)),
    ):
        found = read_prose(words, around)
        if found.jobs:
            return _Source(name, found.jobs), list(found.unread)
        unclear += found.unread
    return _Source("the text", ()), list(dict.fromkeys(unclear))


def _of_source(source: _Source, subject: str, around: Surroundings) -> list[JobReading]:
    readings = [read_description(job, around) for job in source.jobs]
    named = reference_in(subject)
    if named and len(readings) == 1 and not readings[0].draft.sheet_job_id:
        return [read_description(_with_reference(source.jobs[0], named), around)]
    return readings


def _with_reference(job: Description, reference: str) -> Description:
    return Description((Said("ref", reference), *job.said), job.beside)


def _compared(
    readings: list[JobReading], name: str, other: _Source, around: Surroundings
) -> tuple[list[JobReading], list[str]]:
    """Hold another part of the message against the one that counts."""
    readings, unread = list(readings), []
    for job in other.jobs:
        second = read_description(job, around)
        at = _same_job(second, readings)
        if at is None:
            named = second.draft.sheet_job_id or "a job without reference"
            unread.append(f"{named[:60]}: {other.name} has it, {name} has not")
            continue
        against = _differences(readings[at].draft, second.draft)
        problems = [f"{name} and {other.name} differ: {what}" for what in against]
        readings[at] = replace(readings[at], problems=(*readings[at].problems, *problems))
    return readings, unread


def _same_job(second: JobReading, readings: Sequence[JobReading]) -> int | None:
    wanted = fold(second.draft.sheet_job_id)
    for at, reading in enumerate(readings):
        named = fold(reading.draft.sheet_job_id)
        if wanted == named if wanted and named else len(readings) == 1:
            return at
    return None


def _differences(first: JobDraft, second: JobDraft) -> list[str]:
    names = [f.name for f in fields(JobDraft) if f.name not in _OF_THE_MOMENT]
    return [
        name.replace("_", " ")
        for name in names
        if (one := getattr(first, name)) and (two := getattr(second, name)) and not _alike(one, two)
    ]


def _alike(one: object, two: object) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return fold(" ".join(one.split())) == fold(" ".join(two.split()))
    return one == two


def _each_once(readings: Sequence[JobReading]) -> list[JobReading]:
    """Merge repeats of one job; one reference with two meanings is a problem of both."""
    first: dict[str, int] = {}
    kept: list[JobReading] = []
    for reading in readings:
        key = fold(reading.draft.sheet_job_id)
        if not key or key not in first:
            first[key] = len(kept)
            kept.append(reading)
        elif kept[first[key]].draft != reading.draft:
            at = first[key]
            why = f"{reading.draft.sheet_job_id!r} stands twice in this message, and differs"
            kept[at] = replace(kept[at], problems=(*kept[at].problems, why))
            kept.append(replace(reading, problems=(*reading.problems, why)))
    return kept
