"""A console to write to."""

from __future__ import annotations

import io

import pytest

from channels.console import Console, Transcript
from core.channel import ChannelContext
from core.testing import MemoryInbox, make_context


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def context(inbox: MemoryInbox) -> ChannelContext:
    return make_context(inbox=inbox)


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(context: ChannelContext, screen: io.StringIO) -> Console:
    return Console(context, Transcript(screen))
