"""Open this for what the worker is told of this installation: nothing secret, plain JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

from channels.email.options import EmailOptions
from channels.email.receiving.doors import Doors
from channels.email.receiving.trust import Trust
from core.channel import ChannelContext


@dataclass(frozen=True, slots=True)
class Rules:
    """Which addresses are ours, who is believed, and how dates and vehicles are read."""

    doors: Doors
    trust: Trust
    zone: str
    ladder: tuple[str, ...]


def rules_of(options: EmailOptions, context: ChannelContext) -> Rules:
    """Return the rules that plugins.toml and the settings make."""
    senders = tuple(sender.lower() for sender in options.senders)
    return Rules(
        Doors(options.from_address, options.intake_address, options.replies_address, senders),
        Trust(options.trust, senders, options.relays, options.authserv_id),
        str(context.zone),
        context.ladder,
    )


def rules_to(rules: Rules) -> bytes:
    """Return the rules as the worker takes them."""
    doors, trust = rules.doors, rules.trust
    return json.dumps(
        {
            "own": doors.own,
            "intake": doors.intake,
            "replies": doors.replies,
            "senders": doors.senders,
            "rule": trust.rule,
            "relays": trust.relays,
            "authserv_id": trust.authserv_id,
            "zone": rules.zone,
            "ladder": rules.ladder,
        }
    ).encode()


def rules_from(plain: bytes) -> Rules:
    """Return the rules that `rules_to` wrote."""
    told = json.loads(plain)
    senders = tuple(told["senders"])
    return Rules(
        Doors(told["own"], told["intake"], told["replies"], senders),
        Trust(told["rule"], senders, tuple(told["relays"]), told["authserv_id"]),
        told["zone"],
        tuple(told["ladder"]),
    )
