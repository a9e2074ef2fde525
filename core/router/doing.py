"""Open this for how the router does a step: in a unit of work, with its history, then told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

from core.channel import Clock
from core.links import ApprovalLinks
from core.outbox.updates import keep_true
from core.runner import Joint, Runner, Unit
from core.site import Site
from core.views import EventView
from core.work import AGAIN, Line, Work

P = ParamSpec("P")
T = TypeVar("T")
GivenT = TypeVar("GivenT")
TRIES = 20


class Doing:
    """The part of the router that every use case is done by."""

    def __init__(self, runner: Runner, clock: Clock, site: Site, links: ApprovalLinks) -> None:
        self.runner = runner
        self.clock = clock
        self.site = site
        self.links = links
        self._told: list[Callable[[tuple[EventView, ...]], None]] = []

    def on_commit(self, call: Callable[[tuple[EventView, ...]], None]) -> None:
        """Have `call` called in the loop after each commit that left history or promised a message.

        It gets that unit's lines of history; none of them when another process did that.
        """
        self._told.append(call)

    async def do(
        self,
        step: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run one step as a unit of work; one that lost a race half-way is decided anew."""
        return await self._decided(self.runner.run, step, *args, **kwargs)

    async def do_long(
        self,
        step: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Do what `do` does for a step on many rows, which would hold up everything else."""
        return await self._decided(self.runner.run_long, step, *args, **kwargs)

    async def do_joined(
        self, joint: Joint, step: Callable[[Work, GivenT], Awaitable[T]], given: GivenT
    ) -> T:
        """Do what `do` does for a step that the runner may do together with others of its kind."""

        async def run(unit: Callable[[Unit], Awaitable[T]]) -> T:
            return await self.runner.run_joined(joint, given, unit)

        return await self._decided(run, step, given)

    def joint(self, step: Callable[[Work, Sequence[Any]], Awaitable[Sequence[object]]]) -> Joint:
        """Return what `do_joined` takes; `step` does what many were given, see Joint."""

        async def unit_of_work(unit: Unit, given: Sequence[Any]) -> Sequence[object]:
            return await self._done(unit, step, given)

        return Joint(unit_of_work)

    async def _decided(
        self,
        run: Callable[[Callable[[Unit], Awaitable[T]]], Awaitable[T]],
        step: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async def unit_of_work(unit: Unit) -> T:
            return await self._done(unit, step, *args, **kwargs)

        for _ in range(TRIES):
            result = await run(unit_of_work)
            if result is not AGAIN:
                return result
        raise RuntimeError(f"{step.__name__} lost {TRIES} races in a row")

    async def _done(
        self,
        unit: Unit,
        step: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        work = Work(unit, self.clock.now(), self.site, self.links)
        result = await step(work, *args, **kwargs)
        await work.write_history()
        if work.events and self.site.edits:
            await keep_true(work)
        await work.write_messages()
        if work.events or work.promised:
            unit.after_commit(lambda: self._committed(work.events))
        return result

    def wake(self, events: tuple[EventView, ...] = ()) -> None:
        """Make the calls that follow a commit; by itself for one of another process."""
        for call in self._told:
            call(events)

    def _committed(self, lines: Sequence[Line]) -> None:
        if self._told:
            self.wake(tuple(EventView(**line) for line in lines))
        if self.runner.bell is not None:
            self.runner.bell.ring()
