"""Prints each message on the terminal as a block of a transcript; answers may be typed there.

[channels.console]
plugin = "channels.console"
answers = "auto"      # true, false; "auto": when standard input is a terminal
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TextIO

from channels.console.channel import Console
from channels.console.transcript import Transcript
from core.channel import Channel, ChannelContext
from core.hookspecs import hookimpl, read_options

__all__ = ["Console", "ConsoleOptions", "Transcript", "register_channels"]


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """The keys of `[channels.console]`."""

    answers: bool | Literal["auto"] = "auto"


@hookimpl
def register_channels(options: Mapping[str, Any], context: ChannelContext) -> Iterable[Channel]:
    """Return the one console."""
    answers = read_options(options, ConsoleOptions).answers
    listens = _is_terminal(sys.stdin) if answers == "auto" else answers
    return [Console(context, Transcript(), sys.stdin if listens else None)]


def _is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody can type there; a service may run with its input closed."""
    return stream is not None and not stream.closed and stream.isatty()
