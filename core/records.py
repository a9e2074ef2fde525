"""The reads: each one snapshot, keyset pages, no secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model

from core.channel import Clock
from core.domain import JobStatus
from core.links import ApprovalLinks
from core.models import (
    Agent,
    Alert,
    Coordinator,
    Event,
    InboxEntry,
    Job,
    Offer,
    OutboxMessage,
    Token,
)
from core.policy_forms import policy_from_json
from core.roster import roster_of
from core.runner import Runner, Unit
from core.showing import (
    agent_views,
    alert_view,
    coordinator_views,
    fresh_view,
    inbox_view,
    job_view,
    offer_views,
    outbox_view,
    token_view,
)
from core.site import Site
from core.views import (
    AgentView,
    AlertView,
    CandidatesView,
    CoordinatorView,
    EventView,
    InboxView,
    JobView,
    OfferView,
    OutboxView,
    Page,
    TokenView,
)
from core.work import event_view

ModelT = TypeVar("ModelT", bound=Model)
RowT = TypeVar("RowT")
ViewT = TypeVar("ViewT")
Show = Callable[[Unit, Sequence[ModelT]], Awaitable[Sequence[ViewT]]]


class Records:
    """What readers may ask; lists are newest last, `cursor` is the id to go on after."""

    def __init__(self, runner: Runner, clock: Clock, site: Site, links: ApprovalLinks) -> None:
        self._runner = runner
        self._clock = clock
        self._site = site
        self._links = links

    async def job(self, job_id: int) -> JobView | None:
        """Return a job with its offers, oldest first."""

        async def query(unit: Unit) -> JobView | None:
            return await fresh_view(unit, job_id) if await Job.exists(id=job_id) else None

        return await self._runner.read(query)

    async def jobs(
        self,
        *,
        status: str | None = None,
        q: str | None = None,
        limit: int = 50,
        cursor: int | None = None,
    ) -> Page[JobView]:
        """Return jobs without offers; `q` looks into reference, places and notes."""
        wanted = [Q(status=status)] if status is not None else []
        if q:
            looked_at = ("sheet_job_id", "origin", "destination", "notes")
            wanted.append(
                Q(*(Q(**{f"{name}__icontains": q}) for name in looked_at), join_type="OR")
            )
        return await self._page(Job, wanted, _jobs, limit, cursor)

    async def offer(self, offer_id: int) -> OfferView | None:
        """Return one offer."""

        async def query(unit: Unit) -> OfferView | None:
            found = await offer_views(unit, await Offer.filter(id=offer_id))
            return found[0] if found else None

        return await self._runner.read(query)

    async def offers(
        self, *, status: str | None = None, limit: int = 50, cursor: int | None = None
    ) -> Page[OfferView]:
        """Return offers."""
        wanted = [Q(status=status)] if status is not None else []
        return await self._page(Offer, wanted, offer_views, limit, cursor)

    async def agent(self, agent_id: int) -> AgentView | None:
        """Return one driver with their Addresses."""

        async def query(unit: Unit) -> AgentView | None:
            found = await agent_views(unit, await Agent.filter(id=agent_id, forgotten_at=None))
            return found[0] if found else None

        return await self._runner.read(query)

    async def agents(
        self, *, q: str | None = None, limit: int = 50, cursor: int | None = None
    ) -> Page[AgentView]:
        """Return drivers; `q` looks into name and phone number."""
        wanted = [Q(forgotten_at=None)]
        if q:
            wanted.append(Q(name__icontains=q) | Q(phone_e164__icontains=q))
        return await self._page(Agent, wanted, agent_views, limit, cursor)

    async def coordinators(
        self, *, limit: int = 50, cursor: int | None = None
    ) -> Page[CoordinatorView]:
        """Return coordinators with their Addresses."""
        return await self._page(Coordinator, [], coordinator_views, limit, cursor)

    async def coordinator(self, coordinator_id: int) -> CoordinatorView | None:
        """Return one coordinator with their Addresses."""

        async def query(unit: Unit) -> CoordinatorView | None:
            found = await coordinator_views(unit, await Coordinator.filter(id=coordinator_id))
            return found[0] if found else None

        return await self._runner.read(query)

    async def events(
        self, job_id: int, *, limit: int = 50, cursor: int | None = None
    ) -> Page[EventView] | None:
        """Return the history of one job, oldest first; None when there is no such job."""
        if await self.job(job_id) is None:
            return None
        return await self._page(Event, [Q(job_id=job_id)], _events, limit, cursor)

    async def alerts(
        self,
        *,
        state: Literal["open", "all"] = "open",
        limit: int = 50,
        cursor: int | None = None,
    ) -> Page[AlertView]:
        """Return alerts: those still open, or all that ever were."""
        wanted = [Q(resolved_at=None)] if state == "open" else []
        return await self._page(Alert, wanted, _alerts, limit, cursor)

    async def inbox(
        self, *, state: str | None = None, limit: int = 50, cursor: int | None = None
    ) -> Page[InboxView]:
        """Return what came in, without what it said."""
        wanted = [Q(state=state)] if state is not None else []
        return await self._page(InboxEntry, wanted, _entries, limit, cursor)

    async def outbox(
        self, *, state: str | None = None, limit: int = 50, cursor: int | None = None
    ) -> Page[OutboxView]:
        """Return what was promised to be said, without what it says."""
        wanted = [Q(state=state)] if state is not None else []
        return await self._page(OutboxMessage, wanted, _messages, limit, cursor)

    async def tokens(self, *, limit: int = 50, cursor: int | None = None) -> Page[TokenView]:
        """Return bearer tokens, revoked ones too, without their secrets."""
        return await self._page(Token, [], _tokens, limit, cursor)

    async def candidates(self, job_id: int) -> CandidatesView | None:
        """Return who would be asked now, best first, and why the others would not."""

        async def query(unit: Unit) -> CandidatesView | None:
            job = await Job.get_or_none(id=job_id)
            if job is None:
                return None
            frozen = policy_from_json(job.policy) if job.policy is not None else None
            policy = frozen or self._site.policy(job.policy_name)
            roster = await roster_of(unit, job, policy, self._site)
            found = roster.judged(job, policy, self._site, self._clock.now()).candidates()
            return CandidatesView(found.askable, found.excluded, roster.names)

        return await self._runner.read(query)

    async def approve_url(self, job_id: int) -> str | None:
        """Return the approve link while the job still needs approval."""

        async def query(unit: Unit) -> str | None:
            job = await Job.get_or_none(id=job_id, status=JobStatus.NEEDS_APPROVAL.value)
            if job is None:
                return None
            return self._links.url(job.id, job.approval_nonce, self._clock.now())

        return await self._runner.read(query)

    async def _page(
        self,
        table: type[ModelT],
        wanted: Sequence[Q],
        show: Show[ModelT, ViewT],
        limit: int,
        cursor: int | None,
    ) -> Page[ViewT]:
        async def query(unit: Unit) -> Page[ViewT]:
            rows = table.filter(*wanted)
            if cursor is not None:
                rows = rows.filter(id__gt=cursor)
            found = await rows.order_by("id").limit(limit + 1)
            shown = await show(unit, found[:limit])
            last = found[limit - 1].pk if len(found) > limit else None
            return Page(tuple(shown), last)

        return await self._runner.read(query)


async def job_of_link(unit: Unit, job_id: int, nonce: str) -> JobView | None:
    """Return the job when that nonce is its present one."""
    job = await Job.get_or_none(id=job_id, approval_nonce=nonce)
    return None if job is None else job_view(job)


def _each(
    show: Callable[[RowT], ViewT],
) -> Callable[[Unit, Sequence[RowT]], Awaitable[list[ViewT]]]:
    """Return how a page's rows are shown where each is shown by itself."""

    async def shown(_unit: Unit, rows: Sequence[RowT]) -> list[ViewT]:
        return [show(row) for row in rows]

    return shown


_jobs = _each(job_view)
_events = _each(event_view)
_alerts = _each(alert_view)
_entries = _each(inbox_view)
_messages = _each(outbox_view)
_tokens = _each(token_view)
