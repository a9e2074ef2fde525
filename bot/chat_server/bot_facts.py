"""Open this for the methods about the bot itself: who it is, its commands, its files and groups."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.chat_server.parameters import Parameters
from bot.chat_server.refusals import bad_request
from bot.chat_server.world import World

COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
MOST_COMMANDS, LONGEST_DESCRIPTION = 100, 256


async def get_me(world: World, _parameters: Parameters) -> dict[str, Any]:
    """Tell who the bot is."""
    return world.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


async def set_my_commands(world: World, parameters: Parameters) -> bool:
    """Keep the menu of one scope and language."""
    commands = parameters.structure("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command"))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= LONGEST_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_place(parameters)] = commands
    world.changed()
    return True


async def get_my_commands(world: World, parameters: Parameters) -> list[dict[str, str]]:
    """Return the menu of one scope and language."""
    return world.commands.get(_place(parameters), [])


async def delete_my_commands(world: World, parameters: Parameters) -> bool:
    """Forget the menu of one scope and language."""
    world.commands.pop(_place(parameters), None)
    return True


async def leave_chat(world: World, parameters: Parameters) -> bool:
    """Leave a group."""
    chat = world.chat(parameters.integer("chat_id"))
    if chat.is_private:
        raise bad_request("chat is a private chat, it can't be left")
    chat.left = True
    world.changed()
    return True


async def get_file(world: World, parameters: Parameters) -> dict[str, Any]:
    """Tell where a file can be fetched."""
    file_id = parameters.text("file_id")
    if file_id not in world.files:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": file_id.replace("photo", "unique"),
        "file_size": len(world.files[file_id]),
        "file_path": f"photos/{file_id}.jpg",
    }


def _place(parameters: Parameters) -> tuple[str, str]:
    scope = parameters.mapping("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), parameters.text("language_code")
