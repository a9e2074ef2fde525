"""A local Bot API server: a bot can talk with people who are played by tests, or by a newcomer.

It keeps what the real one keeps (offsets, one poller, keyboards, refusals and their words), and
nothing of it goes to disk. `serve --demo --chat` and the tests run it; it knows nothing of ours.
"""

from bot.chat_server.faults import Fault, Faults, Kind
from bot.chat_server.journal import Call, Moment
from bot.chat_server.limits import Limits
from bot.chat_server.messages import Message
from bot.chat_server.people import NotThereError, Person
from bot.chat_server.server import ChatServer
from bot.chat_server.world import Chat, Press

__all__ = [
    "Call",
    "Chat",
    "ChatServer",
    "Fault",
    "Faults",
    "Kind",
    "Limits",
    "Message",
    "Moment",
    "NotThereError",
    "Person",
    "Press",
]
