"""Worlds in which the service forgets something: the judge notices each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.world import live


async def nothing(*_args: Any, **_named: Any) -> bool:
    """Do nothing in place of what is forgotten."""
    return False


@pytest.mark.parametrize(
    ("forgotten", "said"),
    [
        ("core.cascade.closing.promise_withdrawal", "was not told that offer"),
        ("core.router.by_hand.promise_booking", "and not told"),
        ("core.router.overrides.giving.promise_booking", "and not told"),
        ("core.cascade.reserve.promise_booking", "and not told"),
        ("core.router.reply_steps.raise_alert", "says reopened and nobody was alerted"),
        ("core.router.replies.raise_alert", "says unclear_reply and nobody was alerted"),
    ],
)
async def test_what_is_forgotten_is_noticed(
    forgotten: str,
    said: str,
    migrated_sqlite: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgotten, nothing)
    for number in range(6):
        path = tmp_path / f"world-{number}.sqlite3"
        shutil.copyfile(migrated_sqlite, path)
        outcome = await live(f"sqlite://{path}", 1, number, 40)
        if any(said in fault for fault in outcome.faults):
            return
    pytest.fail(f"in no world was it noticed that {forgotten} is forgotten")
