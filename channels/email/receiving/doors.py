"""Open this for which recipients are ours, and who may come to which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from channels.email.addresses import is_one_of, plain_address
from channels.email.replying import reply_token_of

Purpose = Literal["reply", "intake", "bounce"]


@dataclass(frozen=True, slots=True)
class Doors:
    """The addresses that mail to us can have."""

    own: str  # what we send from; bounces come back to it
    intake: str | None
    replies: str | None
    senders: tuple[str, ...]

    def purpose_of(self, recipient: str) -> Purpose | None:
        """Tell what mail to this recipient is for; None when it is nobody here."""
        if self.token_in((recipient,)) is not None:
            return "reply"
        address = plain_address(recipient)
        if address is not None and address == self.intake:
            return "intake"
        return "bounce" if address == self.own else None

    def purpose_of_all(self, recipients: Sequence[str]) -> Purpose | None:
        """Tell what one mail to several is for: an answer before jobs, jobs before the rest."""
        purposes = {self.purpose_of(recipient) for recipient in recipients}
        ranked: tuple[Purpose, ...] = ("reply", "intake", "bounce")
        return next((purpose for purpose in ranked if purpose in purposes), None)

    def token_in(self, recipients: Sequence[str]) -> str | None:
        """Return the token of the reply address among them, if there is one."""
        return None if self.replies is None else reply_token_of(recipients, self.replies)

    def may_bring_jobs(self, address: str) -> bool:
        """Tell whether this From may send to the intake address at all."""
        return is_one_of(address, self.senders)
