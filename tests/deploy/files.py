"""What docs/deploy says, read as the programs would read it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"


def instructions() -> list[tuple[str, list[str]]]:
    """Return the Dockerfile's instructions, each with its words."""
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    split = (line.partition(" ") for line in lines)
    return [(name, shlex.split(rest)) for name, _, rest in split]


def copied() -> list[str]:
    """Return what the Dockerfile copies out of the checkout."""
    words = [rest for name, rest in instructions() if name == "COPY"]
    return [source for rest in words if "--from" not in rest[0] for source in rest[:-1]]


def image_settings() -> dict[str, str]:
    """Return the environment that the image sets."""
    pairs = [pair for name, rest in instructions() if name == "ENV" for pair in rest]
    return dict(pair.split("=", 1) for pair in pairs)


def unit_lines(name: str) -> list[tuple[str, str]]:
    """Return the keys and values of a unit in their order."""
    lines = (DEPLOY / name).read_text().splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return [(key, value) for key, _, value in pairs]


def env_file() -> dict[str, str]:
    """Return the settings of the example of an EnvironmentFile."""
    lines = (DEPLOY / "dispatch.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose_settings(name: str) -> Iterator[tuple[str, str]]:
    """Yield KEY and value of what a compose file gives to the service."""
    text = (DEPLOY / name).read_text()
    for block in re.findall(r"^ +environment:\n((?: +[A-Z_]+: .*\n)+)", text, re.MULTILINE):
        for line in block.splitlines():
            key, _, value = line.strip().partition(": ")
            yield key, value.strip('"')
