"""Open this for which buttons stand below which message. Pure: facts in, rows of buttons out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from channels.telegram.pressing import Act, data_of
from channels.telegram.words import Words, words_in
from core.domain import AlertCause, MessageKind

MOST_DRIVERS = 30
MAP = "https://www.google.com/maps/dir/?api=1&destination="


@dataclass(frozen=True, slots=True)
class Button:
    """A label with what pressing it sends, or with where it leads."""

    label: str
    data: str | None = None
    url: str | None = None


Facts = Mapping[str, Any]
Rows = tuple[tuple[Button, ...], ...]


def rows_below(kind: MessageKind, facts: Facts, language: str) -> Rows:
    """Return the buttons of a new message of that kind; none where the facts lack their ids."""
    rows = _ROWS.get(kind)
    return rows(facts, words_in(language)) if rows else ()


def rows_when_edited(facts: Facts, language: str) -> Rows:
    """Return the buttons of an earlier message, `facts` being how things stand now."""
    of = facts.get("of")
    if facts.get("open") and of in set(MessageKind):
        return rows_below(MessageKind(of), facts, language)
    if of in ("offer", "reminder") and facts.get("status") == "declined":
        return _why_not(facts, words_in(language))
    return ()


def rows_of_approval(job_id: int, version: int, words: Words) -> Rows:
    """Return the ways to decide on a job as it was shown."""
    return (
        (Button(words.approve_and_offer, data_of(Act.APPROVE_AND_OFFER, job_id, version)),),
        (
            Button(words.approve, data_of(Act.APPROVE, job_id, version)),
            Button(words.reject, data_of(Act.ASK_REASON, job_id, version)),
        ),
    )


def rows_of_rejecting(job_id: int, version: int, words: Words) -> Rows:
    """Return what a coordinator may press who is asked for a reason."""
    plainly = Button(words.reject_without_reason, data_of(Act.REJECT, job_id, version))
    return ((plainly,), (Button(words.back, data_of(Act.BACK, job_id, version)),))


def rows_below_answer(facts: Facts, language: str) -> Rows:
    """Return what can be pressed next after an answer of ours."""
    words = words_in(language)
    match facts:
        case {"outcome": "confirm_drop", "offer_id": int(held)}:
            return ((Button(words.give_back, data_of(Act.DROP, held)),),)
        case {"outcome": "which_job", "jobs": [*jobs]}:
            return tuple(
                (Button(f"{words.delivered}: {reference}", data_of(Act.DELIVERED, offer_id)),)
                for job in jobs
                if (offer_id := _id(job, "offer_id")) and (reference := job.get("reference"))
            )
        case {"outcome": "choose_driver", "drivers": [*drivers]}:
            return _drivers(facts, drivers[:MOST_DRIVERS])
        case _:
            return ()


def _offer(facts: Facts, words: Words) -> Rows:
    offer_id = _id(facts, "offer_id")
    if offer_id is None:
        return ()
    yes = Button(words.yes, data_of(Act.YES, offer_id))
    return ((yes, Button(words.no, data_of(Act.NO, offer_id))),)


def _booked(facts: Facts, words: Words) -> Rows:
    offer_id = _id(facts, "offer_id")
    where = facts.get("navigate") or facts.get("pickup_address") or facts.get("origin")
    rows: list[tuple[Button, ...]] = []
    if isinstance(where, str) and where.strip():
        rows.append((Button(words.navigate, url=MAP + quote(where.strip()[:200], safe="")),))
    if offer_id is not None:
        delivered = Button(words.delivered, data_of(Act.DELIVERED, offer_id))
        rows.append((delivered, Button(words.cannot_make_it, data_of(Act.DROP, offer_id))))
    return tuple(rows)


def _why_not(facts: Facts, words: Words) -> Rows:
    """Return reasons to choose from, as long as the driver gave none."""
    offer_id = _id(facts, "offer_id")
    if offer_id is None or facts.get("reason"):
        return ()
    reasons = [
        Button(label, data_of(Act.REASON, offer_id, number))
        for number, label in enumerate(words.reasons)
    ]
    return tuple(tuple(reasons[start : start + 2]) for start in range(0, len(reasons), 2))


def _approval(facts: Facts, words: Words) -> Rows:
    job_id, version = _id(facts, "job_id"), _id(facts, "version")
    return rows_of_approval(job_id, version, words) if job_id and version else ()


def _alert(facts: Facts, words: Words) -> Rows:
    """Return what can be done about an alert of this cause, and that somebody has seen it."""
    alert_id, job_id = _id(facts, "alert_id"), _id(facts, "job_id")
    if alert_id is None:
        return ()
    acts = _ACTS.get(str(facts.get("cause")), ()) if job_id is not None else ()
    labels = {
        Act.ASK_AGAIN: words.ask_again,
        Act.CHOOSE_DRIVER: words.choose_driver,
        Act.CANCEL: words.cancel_job,
    }
    rows = [(Button(labels[act], data_of(act, alert_id, job_id or 0)),) for act in acts]
    return (*rows, (Button(words.acknowledge, data_of(Act.ACKNOWLEDGE, alert_id)),))


def _drivers(facts: Facts, drivers: list[Any]) -> Rows:
    alert_id, job_id = _id(facts, "alert_id") or 0, _id(facts, "job_id")
    return tuple(
        (Button(str(driver.get("name")), data_of(Act.ASSIGN, alert_id, job_id, agent_id)),)
        for driver in drivers
        if job_id is not None and (agent_id := _id(driver, "agent_id"))
    )


def _id(facts: object, name: str) -> int | None:
    """Return an id among the facts, None where it is missing or is none."""
    found = facts.get(name) if isinstance(facts, Mapping) else None
    return found if type(found) is int and found > 0 else None


_COVER = (Act.ASK_AGAIN, Act.CHOOSE_DRIVER)
_ACTS: Mapping[str, tuple[Act, ...]] = {
    AlertCause.UNCOVERED: _COVER,
    AlertCause.AT_RISK: _COVER,
    AlertCause.DROPPED: _COVER,
    AlertCause.NEVER_STARTED: (Act.CHOOSE_DRIVER,),
    AlertCause.OPTED_OUT: (Act.CHOOSE_DRIVER,),
    "cancel_proposed": (Act.CANCEL,),
}
_ROWS: Mapping[MessageKind, Callable[[Facts, Words], Rows]] = {
    MessageKind.OFFER: _offer,
    MessageKind.REMINDER: _offer,
    MessageKind.CHANGED: _offer,
    MessageKind.BOOKED: _booked,
    MessageKind.APPROVAL_REQUEST: _approval,
    MessageKind.ALERT: _alert,
}
