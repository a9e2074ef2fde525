"""Open this for how an invitation becomes a link: the channel's own URL, and its picture."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.channel import Channel, Invites
from core.errors import DispatchError, TemporarySendError
from core.outcomes import Invited

SECONDS = 10.0


class NoInvitation(DispatchError):
    """The channel cannot say what its link is at the moment; trying again later is safe."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What brings one person into a channel; the URL holds the token, and is kept nowhere."""

    url: str = field(repr=False)
    expires_at: datetime

    def picture(self) -> str:
        """Return the URL as a QR code: an SVG image as a data URI."""
        import segno

        return segno.make(self.url, micro=False).svg_data_uri(scale=4)

    def on_terminal(self) -> str:
        """Return the URL as a QR code for a terminal."""
        import segno

        drawn = io.StringIO()
        segno.make(self.url, micro=False).terminal(drawn, compact=True)
        return drawn.getvalue()


def why_not_joinable(channels: Mapping[str, Channel], name: str) -> str | None:
    """Return why nobody can join that channel by a link; None when people can."""
    channel = channels.get(name)
    if channel is None:
        return f"no channel {name} is enabled"
    if not (channel.capabilities.links and isinstance(channel, Invites)):
        return f"nobody joins {name} by a link"
    return None


async def invitation_of(channel: Channel, invited: Invited) -> Invitation:
    """Return the link of an invitation to that channel. Raises NoInvitation."""
    if not isinstance(channel, Invites):
        raise NoInvitation(f"nobody joins {channel.name} by a link")
    try:
        async with asyncio.timeout(SECONDS):
            url = await channel.invitation(invited.token)
    except TemporarySendError as problem:
        raise NoInvitation(problem.reason) from problem
    except TimeoutError:
        raise NoInvitation(f"{channel.name} did not say in time what its link is") from None
    return Invitation(url, invited.expires_at)
