"""Open this for how a message reaches a chat: as a new one, as a press's answer, as an edit."""

from __future__ import annotations

import logging

from telegram import ReplyKeyboardRemove
from telegram.error import BadRequest

from channels.telegram.calls import Client, Markup, Said, buttons, share_phone_key
from channels.telegram.composing import (
    BelowText,
    Post,
    PressAnswer,
    answer_to_press,
    compose,
    compose_edit,
)
from channels.telegram.faults import is_gone
from channels.telegram.pacing import Pace
from channels.telegram.words import words_in
from core.channel import Outgoing, Receipt

log = logging.getLogger(__name__)

# kinds whose text or buttons come to an end
EDITABLE = frozenset({"offer", "reminder", "changed", "booked", "approval_request", "alert"})


async def hand_over(client: Client, pace: Pace, chat: int, message: Outgoing) -> Receipt:
    """Send the message and return where it stands."""
    editable = message.kind.value in EDITABLE
    answer = answer_to_press(message)
    if answer is None:
        stands = await _post(client, pace, chat, compose(message), message.language)
        return _receipt(stands, editable=editable)
    said = await _answer_press(client, pace, chat, answer, message.language)
    return _receipt(said, editable=editable) if said else Receipt({"callback": answer.callback})


async def change(client: Client, pace: Pace, receipt: Receipt, message: Outgoing) -> None:
    """Edit what the receipt stands for; one that is gone needs no edit."""
    match receipt.reference:
        case {"chat": int(chat), "message": int(number)}:
            post = compose_edit(message)
            try:
                async with pace.turn_in(chat):
                    await client.change(Said(chat, number), post.pieces[0], post.rows)
            except BadRequest as fault:
                if not is_gone(fault):
                    raise
        case _:
            log.info("telegram.nothing_to_edit")


async def _answer_press(
    client: Client, pace: Pace, chat: int, answer: PressAnswer, language: str
) -> Said | None:
    """Pop up; what matters is said in the chat too when it is too late for that."""
    heard = await client.pop_up(answer.callback, answer.text, wants_ok=answer.wants_ok)
    said = None
    if answer.stays or (answer.wants_ok and not heard):
        said = await _post(client, pace, chat, answer.post, language)
    if answer.ends_buttons_of is not None:
        await _end_buttons(client, Said(chat, answer.ends_buttons_of))
    return said


async def _end_buttons(client: Client, said: Said) -> None:
    try:
        await client.change_buttons(said, ())
    except BadRequest as fault:
        if not is_gone(fault):
            raise


async def _post(client: Client, pace: Pace, chat: int, post: Post, language: str) -> Said:
    """Send the pieces in their order; the last one carries the buttons."""
    *before, last = post.pieces
    for piece in before:
        async with pace.turn_in(chat):
            await client.say(chat, piece, below=post.answers)
    async with pace.turn_in(chat):
        return await client.say(chat, last, markup=_markup(post, language), below=post.answers)


def _markup(post: Post, language: str) -> Markup | None:
    match post.below:
        case BelowText.SHARE_PHONE:
            return share_phone_key(words_in(language).share_phone)
        case BelowText.NOTHING:
            return ReplyKeyboardRemove()
        case BelowText.UNCHANGED:
            return buttons(post.rows)


def _receipt(said: Said, *, editable: bool) -> Receipt:
    return Receipt({"chat": said.chat, "message": said.message}, editable=editable)
