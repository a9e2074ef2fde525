"""docs/writing-a-channel.md is true: its code runs, and it leaves no hook out."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from core import hookspecs
from core.plugins import PluginEntry, load_plugins
from core.plugins.checks import HOOKS
from core.testing import make_context
from core.testing.contract import ChannelContract

ROOT = Path(__file__).parents[1]
DOC = (ROOT / "docs" / "writing-a-channel.md").read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Write the doc's code blocks, each named by its first line, to a folder of their own."""
    blocks = re.findall(r"^```\w+\n# (\S+)\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return dict(blocks)


def test_the_example_passes_the_contract(files: Mapping[str, str], tmp_path: Path) -> None:
    assert "test_file_channel.py" in files
    options = ["-q", "-W", "error", "-p", "no:cacheprovider", "-c", os.devnull]
    options += ["-o", "asyncio_default_fixture_loop_scope=function"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--rootdir", ".", "test_file_channel.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout
    assert '"to": "+447700900001"' in (tmp_path / "messages.jsonl").read_text(encoding="utf-8")


def test_the_example_loads_from_its_table(files: Mapping[str, str]) -> None:
    tables = tomllib.loads(files["plugins.toml"])["channels"]
    entries = [
        PluginEntry(name, table.pop("plugin"), {**table, "secret": "sixteen-or-longer"})
        for name, table in tables.items()
    ]
    plugins = load_plugins(entries, lambda _: make_context())
    assert (list(plugins.channels), plugins.broken) == (["file"], {})


def test_every_hook_is_documented_with_its_arguments() -> None:
    hooks = {
        name: function
        for name, function in vars(hookspecs).items()
        if hasattr(function, f"{hookspecs.PROJECT}_spec")
    }
    assert set(hooks) == set(HOOKS)
    for name, function in hooks.items():
        arguments = ", ".join(inspect.signature(function).parameters)
        assert f"`{name}({arguments})`" in DOC


def test_every_knob_of_the_contract_is_documented() -> None:
    knobs = {
        name
        for name, method in vars(ChannelContract).items()
        if (inspect.getdoc(method) or "").startswith("Knob")
    }
    assert knobs
    assert all(f"`{knob}`" in DOC for knob in knobs)
