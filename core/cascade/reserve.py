"""The driver whose late YES waits behind another's open offer."""

from __future__ import annotations

from dataclasses import replace

from core.cascade.covering import assign_by_offer
from core.domain import Actor, OfferStatus, Policy
from core.eligibility import exclusion_of
from core.judging import job_facts
from core.models import Job, Offer
from core.outbox.promises import promise_booking
from core.reach import asked_at
from core.roster import Roster
from core.rows import JOBS, OFFERS
from core.runner import Abandon
from core.work import AGAIN, Work


async def take_reserve(
    work: Work, job: Job, policy: Policy, roster: Roster, by: Actor
) -> Offer | None:
    """Give the job to the first reserve who may still have it; None when there is none.

    Nobody is taken while another driver holds an open offer, or once the cutoff has passed.
    """
    if not roster.has_reserves or (job.cutoff is not None and work.now >= job.cutoff):
        return None
    waiting = "job_id = $1 AND version = $2 AND reserved_at IS NOT NULL ORDER BY reserved_at, id"
    reserves = await OFFERS.all(work.unit, waiting, job.id, job.version)
    if reserves and roster.open_slots:
        return None
    for offer in reserves:
        if not _still_eligible(work, job, policy, roster, offer.agent_id):
            continue
        await JOBS.complete(work.unit, job)
        sources = (OfferStatus.TIMED_OUT, OfferStatus.DECLINED)
        if not await assign_by_offer(work, job, offer, by, offer_sources=sources):
            raise Abandon(AGAIN)
        await promise_booking(work, job, await asked_at(work, offer), offer_id=offer.id)
        return offer
    return None


def _still_eligible(work: Work, job: Job, policy: Policy, roster: Roster, agent_id: int) -> bool:
    seen = roster.facts_of(agent_id)
    if seen is None:
        return False
    willing = replace(seen, asked_this_round=False, declined_this_version=False)
    site = work.site
    excluded = exclusion_of(
        willing, job_facts(job), policy, now=work.now, zone=site.zone, ladder=site.ladder
    )
    return excluded is None
