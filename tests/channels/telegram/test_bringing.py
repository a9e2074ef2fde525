"""Jobs described in chat are read as everywhere else, as of the moment they were sent."""

from __future__ import annotations

import pytest

from channels.telegram import Telegram
from core.channel import NewJobs
from core.hookspecs import TemporarySendError
from tests.channels.telegram.updates import message


async def test_one_line_of_prose_after_new_makes_a_job(channel: Telegram) -> None:
    raw = message(text="/new VC8Y-4 Leeds to York tomorrow 2pm, van please")
    (brought,) = await channel.read(raw)
    assert isinstance(brought, NewJobs)
    (reading,) = brought.readings
    draft = reading.draft
    assert (draft.sheet_job_id, draft.origin, draft.destination) == ("VC8Y-4", "Leeds", "York")
    assert draft.pickup_at is not None
    assert draft.pickup_at.isoformat() == "2026-01-31T14:00:00+00:00"
    assert brought.context == {"chat": 1001, "message": 5}
    assert await channel.read(raw) == (brought,)


async def test_new_alone_says_what_to_write(channel: Telegram) -> None:
    (brought,) = await channel.read(message(text="/new"))
    assert isinstance(brought, NewJobs)
    (reading,) = brought.readings
    assert reading.problems


async def test_no_link_can_be_made_before_the_bot_s_name_is_known(channel: Telegram) -> None:
    with pytest.raises(TemporarySendError):
        await channel.invitation("token")
