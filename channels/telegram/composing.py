"""Open this for how one message of ours becomes what the chat shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from channels.telegram.keyboards import Rows, rows_below, rows_below_answer, rows_when_edited
from channels.telegram.markup import message_html, pieces_html, pop_up
from core.channel import Outgoing
from core.domain import MessageKind

# outcomes that a passing line on top of the chat is enough for; the others want an OK
_IN_PASSING = frozenset(
    {
        *("accepted", "declined_advanced", "acknowledged", "proof_noted", "completed"),
        *("approved", "approved_and_offered", "rejected", "asked_again", "assigned_by_hand"),
        "choose_driver",
    }
)
# outcomes that leave something to read or to press in the chat itself
_STAYS = frozenset(
    {
        *("confirm_drop", "which_job", "choose_driver", "ambiguous_reply", "job_status"),
        *("overview", "status", "help", "dropped", "standby"),
    }
)
# outcomes after which the buttons that were pressed have had their time
_ENDS_BUTTONS = frozenset({"dropped", "assigned_by_hand", "completed"})


class BelowText(Enum):
    """What stands where the phone shows its keys."""

    UNCHANGED = "unchanged"
    SHARE_PHONE = "share_phone"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Post:
    """One message, in HTML; several pieces only where no button is needed on all of it."""

    pieces: tuple[str, ...]
    rows: Rows = ()
    below: BelowText = BelowText.UNCHANGED
    answers: int | None = None  # the message that it stands below


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What follows a press: a pop-up always, and in the chat where something stays."""

    callback: str
    text: str
    wants_ok: bool
    post: Post
    stays: bool
    ends_buttons_of: int | None = None


def compose(message: Outgoing) -> Post:
    """Return how the message looks as a new one."""
    facts = message.facts
    match message.kind:
        case MessageKind.ANSWER:
            return Post(
                (message_html(message.subject, message.text),),
                rows_below_answer(facts, message.language),
                _below(facts),
                _int(context_of(message), "message"),
            )
        case MessageKind.RECEIPT:
            pieces = tuple(pieces_html(message.subject, message.text))
            return Post(pieces, answers=_int(context_of(message), "message"))
        case MessageKind.UPDATE:
            return compose_edit(message)
        case _:
            rows = rows_below(message.kind, facts, message.language)
            return Post((message_html(message.subject, message.text),), rows)


def compose_edit(message: Outgoing) -> Post:
    """Return how an earlier message looks now."""
    rows = rows_when_edited(message.facts, message.language)
    return Post((message_html(message.subject, message.text),), rows)


def answer_to_press(message: Outgoing) -> PressAnswer | None:
    """Return how a button's press is answered; None when the message answers none."""
    context = context_of(message)
    callback = context.get("callback")
    if not isinstance(callback, str):
        return None
    outcome = str(message.facts.get("outcome") or "accepted")
    said_in_full_below = message.kind is not MessageKind.ANSWER
    spent = outcome in _ENDS_BUTTONS or str(context.get("data", "")).startswith("r:")
    return PressAnswer(
        callback=callback,
        text=pop_up(message.subject, "" if said_in_full_below else message.text),
        wants_ok=outcome not in _IN_PASSING,
        post=compose(message),
        stays=outcome in _STAYS or said_in_full_below,
        ends_buttons_of=_int(context, "message") if spent else None,
    )


def context_of(message: Outgoing) -> Mapping[str, Any]:
    """Return what `read` noted of the entry that this answers."""
    context = message.facts.get("context")
    return context if isinstance(context, Mapping) else {}


def _below(facts: Mapping[str, Any]) -> BelowText:
    match facts.get("outcome"):
        case "unknown_sender":
            return BelowText.SHARE_PHONE
        case "linked":
            return BelowText.NOTHING
        case _:
            return BelowText.UNCHANGED


def _int(values: Mapping[str, Any], name: str) -> int | None:
    found = values.get(name)
    return found if type(found) is int else None
