"""The record: Tortoise tables, one room per area. Reached only through core.runner."""

import linecache

from core.models.access import Token
from core.models.history import Alert, Event
from core.models.jobs import Job, Offer
from core.models.messages import (
    Counter,
    IdempotencyKey,
    InboxEntry,
    Lease,
    OutboxMessage,
    PluginState,
)
from core.models.people import Address, Agent, Coordinator, Link

__all__ = [
    "Address",
    "Agent",
    "Alert",
    "Coordinator",
    "Counter",
    "Event",
    "IdempotencyKey",
    "InboxEntry",
    "Job",
    "Lease",
    "Link",
    "Offer",
    "OutboxMessage",
    "PluginState",
    "Token",
]

linecache.clearcache()  # Tortoise has read these files for comments: 0.3 MB that Python keeps
