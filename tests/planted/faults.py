"""Each fault: one text of the tree replaced by a worse one, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """One text of one file, and what stands there instead."""

    file: str
    sound: str
    broken: str


@dataclass(frozen=True, slots=True)
class Fault:
    """`sound` stands exactly once in `file`; with `broken` in its place `noticed_by` fails.

    A fault that needs other places changed too names them in `besides`.
    """

    name: str
    file: str
    sound: str
    broken: str
    noticed_by: tuple[str, ...]
    besides: tuple[Place, ...] = ()

    def places(self) -> tuple[Place, ...]:
        """Return every change that makes the fault."""
        return (Place(self.file, self.sound, self.broken), *self.besides)


FAULTS = (
    Fault(
        "the unique index on accepted offers is dropped",
        "core/migrations/0001_initial.py",
        "CREATE UNIQUE INDEX one_accepted_offer",
        "CREATE INDEX one_accepted_offer",
        ("tests/core/test_schema.py",),
    ),
    Fault(
        "accepting does not ask for the job's status",
        "core/work.py",
        'where = f"id = $1 AND status IN ({marks})"',
        'where = f"id = $1 AND (status IN ({marks}) OR 1 = 1)"',
        ("tests/core/test_compare_and_set.py",),
    ),
    Fault(
        "accepting does not ask for the offer's status",
        "core/cascade/covering.py",
        'f"id = $1 AND status IN ({open_as})"',
        'f"id = $1 AND (status IN ({open_as}) OR 1 = 1)"',
        ("tests/core/test_compare_and_set.py",),
    ),
    Fault(
        "a YES that came with others does not ask for the offer's status",
        "core/cascade/covering.py",
        "f\"id = $1 AND status = '{OfferStatus.SENT.value}'\"",
        "f\"id = $1 AND (status = '{OfferStatus.SENT.value}' OR 1 = 1)\"",
        ("tests/core/test_compare_and_set.py",),
    ),
    Fault(
        "an answer leaves before the commit",
        "core/runner/sqlite_writer.py",
        "            self._commit(batch)\n",
        "            self._deliver(list(zip(queued, outcomes, strict=True)))\n"
        "            self._commit(batch)\n"
        "            return ()\n",
        ("tests/core/runner",),
    ),
    Fault(
        "a message is promised outside the unit of work",
        "core/work.py",
        "            await self.write_messages()\n",
        "            await self.write_messages()\n"
        '        await self.unit.execute("RELEASE unit")\n'
        '        await self.unit.execute("SAVEPOINT unit")\n',
        ("tests/core/test_compare_and_set.py",),
    ),
    Fault(
        "messages are promised in a second unit of work, right after the first",
        "core/outbox/promises.py",
        "    await work.add_message(\n",
        "    await work.withhold(\n",
        ("tests/core/test_compare_and_set.py",),
        (
            Place(
                "core/work.py",
                "    promised: bool = False  # a message was added to the outbox\n",
                "    promised: bool = False\n"
                "    later: list[dict[str, Any]] = field(default_factory=list)\n\n"
                "    async def withhold(self, **values: Any) -> None:\n"
                "        self.later.append(values)\n",
            ),
            Place(
                "core/router/doing.py",
                "        if work.events or work.promised:\n",
                "        self.withheld = work.later\n        if work.events or work.promised:\n",
            ),
            Place(
                "core/router/doing.py",
                "            result = await run(unit_of_work)\n",
                "            result = await run(unit_of_work)\n"
                "            withheld, self.withheld = getattr(self, 'withheld', []), []\n"
                "            from core.rows import MESSAGES\n\n"
                "            async def second(unit: Unit) -> None:\n"
                "                for values in withheld:\n"
                "                    await MESSAGES.insert(unit, **values)\n\n"
                "            await self.runner.run(second)\n",
            ),
        ),
    ),
    Fault(
        "opening the approve link approves",
        "web/approval.py",
        "    return await _page(await _linked_job(token), token)\n",
        '    await the_router().approve((await _linked_job(token)).id, Actor("coordinator"))\n'
        "    return await _page(await _linked_job(token), token)\n",
        ("tests/web/test_approval.py",),
    ),
    Fault(
        "a transaction is opened outside the runner",
        "core/auditor.py",
        "SLACK = timedelta(seconds=2)",
        "from tortoise.transactions import in_transaction\n\nSLACK = timedelta(seconds=2)",
        ("tests/core/test_compare_and_set.py",),
    ),
    Fault(
        "the tick reads what is overdue before it writes",
        "core/router/offering.py",
        " WHERE status = 'sent' AND expires_at <= $2 AND NOT EXISTS (",
        " WHERE (status = 'sent' OR status = 'timed_out') AND expires_at <= $2 AND NOT EXISTS (",
        ("tests/stories/test_at_once.py", "tests/stories/test_cascade.py"),
    ),
    Fault(
        "the inbox takes the same message twice",
        "core/migrations/0001_initial.py",
        "CREATE UNIQUE INDEX stored_once",
        "CREATE INDEX stored_once",
        ("tests/core/test_schema.py", "tests/stories/test_replies.py"),
    ),
    Fault(
        "a token is compared as a prefix",
        "web/guard.py",
        "hashlib.sha256(token.encode())",
        "hashlib.sha256(token[:4].encode())",
        ("tests/web/test_guard.py",),
    ),
    Fault(
        "the Host rule is off",
        "web/guard.py",
        "if not name or not (name in self._hosts or _is_loopback(name)):",
        "if not name:",
        ("tests/web/test_guard.py",),
    ),
)
