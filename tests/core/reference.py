"""A small model of the router, written from the rules and not from the code, to compare with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.domain import Policy

LIVE = ("offering", "uncovered")
FINAL = ("rejected", "cancelled", "completed")


@dataclass
class ModelOffer:
    agent: int
    round: int
    expires_at: datetime
    status: str = "sent"
    reserved: int | None = None
    drop_asked_at: datetime | None = None


@dataclass
class ModelJob:
    policy: Policy
    agents: int
    status: str = "needs_approval"
    round: int = 1
    holder: int | None = None
    offers: list[ModelOffer] = field(default_factory=list)
    reserves: int = 0
    hand_drop_asked_at: datetime | None = None  # of a holder who was never offered it
    gone: set[int] = field(default_factory=set)  # gave it back

    def open_offers(self) -> list[ModelOffer]:
        return [o for o in self.offers if o.status == "sent"]

    def decide(self, target: str) -> bool:
        if self.status != "needs_approval":
            return False
        self.status = target
        return True

    def start(self, now: datetime) -> bool:
        if self.status != "approved":
            return False
        self.status = "offering"
        self.ask(now)
        return True

    def ask(self, now: datetime) -> None:
        if not self.open_offers():
            waiting = [o for o in self.offers if o.reserved is not None and not self.left(o.agent)]
            if waiting:
                self.give(min(waiting, key=lambda o: o.reserved or 0))
                return
        able = self.able(self.round)
        if not able and not self.open_offers() and self.round < self.policy.rounds:
            able = self.able(self.round + 1)
            self.round += bool(able)
        width = self.policy.width or len(able)
        for agent in able[: width - len(self.open_offers()) if self.policy.width else width]:
            self.offers.append(ModelOffer(agent, self.round, now + self.policy.timeout))
        if not self.open_offers():
            self.status = "uncovered"

    def able(self, round_: int) -> list[int]:
        barred = {o.agent for o in self.offers if o.status in ("sent", "declined", "withdrawn")}
        barred |= {o.agent for o in self.offers if o.round == round_} | self.gone
        return [a for a in range(1, self.agents + 1) if a not in barred]

    def left(self, agent: int) -> bool:
        return any(o.agent == agent and o.status == "withdrawn" for o in self.offers)

    def give(self, offer: ModelOffer) -> None:
        offer.status, self.status, self.holder = "accepted", "assigned", offer.agent
        self.settle_others()

    def settle_others(self) -> None:
        for o in self.open_offers():
            o.status = "rescinded"
        for o in self.offers:
            o.reserved = None

    def tick(self, now: datetime) -> int:
        if self.status != "offering":
            return 0
        due = [o for o in self.open_offers() if o.expires_at <= now]
        for o in due:
            o.status = "timed_out"
        if due:
            self.ask(now)
        return len(due)

    def cancel(self) -> bool:
        if self.status in FINAL:
            return False
        self.status = "cancelled"
        for o in self.offers:
            o.status = "withdrawn" if o.status == "accepted" else o.status
        self.settle_others()
        self.holder = None
        return True

    def assign(self, agent: int) -> bool:
        if self.status in (*FINAL, "assigned"):
            return False
        self.status, self.holder, self.hand_drop_asked_at = "assigned", agent, None
        self.settle_others()
        return True

    def complete(self) -> bool:
        if self.status != "assigned":
            return False
        self.status = "completed"
        return True

    def reply(self, agent: int, word: str, now: datetime) -> str:
        mine = [o for o in self.offers if o.agent == agent]
        if not mine:
            held = self.status == "assigned" and self.holder == agent
            return self.by_hand(agent, word, now) if held else "no_open_offer"
        return {"YES": self.yes, "NO": self.no, "DROP": self.drop}[word](mine[-1], now)

    def over(self, agent: int) -> str | None:
        if self.status in ("cancelled", "rejected"):
            return "job_cancelled"
        if self.status in ("assigned", "completed"):
            return "accepted" if self.holder == agent else "already_covered"
        return None

    def yes(self, offer: ModelOffer, now: datetime) -> str:
        over = self.over(offer.agent)
        if over is not None:
            return over
        if offer.status == "sent" and now <= offer.expires_at:
            self.give(offer)
            return "accepted"
        if offer.status not in ("sent", "timed_out", "declined"):
            return "no_open_offer"
        others = [o for o in self.open_offers() if o is not offer]
        if others and offer.reserved is not None:
            return "standby"
        if offer.status == "sent":
            offer.status = "timed_out"
        if not others:
            self.give(offer)
            return "accepted"
        self.reserves += 1
        offer.reserved = self.reserves
        return "standby"

    def no(self, offer: ModelOffer, now: datetime) -> str:
        if self.status == "assigned" and self.holder == offer.agent:
            return "confirm_drop"
        if offer.status == "sent":
            offer.status = "declined"
            self.ask(now)
            return "declined_advanced"
        if offer.status == "declined" or offer.reserved is not None:
            offer.reserved = None
            return "declined_advanced"
        return self.nothing_open(offer)

    def drop(self, offer: ModelOffer, now: datetime) -> str:
        if self.status == "assigned" and self.holder == offer.agent:
            asked = offer.drop_asked_at
            if asked is None or now - asked > timedelta(minutes=10):
                offer.drop_asked_at = now
                return "confirm_drop"
            if offer.status == "accepted":
                offer.status = "withdrawn"
            return self.give_back(offer.agent, now)
        dropped = offer.status == "withdrawn" and self.over(offer.agent) != "job_cancelled"
        return "dropped" if dropped else self.nothing_open(offer)

    def by_hand(self, agent: int, word: str, now: datetime) -> str:
        asked = self.hand_drop_asked_at
        if word == "YES":
            return "accepted"
        if word == "DROP" and asked is not None and now - asked <= timedelta(minutes=10):
            return self.give_back(agent, now)
        self.hand_drop_asked_at = now if word == "DROP" else asked
        return "confirm_drop"

    def give_back(self, agent: int, now: datetime) -> str:
        self.gone.add(agent)
        self.holder, self.status = None, "offering"
        self.ask(now)
        return "dropped"

    def nothing_open(self, offer: ModelOffer) -> str:
        over = self.over(offer.agent)
        return over if over in ("already_covered", "job_cancelled") else "no_open_offer"
