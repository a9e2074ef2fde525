"""The one transaction runner: the only opener of transactions and the only way to the database."""

from core.runner.limits import Limits
from core.runner.migrating import migrate, pending_migrations
from core.runner.opening import open_runner
from core.runner.runner import Runner
from core.runner.unit import ALONE, Abandon, Joint, Record, Unit
from core.runner.values import as_utc

__all__ = [
    "ALONE",
    "Abandon",
    "Joint",
    "Limits",
    "Record",
    "Runner",
    "Unit",
    "as_utc",
    "migrate",
    "open_runner",
    "pending_migrations",
]
