"""How long and how much: the bounds that keep one slow thing from stopping everything."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a runner; every wait in it ends by one of them."""

    busy_seconds: float = 5.0
    """Longest wait for a lock, or for a connection, before DatabaseBusy."""
    statement_seconds: float = 10.0
    """Longest run of one statement before it is interrupted with DatabaseBusy."""
    batch_units: int = 200
    """SQLite: most units that share one COMMIT."""
    batch_seconds: float = 0.02
    """SQLite: no further unit joins a COMMIT after this long."""
    loop_seconds: float = 0.01
    """SQLite: no further short unit runs on the event loop after this long, before it turns."""
    loop_statement_seconds: float = 0.1
    """SQLite: a statement that holds the event loop so long is interrupted, its unit moved."""
    writers: int = 10
    """PostgreSQL: connections for units of work."""
    readers: int = 2
    """Connections for reads: threads on SQLite, a pool on PostgreSQL."""
    waiting: int = 10_000
    """Units and reads unanswered at once; one more is refused with DatabaseBusy."""
    close_seconds: float = 10.0
    """PostgreSQL: how long close() waits for what still runs."""

    def __post_init__(self) -> None:
        if min(self.batch_units, self.writers, self.readers, self.waiting) < 1:
            raise ValueError("every number of units, connections and waiters must be at least 1")
        if min(self.busy_seconds, self.batch_seconds, self.close_seconds) < 0:
            raise ValueError("no wait can be negative")
        if self.statement_seconds <= 0:
            raise ValueError("a statement needs some time")
