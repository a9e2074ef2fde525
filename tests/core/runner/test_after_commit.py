"""What follows a commit, and what a unit knows of its caller."""

import asyncio
import logging
from contextvars import ContextVar

import pytest

from core.runner import Abandon, Runner, Unit
from tests.core.runner.boxes import Box


async def test_calls_after_commit_run_in_the_loop_before_the_caller_is_answered(
    runner: Runner,
) -> None:
    seen: list[str] = []

    def call() -> None:
        asyncio.get_running_loop()
        seen.append("called")

    async def work(unit: Unit) -> None:
        unit.after_commit(call)
        seen.append("unit")

    await runner.run(work)
    assert seen == ["unit", "called"]


async def test_no_call_follows_a_unit_that_was_undone(runner: Runner) -> None:
    called: list[str] = []

    async def fail(unit: Unit, error: Exception) -> object:
        unit.after_commit(lambda: called.append("no"))
        raise error

    with pytest.raises(LookupError):
        await runner.run(fail, LookupError())
    await runner.run(fail, Abandon())
    assert called == []


async def test_a_call_that_fails_after_commit_is_logged_and_hides_nothing(
    runner: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise LookupError("after")

    async def work(unit: Unit) -> str:
        unit.after_commit(fail)
        return "kept"

    with caplog.at_level(logging.ERROR):
        assert await runner.run(work) == "kept"
    assert "runner.after_commit_failed" in caplog.text


async def test_a_unit_sees_its_callers_context_and_calls_after_commit_no_connection(
    runner: Runner,
) -> None:
    request: ContextVar[str] = ContextVar("request")
    request.set("r-1")
    seen: list[object] = []

    def look() -> None:
        seen.append(request.get())
        with pytest.raises(RuntimeError):
            Box.filter(name="a")._db  # noqa: B018 - asking for the connection is what fails

    async def work(unit: Unit) -> str:
        unit.after_commit(look)
        return request.get()

    assert await runner.run(work) == "r-1"
    assert seen == ["r-1"]
