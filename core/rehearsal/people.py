"""How drivers take offers: as recorded where they were asked, else as they have done before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from random import Random

from core.domain import EventKind, OfferStatus, Verdict
from core.models import Offer
from core.rehearsal.course import time_outs
from core.rehearsal.past import Ask, Entry, Message, Pair, Past, Said, Trouble
from core.views import EventView

K = EventKind
JUST_BEFORE = 0.25
SECOND = timedelta(seconds=1)  # a message that is claimed later moves the window with it
Places = dict[tuple[int, datetime], list[EventView]]
_LEADS_TO = {
    Verdict.YES: (K.LATE_YES, K.ACCEPTED, K.RESERVED, K.RECONFIRMED),
    Verdict.NO: (K.DECLINED, K.RESERVE_RELEASED, K.DROPPED),
    Verdict.DROP: (K.DROP_ASKED, K.DROPPED),
}
_LATE = (K.EXPIRY_MOVED, K.RESCINDED)
_FAILED = (K.UNDELIVERABLE, K.REROUTED)
CUT_SHORT = (OfferStatus.RESCINDED.value, OfferStatus.UNDELIVERABLE.value, OfferStatus.SENT.value)


class People:
    """All drivers of a past: what each did about each offer, and what else they may do."""

    def __init__(self, past: Past, seed: int) -> None:
        self._seed = seed
        self._asks = asks_of(past)
        self._known: dict[int, list[Ask]] = defaultdict(list)  # by agent
        for (_, agent_id), asks in self._asks.items():
            self._known[agent_id] += [ask for ask in asks if ask.said or ask.watched is None]
        self._anybody = [ask for asks in self._known.values() for ask in asks]

    def recorded(self, job_id: int, agent_id: int, number: int) -> Ask | None:
        """Return how the driver took the n-th offer of this job; None when there was no such."""
        asks = self._asks.get((job_id, agent_id), ())
        return asks[number] if number < len(asks) else None

    def likely(
        self, job_id: int, agent_id: int, number: int, *, silent_for: timedelta | None = None
    ) -> tuple[Said, ...]:
        """Return what the driver might say: what they said to another offer, drawn by the seed.

        With `silent_for`, among the offers to which they said nothing for so long. The draw is
        the same for every policy, so that what differs is the policy's doing.
        """
        dice = Random(f"{self._seed}/{job_id}/{agent_id}/{number}")  # noqa: S311 no secret
        offers = self._known.get(agent_id) or self._anybody
        if silent_for is not None:
            offers = [a for a in offers if not a.said or a.said[0].received_after > silent_for]
        drawn = dice.choice(offers) if offers else Ask()
        return tuple(
            Said(said.verdict, said.received_after, said.received_after, inf, sure=False)
            for said in drawn.said
        )


def asks_of(past: Past) -> Mapping[Pair, Sequence[Ask]]:
    """Return how each offer was taken, by job and driver, in the order of asking.

    What led to nothing was read before the clock could time out the driver's other offers.
    """
    answered, befell = _places(past, by_driver=True), _places(past, by_driver=False)
    said: dict[int, list[Said]] = defaultdict(list)
    known, ends = {offer.id: offer for offer in past.offers}, time_outs(past.events)
    for entry in past.entries:
        if entry.offer_id in known:
            offer, moment = known[entry.offer_id], (entry.offer_id, entry.handled_at)
            since = offer.sent_at
            order = _take(answered, moment, _LEADS_TO[entry.verdict])
            if order == inf and not _is_news(offer, entry, said[offer.id], befell[moment]):
                order = ends.get((offer.agent_id, entry.handled_at), inf) - JUST_BEFORE
            said[entry.offer_id].append(
                Said(
                    entry.verdict,
                    entry.received_at - since,
                    entry.handled_at - since,
                    order,
                    entry.channel,
                )
            )
    messages: dict[int, list[Message]] = defaultdict(list)
    for message in past.messages:
        if message.is_offer and message.offer_id is not None:
            messages[message.offer_id].append(message)
    asks: dict[Pair, list[Ask]] = defaultdict(list)
    for offer in past.offers:
        troubles = tuple(_troubles(messages[offer.id], offer, befell))
        asks[offer.job_id, offer.agent_id].append(
            Ask(_in_order(said[offer.id]), troubles, _watched(offer, past))
        )
    return asks


def _is_news(offer: Offer, entry: Entry, said: Sequence[Said], befell: Sequence[EventView]) -> bool:
    """Tell whether the offer was opened, answered or timed out in the moment of the entry."""
    timed_out = any(event.kind == K.TIMED_OUT for event in befell)
    since = entry.handled_at - offer.sent_at
    return not since or timed_out or any(one.acted_after == since for one in said)


def _in_order(said: Sequence[Said]) -> tuple[Said, ...]:
    """Put what led to nothing before what came next by the same channel in the same moment."""
    ordered: list[Said] = []
    following: dict[tuple[str, timedelta], float] = {}
    for one in reversed(said):
        moment = (one.channel, one.acted_after)
        known = one.order != inf or moment not in following
        following[moment] = one.order if known else following[moment] - JUST_BEFORE
        ordered.append(replace(one, order=following[moment]))
    return tuple(reversed(ordered))


def _places(past: Past, *, by_driver: bool) -> Places:
    """Return the lines of history about each offer at each moment, by its driver or by others."""
    places: Places = defaultdict(list)
    for event in (e for events in past.events.values() for e in events):
        if event.offer_id is not None and event.actor.startswith("agent ") is by_driver:
            places[event.offer_id, event.at].append(event)
    return places


def _take(places: Places, key: tuple[int, datetime], kinds: Collection[str]) -> float:
    """Return the place in history of the next line of these kinds, which is used up by that."""
    for event in places.get(key, ()):
        if event.kind in kinds:
            places[key].remove(event)
            return event.id
    return inf


def _troubles(messages: Iterable[Message], offer: Offer, places: Places) -> Iterable[Trouble]:
    for number, message in enumerate(messages):
        claimed_at, failed_at = message.claimed_at, message.failed_at
        if claimed_at is not None and claimed_at - message.created_at > SECOND:
            order = _take(places, (offer.id, claimed_at), _LATE)
            delay = claimed_at - message.created_at
            yield Trouble(number, claimed_at - offer.sent_at, delay, order)
        if failed_at is not None:
            order = _take(places, (offer.id, failed_at), _FAILED)
            yield Trouble(number, failed_at - offer.sent_at, None, order)


def _watched(offer: Offer, past: Past) -> timedelta | None:
    if offer.status not in CUT_SHORT:
        return None
    return (offer.closed_at or past.ends) - offer.sent_at
