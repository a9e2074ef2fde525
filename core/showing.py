"""Turn rows of the record into what readers are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.domain import MessageKind, OutboxState
from core.models import (
    Address,
    Agent,
    Alert,
    Coordinator,
    InboxEntry,
    Job,
    Offer,
    OutboxMessage,
    Token,
)
from core.views import (
    AddressView,
    AgentView,
    AlertView,
    CoordinatorView,
    InboxView,
    JobView,
    OfferView,
    OutboxView,
    TokenView,
)


def job_view(job: Job, offers: Sequence[OfferView] | None = None) -> JobView:
    """Show a job; its approval nonce stays out."""
    return JobView(
        id=job.id,
        sheet_job_id=job.sheet_job_id,
        status=job.status,
        version=job.version,
        pickup_date=job.pickup_date,
        pickup_time=job.pickup_time,
        pickup_at=job.pickup_at,
        pickup_date_only=job.pickup_date_only,
        cutoff=job.cutoff,
        origin=job.origin,
        destination=job.destination,
        vehicle_type=job.vehicle_type,
        skills=tuple(job.skills or ()),
        notes=job.notes,
        pay=job.pay,
        pickup_address=job.pickup_address,
        delivery_address=job.delivery_address,
        contact_name=job.contact_name,
        contact_phone=job.contact_phone,
        coordinator_email=job.coordinator_email,
        policy=job.policy_name,
        round=job.round,
        approved_at=job.approved_at,
        decided_at=job.decided_at,
        decided_by=job.decided_by,
        decision_reason=job.decision_reason,
        assigned_agent_id=job.assigned_agent_id,
        assigned_at=job.assigned_at,
        assigned_by_hand=job.assigned_by_hand,
        paused_at=job.paused_at,
        started_at=job.started_at,
        next_action=job.next_action,
        next_action_at=job.next_action_at,
        closed_at=job.closed_at,
        created_at=job.created_at,
        updated_at=job.updated_at,
        offers=tuple(offers) if offers is not None else None,
    )


async def fresh_view(job_id: int) -> JobView:
    """Show a job as it now is, with its offers oldest first."""
    job = await Job.get(id=job_id)
    return job_view(job, await offer_views(await Offer.filter(job_id=job_id).order_by("id")))


async def offer_views(offers: Sequence[Offer]) -> list[OfferView]:
    """Show offers, each with the channel it went to and how far its message got."""
    channels: dict[int, str] = {}
    delivery: dict[int, str] = {}
    if offers:
        wanted = {o.address_id for o in offers if o.address_id is not None}
        channels = {a.id: a.channel for a in await Address.filter(id__in=wanted)}
        messages = OutboxMessage.filter(
            offer_id__in=[o.id for o in offers], kind=MessageKind.OFFER.value
        )
        delivery = {
            m.offer_id: m.state
            for m in await messages.order_by("id")
            if m.offer_id is not None and m.state != OutboxState.DROPPED.value
        }
    return [
        OfferView(
            id=o.id,
            job_id=o.job_id,
            agent_id=o.agent_id,
            status=o.status,
            sent_at=o.sent_at,
            responded_at=o.responded_at,
            expires_at=o.expires_at,
            round=o.round,
            version=o.version,
            code=o.code,
            channel=channels.get(o.address_id or 0),
            delivery=delivery.get(o.id),
            reason=o.reason,
        )
        for o in offers
    ]


def _address_views(addresses: Iterable[Address]) -> tuple[AddressView, ...]:
    return tuple(
        AddressView(a.channel, a.handle, a.state, a.state_reason)
        for a in sorted(addresses, key=lambda a: (a.position, a.id))
    )


async def agent_views(agents: Sequence[Agent]) -> list[AgentView]:
    """Show agents with their Addresses."""
    rows = await Address.filter(agent_id__in=[a.id for a in agents]) if agents else []
    return [
        AgentView(
            id=a.id,
            name=a.name,
            phone_e164=a.phone_e164,
            priority=a.priority,
            active=a.active,
            on_duty=a.on_duty,
            off_until=a.off_until,
            vehicle_type=a.vehicle_type,
            skills=tuple(a.skills or ()),
            language=a.language,
            quiet_hours=a.quiet_hours,
            addresses=_address_views(r for r in rows if r.agent_id == a.id),
            created_at=a.created_at,
            updated_at=a.updated_at,
        )
        for a in agents
    ]


async def coordinator_views(coordinators: Sequence[Coordinator]) -> list[CoordinatorView]:
    """Show coordinators with their Addresses."""
    ids = [c.id for c in coordinators]
    rows = await Address.filter(coordinator_id__in=ids) if ids else []
    return [
        CoordinatorView(
            id=c.id,
            name=c.name,
            email=c.email,
            active=c.active,
            is_default=c.is_default,
            addresses=_address_views(r for r in rows if r.coordinator_id == c.id),
            created_at=c.created_at,
        )
        for c in coordinators
    ]


def alert_view(alert: Alert) -> AlertView:
    """Show one alert."""
    return AlertView(
        id=alert.id,
        cause=alert.cause,
        job_id=alert.job_id,
        agent_id=alert.agent_id,
        reason=alert.reason,
        raised_at=alert.raised_at,
        next_at=alert.next_at,
        times_said=alert.times_said,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledged_by,
        resolved_at=alert.resolved_at,
    )


def inbox_view(entry: InboxEntry) -> InboxView:
    """Show one inbox entry without what it said."""
    return InboxView(
        id=entry.id,
        channel=entry.channel,
        external_id=entry.external_id,
        received_at=entry.received_at,
        state=entry.state,
        attempts=entry.attempts,
        handled_at=entry.handled_at,
        reason=entry.reason,
        agent_id=entry.agent_id,
        job_id=entry.job_id,
        offer_id=entry.offer_id,
        verdict=entry.verdict,
    )


def outbox_view(message: OutboxMessage) -> OutboxView:
    """Show one outbox message without what it says."""
    return OutboxView(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        handle=message.handle,
        state=message.state,
        attempts=message.attempts,
        created_at=message.created_at,
        due_at=message.due_at,
        settled_at=message.settled_at,
        reason=message.reason,
        agent_id=message.agent_id,
        coordinator_id=message.coordinator_id,
        job_id=message.job_id,
        offer_id=message.offer_id,
    )


def token_view(token: Token) -> TokenView:
    """Show a token; neither it nor its hash."""
    return TokenView(
        id=token.id,
        name=token.name,
        scope=token.scope,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )
