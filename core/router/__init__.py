"""The router: one public method per use case, each one unit of work."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.alerts import acknowledge_alert, repeat_alert
from core.backlog import backlog
from core.channel import Clock
from core.domain import Actor
from core.drafts import AgentDraft, JobDraft
from core.links import ApprovalLinks
from core.outcomes import (
    AddressTaken,
    AlreadyExists,
    Created,
    DecisionOutcome,
    KeyReused,
    NotFound,
    Refused,
    ReplyAnswer,
    StartOutcome,
    Synced,
    Ticked,
)
from core.records import Records, job_of_link
from core.router import (
    agents,
    approval,
    by_hand,
    clock_watch,
    jobs,
    offering,
    reply_steps,
    tick,
)
from core.router.clockwork import settle_due
from core.router.overrides import Overrides
from core.router.people import People
from core.router.replies import ReplyText, Webhook, reply_by_webhook
from core.router.replies_together import reply_together
from core.runner import Runner
from core.showing import alert_view
from core.site import Site
from core.views import AgentView, AlertView, JobView

log = logging.getLogger(__name__)

__all__ = ["Router"]


class Router(People):
    """Takes jobs in, has them approved, offers them, hears answers, and lets time pass."""

    def __init__(self, runner: Runner, clock: Clock, site: Site, links: ApprovalLinks) -> None:
        super().__init__(runner, clock, site, links)
        self.overrides = Overrides(self)
        self.records = Records(runner, clock, site, links)
        self.ticked_at = clock.now()  # or when this process began
        self._replies = self.joint(reply_together)

    async def sync_agents(self, drafts: Sequence[AgentDraft], by: Actor) -> Synced | AddressTaken:
        """Insert or update drivers by phone number, all or none of them."""
        return await self.do_long(agents.sync_agents, drafts, by)

    async def set_duty(
        self, agent_id: int, on: bool, by: Actor, *, until: datetime | None = None
    ) -> AgentView | NotFound:
        """Put a driver on duty, or off duty until a moment or for good."""
        return await self.do(agents.set_duty, agent_id, on, by, until=until)

    async def create_job(
        self,
        draft: JobDraft,
        by: Actor,
        *,
        source: str = "api",
        idempotency: tuple[str, str] | None = None,
    ) -> Created | AlreadyExists | KeyReused:
        """Take a job in once; `idempotency` is the client's key and a fingerprint of its body."""
        return await self.do(jobs.create_job, draft, by, source=source, idempotency=idempotency)

    async def read_link(self, token: str) -> JobView | None:
        """Return the job that an approve link names; None when it is invalid, old or renewed."""
        named = self.links.read(token, self.clock.now())
        return None if named is None else await self.runner.read(job_of_link, *named)

    async def renew_link(self, job_id: int, by: Actor) -> Created | Refused | NotFound:
        """Make the earlier approve links of an undecided job invalid and return a new one."""
        return await self.do(jobs.renew_link, job_id, by)

    async def approve(
        self, job_id: int, by: Actor, *, version: int | None = None, start: bool = False
    ) -> DecisionOutcome:
        """Approve once; with `start`, begin asking at the same time."""
        return await self.do(approval.approve, job_id, by, version=version, start=start)

    async def reject(
        self, job_id: int, by: Actor, *, reason: str | None = None, version: int | None = None
    ) -> DecisionOutcome:
        """Refuse an undecided job for good."""
        return await self.do(approval.reject, job_id, by, reason=reason, version=version)

    async def cancel(self, job_id: int, by: Actor, *, reason: str | None = None) -> DecisionOutcome:
        """Call a job off; every driver with an open offer or the job is told once."""
        return await self.do(approval.cancel, job_id, by, reason=reason)

    async def start_offers(self, job_id: int, by: Actor) -> StartOutcome:
        """Begin to ask the drivers about an approved job, once."""
        return await self.do(offering.start_offers, job_id, by)

    async def reply(
        self,
        phone: str,
        text: str,
        *,
        job_id: int | None = None,
        offer_id: int | None = None,
        external_id: str | None = None,
    ) -> ReplyAnswer:
        """Hear a driver's answer by webhook; the same `external_id` gets the same answer."""
        heard = Webhook(phone, ReplyText(text, job_id=job_id, offer_id=offer_id), external_id)
        return await self.do_joined(self._replies, reply_by_webhook, heard)

    async def assign(
        self, job_id: int, agent_id: int, by: Actor, *, reason: str | None = None
    ) -> DecisionOutcome:
        """Give a job to a driver by hand."""
        return await self.do(by_hand.assign, job_id, agent_id, by, reason=reason)

    async def complete(self, job_id: int, by: Actor) -> DecisionOutcome:
        """Say that an assigned job is done."""
        return await self.do(by_hand.complete, job_id, by)

    async def acknowledge(self, alert_id: int, by: Actor) -> AlertView | NotFound:
        """Stop an alert from being said again."""
        alert = await self.do(acknowledge_alert, alert_id, by)
        return NotFound("alert") if alert is None else alert_view(alert)

    async def tick(self) -> Ticked:
        """Settle all that is due; any number at once have the effect of one."""
        now = self.clock.now()
        expired = await settle_due(
            self,
            tick.OVERDUE_OFFERS,
            offering.expire_offers,
            now,
            together=offering.expiring(),
        )
        acted = await settle_due(self, tick.DUE_JOBS, tick.act_on_job, now)
        await settle_due(self, tick.OVERDUE_CONFIRMATIONS, reply_steps.give_back_unconfirmed, now)
        await settle_due(self, tick.DUE_REMINDERS, offering.remind, now)
        at_risk = await settle_due(self, tick.JOBS_AT_RISK, tick.alert_risk, now)
        said = await settle_due(self, tick.DUE_ALERTS, repeat_alert, now)
        self.ticked_at = self.clock.now()
        return Ticked(
            timed_out=sum(timed_out for timed_out, _ in expired),
            advanced=sum(opened for _, opened in (*expired, *acted)),
            alerts=sum(alerts for alerts, _ in acted) + sum(at_risk) + sum(said),
        )

    async def watch_clock(self) -> bool:
        """Alert while something is overdue and no tick settles it; return whether that is so."""
        now, ticked_at = self.clock.now(), self.ticked_at
        if not await self.runner.read(clock_watch.clock_is_amiss, self.site, now, ticked_at):
            return False
        return await self.do(clock_watch.watch_clock, ticked_at)

    async def next_deadline(self) -> datetime | None:
        """Return the earliest moment at which anything timed is due; it may be past."""
        return await self.runner.read(tick.next_deadline)

    async def backlog(self) -> Mapping[str, int]:
        """Return how much lies where: the figures of /metrics."""
        return await self.runner.read(backlog)
