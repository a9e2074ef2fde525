"""What a coordinator should know before a job is approved; no warning ever stops a job."""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

from core.policy import cutoff_of, shortest_window
from core.site import Site
from core.views import JobView

MOST_NAMES = 20


def time_warnings(job: JobView, site: Site, now: datetime) -> list[str]:
    """Return what stands against asking drivers in time, were it approved now."""
    if job.pickup_at is None:
        return []
    policy = site.policy(job.policy)
    cutoff = job.cutoff or cutoff_of(
        job.pickup_at,
        date_only=job.pickup_date_only,
        policy=policy,
        zone=site.zone,
        decided_at=now,
    )
    if cutoff is None:
        return ["the pickup is past already: no deadline counts, every offer runs its full time"]
    left = cutoff - now
    if left < shortest_window(policy):
        return ["too little time is left: no driver can be asked before the deadline"]
    if left < policy.timeout:
        minutes = int(left.total_seconds() // 60)
        return [f"time is short: {minutes} min are left to find a driver"]
    return []


def unknown_fields(names: list[str], known: frozenset[str], settled: frozenset[str]) -> list[str]:
    """Return one sentence for each name that was left out, with the nearest known one."""
    warnings = [_unknown_field(name, known, settled) for name in names[:MOST_NAMES]]
    if len(names) > MOST_NAMES:
        warnings.append(f"{len(names) - MOST_NAMES} more unknown fields were left out")
    return warnings


def _unknown_field(name: str, known: frozenset[str], settled: frozenset[str]) -> str:
    shown = repr(name[:60])
    if name in settled:
        return f"{shown} is not for clients to set and was left out"
    nearest = get_close_matches(name.lower(), sorted(known), n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"unknown field {shown} was left out{hint}"
