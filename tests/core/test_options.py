"""A plugin's table becomes its options, or one line that says what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pytest

from core.errors import ConfigurationError
from core.options import read_options


@dataclass(frozen=True, slots=True)
class Options:
    token: str
    from_: str = "Dispatch"
    mode: Literal["polling", "webhook"] = "polling"
    answers: bool | Literal["auto"] = "auto"
    max_bytes: int = 5_000_000
    share: float = 0.5
    senders: tuple[str, ...] = ()
    listen: str | None = None
    pause: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        if self.max_bytes < 1:
            raise ValueError("max_bytes: must be 1 or more")


@dataclass(frozen=True, slots=True)
class NoOptions:
    pass


def test_what_is_left_out_has_its_default() -> None:
    assert read_options({"token": "t"}, Options) == Options("t")


def test_every_kind_is_read() -> None:
    table = {
        "token": "t",
        "from": "Jo",
        "mode": "webhook",
        "answers": False,
        "max_bytes": 7,
        "share": 1,
        "senders": ["@a.test", "b@c.test"],
        "listen": "x:1",
        "pause": "1h30m",
    }
    assert read_options(table, Options) == Options(
        token="t",
        from_="Jo",
        mode="webhook",
        answers=False,
        max_bytes=7,
        share=1.0,
        senders=("@a.test", "b@c.test"),
        listen="x:1",
        pause=timedelta(hours=1.5),
    )


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({}, "key 'token' is missing: it must be text in quotes"),
        ({"tokn": "hunter2"}, "unknown key 'tokn': did you mean 'token'?"),
        ({"zzz": 1}, "unknown key 'zzz': did you mean "),
        ({"from_": "Jo"}, "unknown key 'from_': did you mean 'from'?"),
        ({"token": 1}, "token: must be text in quotes"),
        ({"token": "t", "mode": "push"}, "mode: must be 'polling' or 'webhook'"),
        ({"token": "t", "answers": "yes"}, "answers: must be true or false or 'auto'"),
        ({"token": "t", "answers": 1}, "answers: must be true or false or 'auto'"),
        ({"token": "t", "max_bytes": True}, "max_bytes: must be a whole number"),
        ({"token": "t", "max_bytes": 1.5}, "max_bytes: must be a whole number"),
        ({"token": "t", "max_bytes": 0}, "max_bytes: must be 1 or more"),
        ({"token": "t", "share": "half"}, "share: must be a number"),
        ({"token": "t", "senders": "a"}, "senders: must be a list of text in quotes"),
        ({"token": "t", "senders": [1]}, "senders: must be a list of text in quotes"),
        ({"token": "t", "listen": 2525}, "listen: must be text in quotes"),
        ({"token": "t", "pause": "soon"}, "pause: must be a duration such as '30m'"),
        ({"token": "t", "pause": 5}, "pause: must be a duration such as '30m'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(table: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_options(table, Options)
    assert str(caught.value).startswith(problem)
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value), "a value may be a secret"


def test_a_plugin_without_options_says_so() -> None:
    with pytest.raises(ConfigurationError, match="this plugin takes no options"):
        read_options({"colour": "red"}, NoOptions)
