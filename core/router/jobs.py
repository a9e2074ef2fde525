"""A job arrives: once, with a request for approval; and the link by which it is decided."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import fields

from core.domain import Actor, EventKind, JobStatus
from core.drafts import JobDraft
from core.models import IdempotencyKey, Job
from core.outbox.promises import promise_approval_requests
from core.outcomes import AlreadyExists, Created, KeyReused, NotFound, Refused
from core.policy import cutoff_of
from core.router.approval import alert_time
from core.rows import JOBS
from core.runner import Abandon
from core.showing import fresh_view, job_view, terms_of
from core.work import Work

_GIVEN = tuple(field.name for field in fields(JobDraft))
_DERIVED = ("pickup_at", "pickup_date_only")
_SHOWN_AS = {"policy": "policy_name"}


async def create_job(
    work: Work,
    draft: JobDraft,
    by: Actor,
    *,
    source: str = "api",
    idempotency: tuple[str, str] | None = None,
    warnings: Sequence[str] = (),
) -> Created | AlreadyExists | KeyReused:
    """Take a job in once per `sheet_job_id`, and ask its coordinator."""
    job = _new_job(work, draft, source)
    job.warnings = list(warnings) or None
    job_id = await work.insert_new(job)
    if job_id is None:
        return await _known(work, draft, idempotency)
    if idempotency is not None and not await _claim_key(work, idempotency, job_id):
        raise Abandon(KeyReused())
    job.id = job_id
    await work.note(
        EventKind.CREATED,
        by,
        job_id=job_id,
        target=JobStatus.NEEDS_APPROVAL.value,
        sheet_job_id=job.sheet_job_id,
        via=source,
        **terms_of(job),
    )
    url = work.links.url(job_id, job.approval_nonce, work.now)
    await promise_approval_requests(work, job, url)
    return Created(job_view(job, ()), url)


async def renew_link(work: Work, job_id: int, by: Actor) -> Created | Refused | NotFound:
    """Make every earlier approve link of the job invalid and return a new one."""
    nonce = secrets.token_hex(16)
    undecided = Job.filter(id=job_id, status=JobStatus.NEEDS_APPROVAL.value)
    if not await undecided.update(approval_nonce=nonce, updated_at=work.now):
        if not await Job.exists(id=job_id):
            return NotFound()
        view = await fresh_view(work.unit, job_id)
        return Refused("already_decided", f"the job is {view.status}", view)
    await work.note(EventKind.LINK_RENEWED, by, job_id=job_id)
    return Created(await fresh_view(work.unit, job_id), work.links.url(job_id, nonce, work.now))


def _new_job(work: Work, draft: JobDraft, source: str) -> Job:
    given = {name: getattr(draft, name) for name in _GIVEN}
    policy_name = given.pop("policy")
    job = JOBS.new(
        **{**given, "skills": list(draft.skills)},
        policy_name=policy_name,
        source=source,
        approval_nonce=secrets.token_hex(16),
        cutoff=cutoff_of(
            draft.pickup_at,
            date_only=draft.pickup_date_only,
            policy=work.site.policy(policy_name),
            zone=work.site.zone,
            decided_at=work.now,
        ),
        created_at=work.now,
        updated_at=work.now,
    )
    job.next_action, job.next_action_at = "alert", alert_time(work, job, work.now)
    return job


async def _known(
    work: Work, draft: JobDraft, idempotency: tuple[str, str] | None
) -> AlreadyExists | KeyReused:
    job = await Job.get(sheet_job_id=draft.sheet_job_id)
    if idempotency is not None and not await _claim_key(work, idempotency, job.id):
        return KeyReused()
    undecided = job.status == JobStatus.NEEDS_APPROVAL.value
    url = work.links.url(job.id, job.approval_nonce, work.now) if undecided else None
    return AlreadyExists(await fresh_view(work.unit, job.id), url, _changed(job, draft))


async def _claim_key(work: Work, idempotency: tuple[str, str], job_id: int) -> bool:
    """Remember the client's key; False when it stood for another request."""
    key, fingerprint = idempotency
    if await work.insert_new(
        IdempotencyKey(key=key, fingerprint=fingerprint, job_id=job_id, created_at=work.now)
    ):
        return True
    known = await IdempotencyKey.get(key=key)
    return known.fingerprint == fingerprint


def _changed(job: Job, draft: JobDraft) -> tuple[str, ...]:
    """Name the given fields that differ from what is known; what is not given does not differ."""
    names = [f.name for f in fields(draft) if f.name not in _DERIVED]
    given = {name: getattr(draft, name) for name in names}
    return tuple(
        name
        for name, value in given.items()
        if value not in (None, ())
        and (list(value) if name == "skills" else value) != getattr(job, _SHOWN_AS.get(name, name))
    )
