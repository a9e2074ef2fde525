"""How tests put plugins in place."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.core.plugins.samples import Install


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make functions importable as a plugin module."""

    def install(name: str, **members: object) -> str:
        module = ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
        return name

    return install
