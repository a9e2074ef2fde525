"""A short run of the fuzzer, a minute in CI; `python -m tests.fuzz` is the long one."""

from __future__ import annotations

import os
from random import Random

from tests.fuzz.breeding import breed, corpus
from tests.fuzz.running import fuzz

SEED = 20270111
SECONDS = 60.0 if os.environ.get("CI") else 10.0


async def test_no_mail_of_a_short_run_crashes_or_takes_long() -> None:
    findings = await fuzz(SECONDS, SEED)
    assert findings.are_none, [str(findings), *(what for what, _ in findings.crashes)]
    assert findings.tried > len(corpus()), "more than the corpus was tried"
    for kind in ("NewJobs", "Reply", "Ignored", "NeedsPerson"):
        assert findings.meant[kind], f"some mail meant {kind}: {findings}"


def test_the_same_seed_breeds_the_same_mails() -> None:
    first, again = (
        [breed(dice, corpus()) for _ in range(50)]
        for dice in (Random(SEED), Random(SEED))  # noqa: S311 dice that fall the same way
    )
    assert first == again
