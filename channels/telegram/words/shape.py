"""Open this for what the chat says by itself: labels, commands, hints. The rest is core's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `yes` and `no` contain YES and NO in every language, as the texts name them."""

    yes: str
    no: str
    reasons: tuple[str, ...]  # after NO; in the order of `REASONS`
    delivered: str
    cannot_make_it: str
    give_back: str
    navigate: str
    approve: str
    approve_and_offer: str
    reject: str
    reject_without_reason: str
    back: str
    acknowledge: str
    ask_again: str
    choose_driver: str
    cancel_job: str
    why_rejected: str
    share_phone: str
    unknown_button: str
    only_own_contact: str
    only_text: str
    commands: Mapping[str, str]  # what the menu says of each
