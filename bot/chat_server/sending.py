"""Open this for the methods that write: send, edit, delete, and answering a press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.chat_server.formatting import Formatted, plain, read_html, utf16_length
from bot.chat_server.keyboards import check_markup, is_inline
from bot.chat_server.messages import Message
from bot.chat_server.parameters import Parameters
from bot.chat_server.refusals import NOT_MODIFIED, bad_request
from bot.chat_server.world import Chat, World

LONGEST_TEXT = 4096
LONGEST_POPUP = 200


async def send_message(world: World, parameters: Parameters) -> dict[str, Any]:
    """Write one message into a chat."""
    chat = _chat(world, parameters)
    said = _said(parameters)
    markup = check_markup(parameters.mapping("reply_markup"))
    reply_to = _reply_to(chat, parameters)
    if markup and not is_inline(markup):
        chat.keyboard = markup if "keyboard" in markup else None
    return world.put(chat, world.bot, said, markup=markup, reply_to=reply_to).shown()


async def edit_message_text(world: World, parameters: Parameters) -> dict[str, Any]:
    """Say something else in a message; buttons that are not sent again go."""
    chat = _chat(world, parameters)
    said = _said(parameters)
    markup = check_markup(parameters.mapping("reply_markup"))
    return _edited(world, _to_edit(chat, parameters), said, markup)


async def edit_message_reply_markup(world: World, parameters: Parameters) -> dict[str, Any]:
    """Put other buttons below a message, or none."""
    chat = _chat(world, parameters)
    markup = check_markup(parameters.mapping("reply_markup"))
    message = _to_edit(chat, parameters)
    return _edited(world, message, message.said, markup)


async def delete_message(world: World, parameters: Parameters) -> bool:
    """Take a message out of a chat."""
    message = _chat(world, parameters).message(parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    message.deleted = True
    world.changed()
    return True


async def answer_callback_query(world: World, parameters: Parameters) -> bool:
    """Stop the clock on a button, with a pop-up or without."""
    text = parameters.text("text")
    if utf16_length(text) > LONGEST_POPUP:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.press_to_answer(parameters.text("callback_query_id"))
    press.answered, press.text, press.alert = True, text, parameters.truth("show_alert")
    world.changed()
    return True


async def send_chat_action(world: World, parameters: Parameters) -> bool:
    """Show that the bot is busy."""
    _chat(world, parameters)
    return True


def _chat(world: World, parameters: Parameters) -> Chat:
    if not parameters.text("chat_id"):
        raise bad_request("chat_id is empty")
    return world.chat(parameters.integer("chat_id"))


def _said(parameters: Parameters) -> Formatted:
    text = parameters.text("text")
    match parameters.text("parse_mode").lower():
        case "":
            said = plain(text.strip())
        case "html":
            said = read_html(text)
        case _:
            raise bad_request("unsupported parse_mode")
    if not said.text:
        raise bad_request("message text is empty")
    if utf16_length(said.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return said


def _reply_to(chat: Chat, parameters: Parameters) -> Message | None:
    wanted = parameters.mapping("reply_parameters") or {}
    message_id = wanted.get("message_id") or parameters.integer("reply_to_message_id")
    if not message_id:
        return None
    found = chat.message(int(message_id))
    lenient = wanted.get("allow_sending_without_reply")
    if found is None and not (lenient or parameters.truth("allow_sending_without_reply")):
        raise bad_request("message to be replied not found")
    return found


def _to_edit(chat: Chat, parameters: Parameters) -> Message:
    message = chat.message(parameters.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.can_be_edited:
        raise bad_request("message can't be edited")
    return message


def _edited(
    world: World, message: Message, said: Formatted, markup: Mapping[str, Any] | None
) -> dict[str, Any]:
    if (said, markup) == (message.said, message.markup):
        raise bad_request(NOT_MODIFIED)
    message.edit(said, markup, world.now())
    world.changed()
    return message.shown()
