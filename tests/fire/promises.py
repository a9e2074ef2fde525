"""The other half of the judge: every acknowledged answer must be found in the record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fire.ledger import Answer, Ask, Ledger
from tests.fire.record import Record

HAPPENED = {
    "approve": ("approved",),
    "cancel": ("cancelled",),
    "declined_advanced": ("declined", "reserve_released"),
    "standby": ("reserved",),
    "confirm_drop": ("drop_asked", "assigned"),
    "dropped": ("dropped", "reopened", "cancelled"),  # of a job called off, a DROP is no news
}


def broken_promises(record: Record, ledger: Ledger) -> list[str]:
    """Return one sentence for every acknowledged thing that is lost, and every wrong answer."""
    seen = _Seen(record)
    found = [
        f"LOST: {ask.what} {ask.key} was acknowledged, but {lost}"
        for ask, answer in ledger.acknowledged
        if (lost := seen.lost(ask, answer)) is not None
    ]
    ticked = sum(a.body.get("timed_out", 0) for ask, a in ledger.acknowledged if ask.what == "tick")
    happened = sum(1 for event in record.events if event["kind"] == "timed_out")
    if ticked > happened:
        found.append(f"ticks told of {ticked} time-outs, but there were {happened}")
    return [*found, *changed_answers(ledger), *wrong_answers(ledger)]


def changed_answers(ledger: Ledger) -> Iterator[str]:
    """Find repeats that were answered differently: the same message must settle once."""
    first: dict[str, Any] = {}
    for ask, answer in ledger.acknowledged:
        if ask.what not in ("create", "reply"):
            continue
        told = answer.body.get("id") if ask.what == "create" else dict(answer.body)
        if first.setdefault(ask.key, told) != told:
            yield f"{ask.what} {ask.key} was answered {first[ask.key]} and then {told}"


def wrong_answers(ledger: Ledger) -> Iterator[str]:
    """Find answers that no client may ever get."""
    for line in ledger.lines:
        answer = line.answer
        if answer is None or answer.status < 500:
            continue
        if answer.status != 503:
            yield f"{line.ask.what} {line.ask.key} was answered {answer.status}"
        elif "retry-after" not in answer.headers:
            yield f"{line.ask.what} {line.ask.key} was answered 503 without Retry-After"


class _Seen:
    """What happened to whom, ready to be asked for."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._jobs = {job["sheet_job_id"]: job["id"] for job in record.jobs.values()}
        self._phones = {agent["phone_e164"]: agent["id"] for agent in record.agents.values()}
        self._told: Mapping[int, Counter[str]] = defaultdict(Counter)
        self._by_agent: Mapping[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for event in record.events:
            self._told[event["job_id"]][event["kind"]] += 1
            self._by_agent[event["job_id"], event["agent_id"]][event["kind"]] += 1
        self._stored = {e["external_id"] for e in record.inbox}

    def lost(self, ask: Ask, answer: Answer) -> str | None:
        """Say what is missing of this promise; None when it is kept."""
        match ask.what:
            case "sync":
                return self._all_there(ask)
            case "create":
                return self._job_is_there(ask, answer)
            case "approve" | "cancel":
                return self._has_happened(self._told[ask.job_id or 0], HAPPENED[ask.what])
            case "assign":
                return self._has_had(ask.job_id, ask.agent_id)
            case "start":
                return self._step_is_there(ask.job_id or 0, answer.body)
            case "reply":
                return self._reply_is_there(ask, answer.body)
            case _:
                return None

    def _all_there(self, ask: Ask) -> str | None:
        missing = [a for a in ask.body["agents"] if a["phone_e164"] not in self._phones]
        return f"{len(missing)} drivers are missing" if missing else None

    def _job_is_there(self, ask: Ask, answer: Answer) -> str | None:
        there = self._jobs.get(str(ask.body["sheet_job_id"]))
        if there is None:
            return "there is no such job"
        return None if there == answer.body["id"] else f"the job is {there}"

    def _has_had(self, job_id: int | None, agent_id: int | None) -> str | None:
        had = self._by_agent[job_id or 0, agent_id or 0]["assigned"]
        return None if had else f"driver {agent_id} never had job {job_id}"

    def _step_is_there(self, job_id: int, step: Mapping[str, Any]) -> str | None:
        offer = self._record.offers.get(step.get("offer_id", 0))
        match step.get("message"):
            case "offer_sent" if offer is None or offer["job_id"] != job_id:
                return f"offer {step.get('offer_id')} is not there"
            case "no_more_agents" if not self._told[job_id]["uncovered"]:
                return None if self._asks_several(job_id) else "the job was never uncovered"
            case "given_to_reserve":
                return self._has_had(job_id, step["agent"]["id"])
            case _:
                return None

    def _asks_several(self, job_id: int) -> bool:
        """Tell whether others may still be asked when nobody is left to be asked next."""
        return (self._record.jobs[job_id]["policy"] or {}).get("width") != 1

    def _reply_is_there(self, ask: Ask, said: Mapping[str, Any]) -> str | None:
        if "id" in ask.body and ask.body["id"] not in self._stored:
            return "its message is not stored"
        code = said.get("message")
        job_id, agent_id = ask.job_id, ask.agent_id
        if code == "accepted":
            return self._has_had(job_id, agent_id)
        if code == "declined_advanced" and (lost := self._step_is_there(job_id or 0, said["next"])):
            return lost
        kinds = HAPPENED.get(str(code), ())
        told = (
            self._told[job_id or 0]
            if code == "dropped"
            else self._by_agent[job_id or 0, agent_id or 0]
        )
        return self._has_happened(told, kinds)

    def _has_happened(self, told: Counter[str], kinds: Sequence[str]) -> str | None:
        there = not kinds or any(told[kind] for kind in kinds)
        return None if there else f"it was never {' or '.join(kinds)}"
