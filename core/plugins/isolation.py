"""Open this for how code of others is called so that it can neither stop us nor hold us up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

from core.errors import DispatchError

Returned = TypeVar("Returned")

GRACE = 0.5  # seconds that a cancelled call has to end before it is abandoned
LONGEST_REASON = 300


class PluginFault(DispatchError):
    """What a plugin did wrong, said so that its author knows what to mend."""


def reason_of(fault: BaseException) -> str:
    """Return a fault in one line; our own sentences need no type in front."""
    said = " ".join(str(fault).split())
    text = said if isinstance(fault, PluginFault) else f"{type(fault).__name__}: {said}"
    return text.rstrip(": ")[:LONGEST_REASON]


def call_in_thread(call: Callable[[], Returned], what: str, seconds: float) -> Returned:
    """Return or raise what `call` does, SystemExit included; PluginFault when it hangs.

    The thread is a daemon: one that hangs for good does not keep the process from ending.
    """
    outcome: Future[Returned] = Future()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as fault:  # noqa: BLE001 raised again where the result is awaited
            outcome.set_exception(fault)

    Thread(target=copy_context().run, args=(run,), name=f"plugin {what}", daemon=True).start()
    try:
        return outcome.result(seconds)
    except TimeoutError:
        if outcome.done():
            raise
        raise PluginFault(f"{what} did not return within {seconds:g} s") from None


async def fault_of(call: Callable[[], Awaitable[object]], seconds: float) -> BaseException | None:
    """Return how the call failed, None when it went well; cancel it when time is up.

    One that does not even heed its cancellation is left behind. One that blocks the loop itself
    is beyond help.
    """
    task = asyncio.create_task(_caught(call))
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE)
            return PluginFault(f"did not return within {seconds:g} s")
        return PluginFault("cancelled itself") if task.cancelled() else task.result()
    finally:
        task.cancel()


async def _caught(call: Callable[[], Awaitable[object]]) -> BaseException | None:
    try:
        await call()
    except (Exception, SystemExit) as fault:  # noqa: BLE001 the barrier between us and a plugin
        return fault
    return None
