"""Open this for what a coordinator can ask for in words, and what a language says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """What a coordinator's words ask for; the values are those of a Decision's `action`."""

    APPROVE = "approve"
    APPROVE_AND_OFFER = "approve_and_offer"
    REJECT = "reject"
    CANCEL = "cancel"
    STATUS = "status"
    ACKNOWLEDGE = "acknowledge"
    ASK_AGAIN = "ask_again"


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The words of one language, case-folded, matched whole at the start of the first line.

    The first of each is the one that texts name.
    """

    actions: Mapping[Asks, tuple[str, ...]]
    polite: tuple[str, ...]  # may end a decision, mean nothing
    not_a_reason: tuple[str, ...]  # with one of these after it, nobody may guess what is meant
