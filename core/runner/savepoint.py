"""Nested transactions: what Tortoise opens inside a unit of work becomes a savepoint."""

from itertools import count
from typing import Protocol, cast

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext

_numbers = count(1)


class Savable(Protocol):
    """A client inside an open transaction."""

    @property
    def transaction_open(self) -> bool:
        """Whether the surrounding transaction still stands."""

    async def steer(self, statement: str) -> None:
        """Run one statement that steers the transaction."""


class Savepoint(TransactionContext):
    """Tortoise's `in_transaction()` inside a unit: kept on leaving, undone on an exception."""

    def __init__(self, client: Savable) -> None:
        self.client = cast(TransactionalDBClient, client)
        self._savable = client
        self._name = f"nested_{next(_numbers)}"

    async def __aenter__(self) -> TransactionalDBClient:
        """Set the savepoint; return the client, which stays the same."""
        await self._savable.steer(f"SAVEPOINT {self._name}")
        return self.client

    async def __aexit__(self, kind: object, error: object, traceback: object) -> None:
        """Keep or undo what happened since; after a lost transaction there is nothing to undo."""
        if not self._savable.transaction_open:
            return
        if kind is not None:
            await self._savable.steer(f"ROLLBACK TO SAVEPOINT {self._name}")
        await self._savable.steer(f"RELEASE SAVEPOINT {self._name}")
