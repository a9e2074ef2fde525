"""Units of work on SQLite that share one COMMIT: each in a savepoint, or several in one."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from tortoise.context import TortoiseContext

from core.runner.sqlite_client import InterruptedBusy, SyncSqliteClient
from core.runner.sqlite_driving import Queued, drive
from core.runner.unit import ALONE, Call, Joint, Outcome, Unit

# Calls that share a savepoint. Plain YESes, 32 at once, took 278 µs of the processor each alone
# and 128 so, COMMIT included (process_time, in turns).
JOINED = 32


class TakenBackError(Exception):
    """The transaction is lost while a unit ran in it."""


@dataclass(slots=True)
class Batch:
    """Units that share one COMMIT, how each of them ended, and what ended them all."""

    client: SyncSqliteClient
    tortoise: TortoiseContext
    on_loop: bool
    until: float
    queued: list[Queued] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    fault: Exception | None = None

    def run(self, queued: Sequence[Queued]) -> None:
        """Run these, as one unit where they can be one; what ends the batch becomes its fault."""
        self.queued += queued
        try:
            joint = queued[0].call.joint
            known = self._join(queued, joint) if joint and len(queued) > 1 else [None] * len(queued)
            for each, outcome in zip(queued, known, strict=True):
                self.outcomes.append(outcome or self._attempt(each.call))
        except Exception as fault:  # noqa: BLE001 - whoever ends the batch raises it
            self.fault = fault

    def _join(self, queued: Sequence[Queued], joint: Joint) -> Sequence[Outcome | None]:
        """Run their joint unit; return how each ended, None for those that run alone."""
        given = [each.call.given for each in queued]
        whole = self._attempt(Call(joint.unit, (given,), {}, context=queued[0].call.context))
        if not whole.kept:
            return [None] * len(queued)
        owed = iter([whole.calls])  # what follows the commit does so once
        return [
            None if value is ALONE else Outcome(value, calls=next(owed, ()), kept=True)
            for value in cast(Sequence[object], whole.value)
        ]

    def _attempt(self, call: Call) -> Outcome:
        """Run one unit in its savepoint; keep what it wrote or undo it."""
        begins = call.is_long and not self.outcomes
        to_begin, to_keep, to_undo = _THE_TRANSACTION if begins else _A_SAVEPOINT
        calls: list[Callable[[], None]] = []
        self._command(to_begin)
        unit = Unit("sqlite", self.client, calls)
        outcome = drive(call, self.tortoise, self.client, unit)
        if self.on_loop and isinstance(outcome.error, InterruptedBusy):
            raise TakenBackError("a statement held the event loop too long")
        if not self.client.transaction_open:
            self.outcomes.append(outcome)
            raise TakenBackError("the database took the transaction back by itself")
        if outcome.kept:
            self._command(to_keep)
            return Outcome(outcome.value, outcome.error, calls, True)
        self._command(to_undo)
        return outcome

    def _command(self, statements: Sequence[str]) -> None:
        for statement in statements:
            self.client.command(statement)


# What a unit begins with, is kept and is undone by. A long one that begins the transaction has it
# for its savepoint, which would copy every page that it changes: that took 3 µs of an expiry with
# 1,000 due and 11 with 10,000 (thread_time, in turns).
_A_SAVEPOINT = (("SAVEPOINT unit",), ("RELEASE unit",), ("ROLLBACK TO unit", "RELEASE unit"))
_THE_TRANSACTION: tuple[tuple[str, ...], ...] = ((), (), ("ROLLBACK", "BEGIN IMMEDIATE"))


def next_of(waiting: deque[Queued], most: int) -> list[Queued]:
    """Take what waits longest, and with it those right behind that hold the same joint."""
    taken = [waiting.popleft()]
    joint = taken[0].call.joint
    while joint and waiting and waiting[0].call.joint is joint and len(taken) < min(most, JOINED):
        taken.append(waiting.popleft())
    return taken
