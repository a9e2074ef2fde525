"""Open this to test a channel or a plugin: fakes here, the contract in `core.testing.contract`.

The fakes need nothing but core; only the contract imports pytest.
"""

from core.testing.fake_channel import FakeChannel
from core.testing.fakes import (
    FakeClock,
    MemoryInbox,
    MemoryLeases,
    MemoryState,
    Stored,
    make_context,
    make_outgoing,
)

__all__ = [
    "FakeChannel",
    "FakeClock",
    "MemoryInbox",
    "MemoryLeases",
    "MemoryState",
    "Stored",
    "make_context",
    "make_outgoing",
]
