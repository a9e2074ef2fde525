"""History as it happens, over real sockets: live, resumed, with pings, slow readers and an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from core.rows import EVENTS
from core.runner import Unit
from tests.web.conftest import Web
from tests.web.listening import DEADLINE, Listener, listening, silent_reader
from web import Scope, end_streams, stream
from web.stream import Streams


def streams_of(web: Web) -> Streams:
    """Return everybody who listens."""
    streams: Streams = web.app.extensions["dispatch_streams"]
    return streams


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(DEADLINE):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.01)


async def nobody_listens(web: Web) -> None:
    """Wait until the last listener is gone."""
    await until(lambda: not streams_of(web).listening)


async def somebody_sends(web: Web) -> None:
    """Wait until a listener does not take what is sent."""
    await until(lambda: "dispatch_streams" in web.app.extensions)
    await until(lambda: bool(streams_of(web).sending))


async def fill(web: Web) -> None:
    """Leave more history than all the buffers between here and a reader take."""

    async def write(unit: Unit) -> None:
        line = {"at": web.clock.now(), "kind": "edited", "actor": "api", "reason": "x" * 100_000}
        await EVENTS.insert_all(unit, [line | {"job_id": 1}] * 40)

    await web.router.runner.run(write)
    await web.router.runner.run(write)


async def test_what_happens_is_told_at_once_as_history_shows_it(web: Web, served: str) -> None:
    await web.new_job(sheet_job_id="before")
    async with listening(served) as listener:
        assert listener.response.headers["content-type"] == "text/event-stream"
        assert listener.response.headers["cache-control"] == "no-store"
        job_id = await web.new_job()
        number, told = await listener.event()
        assert (told["kind"], told["job_id"]) == ("created", job_id)
        await web.post(f"/jobs/{job_id}/approve")
        second, _ = await listener.event()
        assert second > number
    history = (await web.get(f"/jobs/{job_id}/events")).body["events"]
    assert told == history[0]
    assert number == told["id"]
    await nobody_listens(web)


async def test_who_comes_back_goes_on_after_the_last_event_seen(web: Web, served: str) -> None:
    await web.offered_job()
    every = [line["id"] for line in (await web.get("/jobs/1/events")).body["events"]]
    async with listening(served, last_event_id=every[0]) as listener:
        assert [(await listener.event())[0] for _ in every[1:]] == every[1:]
    answered = await web.ask("HEAD", f"/stream?last_event_id={every[0]}")
    assert (answered.status, answered.text) == (200, "")


async def test_a_long_history_is_told_to_its_end_without_a_gap(
    web: Web, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.feed.AT_ONCE", 3)
    for number in range(8):
        await web.new_job(sheet_job_id=f"R-{number}")
    async with listening(served, last_event_id=0) as listener:
        told = [(await listener.event())[1]["job_id"] for _ in range(8)]
        assert told == list(range(1, 9))
        await web.new_job(sheet_job_id="R-8")
        assert (await listener.event())[1]["job_id"] == 9


async def test_an_id_that_is_still_to_come_is_no_reason_to_be_silent(web: Web, served: str) -> None:
    async with listening(served, last_event_id=10**9) as listener:
        await web.new_job()
        assert (await listener.event())[1]["job_id"] == 1


@pytest.mark.parametrize("wrong", ["", "x", "-1", "9223372036854775808"])
async def test_an_id_that_is_none_is_422_naming_it(web: Web, wrong: str) -> None:
    by_header = await web.get("/stream", headers={"Last-Event-ID": wrong})
    by_query = await web.get(f"/stream?last_event_id={wrong}")
    assert (by_header.status, by_query.status) == (422, 422)
    assert by_header.body["fields"][0]["field"] == "Last-Event-ID"


async def test_fifty_listeners_hear_the_same_and_cost_one_reading(web: Web, served: str) -> None:
    async with AsyncExitStack() as stack:
        crowd = [await stack.enter_async_context(listening(served)) for _ in range(50)]
        await web.offered_job()
        last = (await web.get("/jobs/1/events")).body["events"][-1]["id"]

        async def hear(listener: Listener) -> list[int]:
            told: list[int] = []
            while not told or told[-1] < last:
                told.append((await listener.event())[0])
            return told

        heard = await asyncio.gather(*map(hear, crowd))
        assert all(one == heard[0] for one in heard)
    await nobody_listens(web)


async def test_words_that_belong_to_no_job_are_not_told(web: Web, served: str) -> None:
    await web.sync()
    async with listening(served) as listener:
        await web.router.reply("+447700900001", "my knee hurts")
        told = [(await listener.event())[1] for _ in range(2)]
    assert [line["kind"] for line in told] == ["unclear_reply", "alerted"]
    assert "knee" not in str(told)


async def test_silence_is_broken_by_pings(
    web: Web, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_EVERY", 0.0)
    async with listening(served) as listener:
        assert await listener.line() == ": ping"


async def test_a_token_that_is_revoked_hears_no_more(
    web: Web, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_EVERY", 0.0)
    admitted: list[Scope | None] = [Scope.READ]

    async def find_scope(_digest: str) -> Scope | None:
        return admitted[0]

    guard = web.app.extensions["dispatch_guard"]
    guard._find_scope, guard._was_open = find_scope, False
    async with listening(served, token="t") as listener:
        assert await listener.line() == ": ping"
        admitted[0] = None
        assert (await listener.rest())[-1] in ("", ": ping")
    async with httpx.AsyncClient() as client:
        refused = await client.get(f"{served}/stream", headers={"Authorization": "Bearer t"})
    assert refused.status_code == 401


async def test_who_reads_nothing_is_cut_and_holds_nobody_up(
    web: Web, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SLOWEST", 0.5)
    await fill(web)
    async with silent_reader(served):
        await somebody_sends(web)
        assert (await web.get("/health")).status == 200
        await nobody_listens(web)


async def test_the_end_does_not_wait_for_who_listens_or_reads_nothing(
    web: Web, served: str
) -> None:
    await fill(web)
    async with listening(served) as listener, silent_reader(served):
        await somebody_sends(web)
        began = time.monotonic()
        end_streams(web.app)
        await listener.rest()
        await nobody_listens(web)
        assert time.monotonic() - began < 5
        assert (await web.get("/stream")).status == 503


async def test_more_than_the_most_are_told_to_come_back(
    web: Web, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST", 1)
    async with listening(served):
        refused = await web.get("/stream")
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
