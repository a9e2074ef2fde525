"""The use cases about who is asked and who decides: invitations to a channel, and their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain import Actor
from core.drafts import AgentDraft
from core.models import Agent, Coordinator
from core.outcomes import AddressTaken, CoordinatorNamed, Invited, NotFound, NotPossible, Unfit
from core.router import coordinators, details, linking
from core.router.upkeep import Upkeep
from core.views import AgentView, CoordinatorView


class People(Upkeep):
    """The part of the router that knows drivers and coordinators where they are reached."""

    async def add_coordinator(
        self,
        name: str,
        email: str,
        *,
        is_default: bool | None = None,
        language: str | None = None,
    ) -> CoordinatorNamed:
        """Make a coordinator, or rename the one of that mail address; None leaves a fact as is."""
        return await self.do(coordinators.add_coordinator, name, email, is_default, language)

    async def add_agent(self, draft: AgentDraft, by: Actor) -> AgentView | Unfit:
        """Add a driver whose number is new."""
        added = await self.do(details.add_agent, draft, by)
        return Unfit(added.channel, added.reason) if isinstance(added, AddressTaken) else added

    async def change_agent(
        self, agent_id: int, changes: Mapping[str, Any], by: Actor
    ) -> AgentView | NotFound | Unfit:
        """Change what is named of a driver; None takes a fact away."""
        return await self.do(details.change_agent, agent_id, changes, by)

    async def change_coordinator(
        self, coordinator_id: int, changes: Mapping[str, Any], by: Actor
    ) -> CoordinatorView | NotFound | Unfit:
        """Change what is named of a coordinator."""
        return await self.do(details.change_coordinator, coordinator_id, changes, by)

    async def invite_agent(self, agent_id: int, channel: str) -> Invited | NotFound:
        """Make the token of a driver's link; the one before, unused, ends."""
        return await self.do(linking.invite, Agent, agent_id, channel)

    async def invite_coordinator(self, coordinator_id: int, channel: str) -> Invited | NotFound:
        """Make the token of a coordinator's link; the one before, unused, ends."""
        return await self.do(linking.invite, Coordinator, coordinator_id, channel)

    async def unlink_agent(
        self, agent_id: int, channel: str, by: Actor
    ) -> AgentView | NotFound | NotPossible:
        """Take a driver off a channel; open offers there go on elsewhere."""
        return await self.do(linking.unlink_agent, agent_id, channel, by)

    async def unlink_coordinator(
        self, coordinator_id: int, channel: str, by: Actor
    ) -> CoordinatorView | NotFound | NotPossible:
        """Take a coordinator off a channel."""
        return await self.do(linking.unlink_coordinator, coordinator_id, channel, by)
