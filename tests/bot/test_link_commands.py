"""`agents link`, `coordinators link` and their ends, as real processes with a plugin of a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.processes import Shell

PLUGIN = """
from core.channel import Capabilities, Receipt, SendOnly
from core.errors import TemporarySendError
from core.hookspecs import hookimpl

class Chat(SendOnly):
    name = "chat"
    capabilities = Capabilities(links=True)

    def __init__(self, state):
        self._state = state

    async def send(self, message):
        return Receipt()

    async def invitation(self, token):
        known = await self._state.get("user_name")
        if known is None:
            raise TemporarySendError("its name is not known yet: run `dispatch serve` once")
        return f"https://chat.example/{known}?start={token}"

@hookimpl
def register_channels(options, context):
    return [Chat(context.state)]
"""


@pytest.fixture
def chat(shell: Shell) -> Shell:
    """A shell with a channel that people join, beside the console."""
    (shell.folder / "chat_of_a_test.py").write_text(PLUGIN)
    (shell.folder / "plugins.toml").write_text(
        '[channels.console]\nplugin = "channels.console"\n'
        '[channels.chat]\nplugin = "chat_of_a_test"\n'
    )
    shell.ok("seed")
    return shell


def learns_its_name(folder: Path) -> None:
    """Have the channel know its name, as after a start."""
    import sqlite3

    with sqlite3.connect(folder / "dispatch.sqlite3") as database:
        database.execute(
            "INSERT INTO plugin_state (owner, name, value) VALUES ('chat', 'user_name', 'bot')"
        )
    database.close()


def test_a_link_is_printed_with_its_picture_and_its_end(chat: Shell) -> None:
    learns_its_name(chat.folder)
    printed = chat.ok("agents", "link", "2", "--channel", "chat").splitlines()
    assert printed[-2].startswith("https://chat.example/bot?start=")
    assert printed[-1].startswith("one use, until ")
    assert "█" in printed[2]
    chat.ok("coordinators", "add", "Jo", "jo@example.com", "--language", "pl")
    (jo,) = json.loads(chat.ok("coordinators", "list", "--json"))
    assert jo["language"] == "pl"
    assert "?start=" in chat.ok("coordinators", "link", "1", "--channel", "chat")


def test_a_link_that_cannot_be_is_said_in_one_line(chat: Shell) -> None:
    for words, why in (
        (("agents", "link", "2", "--channel", "chat"), "its name is not known yet"),
        (("agents", "link", "9", "--channel", "chat"), "there is no agent 9"),
        (("agents", "link", "2"), "no channel telegram is enabled"),
        (("agents", "link", "2", "--channel", "console"), "nobody joins console by a link"),
        (("agents", "unlink", "2", "chat"), "agent 2 is not on chat"),
        (("coordinators", "unlink", "9", "chat"), "there is no coordinator 9"),
    ):
        ended = chat.run(*words)
        assert ended.returncode == 1, ended.stdout
        assert why in ended.stderr
        assert len(ended.stderr.splitlines()) == 1


def test_a_driver_is_taken_off_a_channel(chat: Shell) -> None:
    row = "name,phone_e164,priority,email\nDriver One,+447700900001,1,one@example.com\n"
    (chat.folder / "drivers.csv").write_text(row)
    chat.ok("agents", "import", "drivers.csv")
    assert "agent 1 is no longer on email" in chat.ok("agents", "unlink", "1", "email")
