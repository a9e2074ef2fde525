"""What asyncpg and the network raise, and what it is to the rest of the program."""

import asyncpg
from tortoise.exceptions import IntegrityError, OperationalError

from core.errors import DatabaseBusy, StorageFault

CLASHES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""PostgreSQL undid the transaction for another's sake: running it again is safe and may help."""

FOREIGN = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
"""What asyncpg and the network raise; it leaves `core.runner` only as a `postgres_fault`."""

_BUSY = (
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.TooManyConnectionsError,
)
_FAULTS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.InternalServerError,
    OSError,
)


def postgres_fault(error: Exception, *, connected: bool) -> Exception:
    """Return what an error of asyncpg or the network is to the rest of the program."""
    match error:
        case asyncpg.IntegrityConstraintViolationError():
            return IntegrityError(error)
        case asyncpg.ReadOnlySQLTransactionError():
            return RuntimeError("a read cannot write")
        case _ if isinstance(error, _BUSY):
            return DatabaseBusy(f"the database did not serve a statement in time: {error}")
        case _ if isinstance(error, _FAULTS) or not connected:
            return StorageFault(f"the database cannot be reached: {error!r}")
        case _:
            return OperationalError(error)


def is_open(connection: asyncpg.Connection) -> bool:
    """Tell whether the connection may still be used."""
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # the pool took a lost connection back by itself
        return False
