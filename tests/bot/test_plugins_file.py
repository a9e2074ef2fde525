"""plugins.toml: what it means, and one line for each way in which it can be wrong."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.plugins_file import BUILT_IN, PluginsFile, read_plugins_file
from bot.surroundings import Surroundings
from core.errors import ConfigurationError
from tests.bot.warming import ROOT

MINUTES = timedelta(minutes=7)


def read(path: Path, text: str, **environment: str) -> PluginsFile:
    file = path / "plugins.toml"
    file.write_text(text, encoding="utf-8")
    surroundings = Surroundings(environment, {"FROM_DOTENV": "of .env"})
    return read_plugins_file(file, surroundings, default_timeout=MINUTES, required=True)


def test_without_the_file_holds_what_the_committed_one_enables() -> None:
    committed = tomllib.loads((ROOT / "plugins.toml").read_text(encoding="utf-8"))
    channels = committed["channels"].items()
    committed["channels"] = {name: it for name, it in channels if it.get("enabled", True)}
    assert tomllib.loads(BUILT_IN) == committed
    nothing = Surroundings({}, {})
    missing = Path("/nowhere/plugins.toml")
    plugins = read_plugins_file(missing, nothing, default_timeout=MINUTES, required=False)
    assert [(entry.name, entry.plugin) for entry in plugins.entries] == [
        ("console", "channels.console")
    ]
    assert plugins.policies["default"].timeout == MINUTES
    assert plugins.ladder[0] == "Bike"


def test_secrets_come_from_environment_dotenv_and_files(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("of a file\n", encoding="utf-8")
    text = f"""
    [channels.chat]
    plugin = "chat"
    a = {{ env = "FROM_ENVIRONMENT" }}
    b = {{ env = "FROM_DOTENV" }}
    c = {{ env = "FROM_TWIN" }}
    d = {{ file = "{tmp_path / "kept"}" }}
    e = {{ other = "table" }}
    """
    plugins = read(tmp_path, text, FROM_ENVIRONMENT="of env", FROM_TWIN_FILE=str(tmp_path / "kept"))
    assert plugins.entries[0].options == {
        "a": "of env",
        "b": "of .env",
        "c": "of a file",
        "d": "of a file",
        "e": {"other": "table"},
    }
    assert plugins.secrets == {"of env", "of .env", "of a file"}
    assert plugins.named == {"FROM_ENVIRONMENT", "FROM_DOTENV", "FROM_TWIN"}


def test_a_disabled_channel_needs_no_secret(tmp_path: Path) -> None:
    text = '[channels.chat]\nplugin = "chat"\nenabled = false\ntoken = { env = "UNSET" }'
    plugins = read(tmp_path, text)
    assert not plugins.entries
    assert plugins.disabled == {"chat": "chat"}


def test_this_file_wins_over_the_timeout_of_the_settings(tmp_path: Path) -> None:
    plugins = read(tmp_path, '[policies.default]\ntimeout = "2m"\n[policies.quick]\nwidth = 0')
    assert plugins.policies["default"].timeout == timedelta(minutes=2)
    assert plugins.policies["quick"].timeout == MINUTES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[channels", "not valid TOML"),
        ("[chanels.console]", "[chanels]: unknown table; did you mean [channels]?"),
        ("channels = 1", "channels: must be a table: [channels]"),
        ("[channels]\nconsole = 1", "[channels] console: must be a table: [channels.console]"),
        ("[channels.console]", '[channels.console] plugin: is missing: plugin = "channels.console'),
        ("[channels.a]\nplugn = 'x'", "[channels.a] plugin: is missing"),
        ("[channels.a]\nplugn = 'x'", "did you write 'plugn' for it?"),
        ("[channels.a]\nplugin = 1", "[channels.a] plugin: must be text"),
        ("[channels.A]\nplugin = 'a'", "[channels.A]: a channel's name is small letters"),
        ("[channels.a]\nplugin = 'a'\nenabled = 'no'", "[channels.a] enabled: must be true or"),
        ("[channels.a]\nplugin = 'a'\nt = { env = 'UNSET' }", "[channels.a] t: UNSET is not set"),
        ("[channels.a]\nplugin = 'a'\nt = { env = 1 }", '[channels.a] t: must be { env = "KEY" }'),
        ("[channels.a]\nplugin = 'a'\nt = { env = 'A', file = 'b' }", "[channels.a] t: must be"),
        ("[channels.a]\nplugin = 'a'\nt = { file = '/no' }", "[channels.a] t: cannot read /no"),
        ("[policies]\ndefault = 1", "[policies] default: must be a table: [policies.default]"),
        ("[policies.default]\ntimeot = '3m'", "[policies.default] unknown key 'timeot'"),
        ("[policies.default]\ntimeot = '3m'", "did you mean 'timeout'?"),
        ("[policies.default]\nwidth = '1'", "[policies.default] width: must be a whole number"),
        ("[policies.night]\nquiet_hours = 'dark'", "[policies.night] quiet_hours: 'dark'"),
        ("[vehicles]\nladders = []", "[vehicles] ladders: unknown key; did you mean 'ladder'?"),
        ("[vehicles]\nladder = 'Van'", '[vehicles] ladder: must be a list such as ["Car"'),
        ("[vehicles]\nladder = ['Van', 'van']", "[vehicles] ladder: names a vehicle twice"),
    ],
)
def test_each_fault_is_one_line_with_file_table_key_and_fix(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, text)
    line = str(refused.value)
    assert line.startswith(str(tmp_path / "plugins.toml"))
    assert told in line
    assert "\n" not in line
