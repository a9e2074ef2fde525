"""The steps of a cascade; each runs inside a unit of work that has written the job row first."""

from core.cascade.advance import TO_ASK_ON, Step, advance, begin, risk_time
from core.cascade.closing import close_open_offers, uncover
from core.cascade.covering import assign_by_offer, schedule_completion
from core.cascade.opening import open_offer, reroute, write_openings
from core.cascade.reopening import reopen

__all__ = [
    "TO_ASK_ON",
    "Step",
    "advance",
    "assign_by_offer",
    "begin",
    "close_open_offers",
    "open_offer",
    "reopen",
    "reroute",
    "risk_time",
    "schedule_completion",
    "uncover",
    "write_openings",
]
