"""Open this for how bred mails are tried: at the door, and by the real process that parses them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import get_args

from channels.email.channel import Email
from channels.email.receiving.frame import Arrival
from channels.email.receiving.headers import read_header
from channels.email.receiving.parser import UNSAFE
from channels.email.receiving.porter import put_together
from core.channel import Incoming, NeedsPerson, NewJobs, Reply
from core.testing import make_context
from tests.channels.email.receiving.office import INTAKE, JO, OWN, REPLY, SilentSender, options
from tests.fuzz.breeding import breed, corpus

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
LONGEST_SECONDS = 5.0


@dataclass(slots=True)
class Findings:
    """What came of it: how many mails meant what, and those that are faults of ours."""

    seed: int
    tried: int = 0
    slowest: float = 0.0
    meant: Counter[str] = field(default_factory=Counter)
    crashes: list[tuple[str, bytes]] = field(default_factory=list)
    slow: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def are_none(self) -> bool:
        """Whether nothing was found."""
        return not self.crashes and not self.slow

    def __str__(self) -> str:
        meant = ", ".join(f"{kind} {count}" for kind, count in self.meant.most_common())
        return (
            f"seed {self.seed}: {self.tried} mails, {len(self.crashes)} crashes,"
            f" {len(self.slow)} over {LONGEST_SECONDS:.0f} s, slowest {self.slowest:.2f} s; {meant}"
        )


async def fuzz(seconds: float, seed: int) -> Findings:
    """Try one mail after another, those of the corpus first; the same seed breeds the same."""
    dice = Random(seed)  # noqa: S311 dice that fall the same way again
    parents = corpus()
    findings = Findings(seed)
    channel = Email(options(listen=None), make_context(), SilentSender())
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            at = findings.tried
            mail = parents[at] if at < len(parents) else breed(dice, parents)
            await _try(channel, mail, dice, findings)
    finally:
        await channel.stop()
    return findings


async def _try(channel: Email, mail: bytes, dice: Random, findings: Findings) -> None:
    recipient = dice.choice((INTAKE, REPLY, OWN))
    arrival = Arrival("smtp", "127.0.0.1", dice.choice((JO, "")), (recipient,), NOON)
    began = time.monotonic()
    findings.tried += 1
    try:
        whole = put_together(arrival, (b"\r\n", mail))
        meant = () if whole is None else await channel.read(whole.stored)
        _check(mail, whole is None, meant)
    except Exception as fault:  # noqa: BLE001 this is what is looked for
        findings.crashes.append((f"{type(fault).__name__}: {fault}", mail))
        return
    took = time.monotonic() - began
    findings.slowest = max(findings.slowest, took)
    if took > LONGEST_SECONDS:
        findings.slow.append((took, mail))
    findings.meant.update([_name(one) for one in meant] or ["refused at the door"])


def _check(mail: bytes, refused: bool, meant: Sequence[Incoming]) -> None:
    assert refused or meant, "every mail that was taken means something"
    assert all(isinstance(one, get_args(Incoming)) for one in meant)
    header = read_header(mail.replace(b"\r\n.", b"\r\n"))
    for one in meant:
        if isinstance(one, Reply | NewJobs):
            assert header is not None
            assert header.sender is not None
            assert one.handle == header.sender[1], "it is from whom its one From names"


def _name(one: Incoming) -> str:
    if isinstance(one, NeedsPerson):
        if one.reason == UNSAFE:
            return "ended"
        if one.reason.startswith("the mail cannot be parsed"):
            return f"broke {one.reason[25:]}"
    return type(one).__name__
