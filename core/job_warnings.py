"""What a coordinator should know of a job: facts that drivers will miss, doubts of its reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

NO_ORIGIN = "no origin: drivers will not see where to collect"
NO_DESTINATION = "no destination: drivers will not see where to deliver"
NO_DATE = "no pickup date: no deadline is known, every offer runs its full time"
NO_TIME = "no pickup time: offers may run until the end of that day"
NO_VEHICLE = "no vehicle type: drivers of every vehicle will be asked"
_MISSING = (NO_ORIGIN, NO_DESTINATION, NO_DATE, NO_TIME, NO_VEHICLE)


class Described(Protocol):
    """What is looked at: a row of the table has it, and so has what readers are shown."""

    @property
    def origin(self) -> str | None: ...
    @property
    def destination(self) -> str | None: ...
    @property
    def pickup_date(self) -> str | None: ...
    @property
    def pickup_date_only(self) -> bool: ...
    @property
    def vehicle_type(self) -> str | None: ...
    @property
    def warnings(self) -> Sequence[str] | None: ...


def missing_facts(job: Described) -> list[str]:
    """Return one sentence for each fact that drivers will miss."""
    misses = {
        NO_ORIGIN: job.origin is None,
        NO_DESTINATION: job.destination is None,
        NO_DATE: job.pickup_date is None,
        NO_TIME: job.pickup_date is not None and job.pickup_date_only,
        NO_VEHICLE: job.vehicle_type is None,
    }
    return [sentence for sentence, is_missing in misses.items() if is_missing]


def doubts(job: Described) -> list[str]:
    """Return what is missing now, and what whoever read the job was unsure of."""
    unsure = [sentence for sentence in job.warnings or () if sentence not in _MISSING]
    return [*missing_facts(job), *unsure]
