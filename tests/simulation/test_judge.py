"""The judge and the ledger notice a wrong history; otherwise a clean run would prove nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.domain import MessageKind
from core.drafts import AgentDraft, JobDraft
from core.site import Site
from core.testing import make_outgoing
from core.testing.fakes import NOON
from core.views import EventView
from tests.simulation.cast import CHARACTERS, POLICIES, Part
from tests.simulation.journal import Arrived, Line, fingerprint
from tests.simulation.judge import Judge
from tests.simulation.weather import Weather

FAIR = Weather((), (), {}, busy=0.0, cut=0.0, crash=0.0)
SITE = Site(ZoneInfo("Europe/London"), "http://localhost", POLICIES)


def event(kind: str, minutes: int = 0, **values: Any) -> EventView:
    """Return a line of the history of job 1."""
    blank = EventView(1, NOON, kind, 1, None, None, "api", None, None, None, None)
    return replace(blank, at=NOON + timedelta(minutes=minutes), **values)


def offered(agent: int, minutes: int = 0) -> EventView:
    """Return the line that says that a driver was asked."""
    ends = NOON + timedelta(minutes=minutes + 30)
    facts = {"expires_at": ends.isoformat(), "round": 1, "slot": 0, "version": 1}
    return event("offered", minutes, offer_id=agent, agent_id=agent, target="sent", facts=facts)


BEGUN = (
    event("created", target="needs_approval"),
    event("approved", source="needs_approval", target="approved"),
    event(
        "offering_started",
        source="approved",
        target="offering",
        facts={"policy": "default", "order": [1, 2]},
    ),
)
NO = event("declined", 1, offer_id=1, agent_id=1, source="sent", target="declined")


def faults_of(*lines: Line) -> list[str]:
    """Have the judge read a history of two drivers on the console and one job."""
    drafts = [AgentDraft(f"Driver {n}", f"+44770090000{n}", n) for n in (1, 2)]
    parts = {n: Part(draft, CHARACTERS[0]) for n, draft in enumerate(drafts, start=1)}
    judge = Judge(SITE, FAIR, parts, {1: JobDraft("J-1")})
    for line in (*BEGUN, *lines):
        judge.read(line)
    return judge.faults


def test_a_true_history_has_no_faults() -> None:
    assert faults_of(offered(1), NO, offered(2, 1)) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((offered(2),), "asked before driver 1"),
        ((offered(1), offered(2)), "beyond the policy's width"),
        ((offered(1), NO, offered(1, 2)), "asked although they declined"),
        ((event("opted_out", agent_id=1), offered(1)), "asked although they said STOP"),
        ((event("off_duty", agent_id=1), offered(1)), "asked although they are off duty"),
        ((event("completed", source="offering", target="completed"),), "offering to completed"),
        ((offered(1), replace(NO, source="timed_out")), "offer 1 was sent"),
        ((offered(1), replace(NO, kind="timed_out", target="timed_out")), "before its end"),
        (
            (offered(1), replace(NO, kind="timed_out", at=NOON + timedelta(hours=1))),
            "after its end",
        ),
    ],
)
def test_a_wrong_history_is_noticed(lines: tuple[Line, ...], said: str) -> None:
    assert any(said in fault for fault in faults_of(*lines))


def test_only_answers_may_reach_a_driver_who_said_stop() -> None:
    stop = event("opted_out", agent_id=1)
    offer = Arrived(NOON, "console", make_outgoing("+447700900001"))
    answer = replace(offer, message=replace(offer.message, kind=MessageKind.ANSWER))
    assert faults_of(stop, answer) == []
    assert len(faults_of(stop, offer)) == 1


def test_a_history_with_another_reason_has_another_fingerprint() -> None:
    jobs = {1: "J-1"}
    assert fingerprint([NO], jobs) != fingerprint([replace(NO, reason="too far")], jobs)
