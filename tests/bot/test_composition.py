"""The composition root with fakes in place of the clock and the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.composition import compose
from bot.configuration import read_configuration
from bot.samples import SAMPLE_DRIVERS
from core.channel import Channel, ChannelContext
from core.domain import OPERATOR
from core.drafts import JobDraft
from core.outcomes import Created
from core.plugins import PluginEntry, Plugins
from core.testing import FakeChannel, FakeClock


async def test_a_service_of_fakes_offers_a_job_and_hears_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    channel = FakeChannel("console")

    def load(
        entries: Iterable[PluginEntry],
        context_for: Callable[[str], ChannelContext],
        **_others: Any,
    ) -> Plugins:
        assert [entry.name for entry in entries] == ["console"]
        channel.inbox = context_for("console").inbox
        channels: dict[str, Channel] = {"console": channel}
        return Plugins(channels, {})

    clock = FakeClock()
    async with compose(read_configuration(), clock=clock, load=load) as service:
        router = service.core.router
        await router.sync_agents(SAMPLE_DRIVERS, OPERATOR)
        created = await router.create_job(JobDraft("R-1", origin="A", destination="B"), OPERATOR)
        assert isinstance(created, Created)
        await router.approve(created.job.id, OPERATOR, start=True)
        await service.relay.drain()
        assert [sent.handle for sent in channel.sent] == ["+447700900001"]
        clock.advance(timedelta(minutes=31))
        await router.tick()
        await service.relay.drain()
        await channel.inject("+447700900002", "YES")
        await service.inbox.drain()
        job = await router.records.job(created.job.id)
        assert job is not None
        assert (job.status, job.assigned_agent_id) == ("assigned", 2)
        answer = await service.app.test_client().get(
            "/ready", headers={"Host": "localhost"}, scope_base={"client": ("127.0.0.1", 1)}
        )
        assert answer.status_code == 200
