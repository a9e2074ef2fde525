"""Settings: their order, their twins, what is refused, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.configuration import read_configuration
from bot.exposure import refuse_exposure
from bot.settings import Settings, shown_value
from core.errors import ConfigurationError

Here = Callable[..., None]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """Return a function that sets environment variables in an otherwise empty place."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)

    def set_environment(**values: str) -> None:
        for key, value in values.items():
            monkeypatch.setenv(key, value)

    return set_environment


def dotenv(*lines: str) -> None:
    Path(".env").write_text("\n".join(lines), encoding="utf-8")


def test_flags_come_before_environment_before_dotenv_before_defaults(here: Here) -> None:
    dotenv("HOST=localhost", "PORT=3", "TICK_SECONDS=5")
    here(HOST="127.0.0.2", PORT="2")
    configuration = read_configuration({"PORT": 1})
    settings = configuration.settings
    assert (settings.port, settings.host, settings.tick_seconds) == (1, "127.0.0.2", 5)
    assert settings.timezone == "Europe/London"
    wanted = ("PORT", "HOST", "TICK_SECONDS", "TIMEZONE")
    assert [configuration.origins[key] for key in wanted] == [
        *("flag", "environment", ".env", "default")
    ]


def test_an_empty_value_is_as_good_as_none(here: Here) -> None:
    dotenv("API_TOKEN=from-dotenv", "TIMEZONE=")
    here(API_TOKEN="", PORT="")
    settings = read_configuration().settings
    assert settings.api_token.get_secret_value() == "from-dotenv"
    assert (settings.port, settings.timezone) == (4567, "Europe/London")


@pytest.mark.parametrize("key", ["API_TOKEN", "SECRET_KEY", "DATABASE_URL"])
@pytest.mark.parametrize("by", ["environment", "dotenv"])
def test_every_secret_may_come_from_a_file(here: Here, key: str, by: str) -> None:
    Path("secret").write_text("sqlite://kept.sqlite3\n", encoding="utf-8")
    if by == "dotenv":
        dotenv(f"{key}_FILE=secret")
    else:
        here(**{f"{key}_FILE": "secret"})
    configuration = read_configuration()
    held = getattr(configuration.settings, key.lower())
    assert held.get_secret_value() == "sqlite://kept.sqlite3"
    assert configuration.origins[key] == "file secret"
    assert not configuration.warnings


def test_a_value_comes_before_its_file(here: Here) -> None:
    dotenv("API_TOKEN=plain")
    here(API_TOKEN_FILE="missing")
    assert read_configuration().settings.api_token.get_secret_value() == "plain"


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("PORT", "high", "PORT is 'high' but must be a whole number"),
        ("PORT", "65536", "a whole number from 0 (any free port) to 65535"),
        ("HOST", "a b", "HOST is 'a b' but must be a host name"),
        ("BASE_URL", "example.com", "BASE_URL is 'example.com' but must be http(s)://host"),
        ("BASE_URL", "https://example.com/there", "without a path"),
        ("BASE_URL", "https://example.com:port", "BASE_URL"),
        ("DATABASE_URL", "mysql://root:hidden@db/x", "DATABASE_URL must be sqlite://"),
        ("OFFER_TIMEOUT_MINUTES", "0", "OFFER_TIMEOUT_MINUTES is '0' but must be minutes"),
        ("OFFER_TIMEOUT_MINUTES", "nan", "such as 30 or 0.5"),
        ("COORDINATOR_EMAIL_DEFAULT", "jo", "one mail address such as jo@example.com"),
        ("TIMEZONE", "Mars/Base", "TIMEZONE is 'Mars/Base' but must be a name of the time zone"),
        ("API_TOKEN", "hidden word", "API_TOKEN must be printable ASCII without spaces"),
        ("TICK_SECONDS", "-1", "TICK_SECONDS is '-1' but must be seconds"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml' but must be auto, console or json"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD' but must be DEBUG, INFO"),
        ("API_TOKEN_FILE", "missing", "API_TOKEN_FILE: cannot read missing: No such file"),
        ("PLUGINS_FILE", "missing.toml", "PLUGINS_FILE: missing.toml does not exist"),
    ],
)
def test_a_malformed_setting_is_one_line_with_key_and_fix(
    here: Here, key: str, value: str, named: str
) -> None:
    here(**{key: value})
    with pytest.raises(ConfigurationError) as refused:
        read_configuration()
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_an_unknown_key_in_dotenv_warns_with_the_nearest_known_one(here: Here) -> None:
    Path("plugins.toml").write_text(
        '[channels.chat]\nplugin = "chat"\nenabled = false\ntoken = { env = "CHAT_TOKEN" }',
        encoding="utf-8",
    )
    dotenv("TIMEZON=Europe/London", "CHAT_TOKEN=x", "CHAT_TOKEN_FILE=y", "CHAT_TOKE=z")
    first, second = read_configuration().warnings
    assert "unknown key TIMEZON" in first
    assert first.endswith("TIMEZONE")
    assert "unknown key CHAT_TOKE;" in second
    assert second.endswith("CHAT_TOKEN")


def test_small_letters_in_dotenv_are_near_their_key(here: Here) -> None:
    dotenv("api_token=hidden")
    (warning,) = read_configuration().warnings
    assert warning.endswith("nearest known key is API_TOKEN")


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://localhost:4567"),
        ({"HOST": "0.0.0.0"}, "http://localhost:4567"),
        ({"HOST": "192.0.2.7", "PORT": "80"}, "http://192.0.2.7:80"),
        ({"HOST": "2001:db8::7"}, "http://[2001:db8::7]:4567"),
        ({"HOST": "192.0.2.7", "BASE_URL": "https://d.example"}, "https://d.example"),
    ],
)
def test_the_address_that_is_printed_is_one_that_answers(
    here: Here, settings: dict[str, str], address: str
) -> None:
    here(**settings)
    assert read_configuration().settings.reached_at == address


def test_a_dotenv_that_is_not_text_is_a_configuration_error(here: Here) -> None:
    Path(".env").write_bytes(b"HOST=\xff\xfe")
    with pytest.raises(ConfigurationError, match="UTF-8"):
        read_configuration()


@pytest.mark.parametrize(
    ("settings", "exposed"),
    [
        ({}, None),
        ({"HOST": "127.0.0.9"}, None),
        ({"HOST": "::1"}, None),
        ({"HOST": "0.0.0.0"}, "HOST"),
        ({"HOST": "192.0.2.7"}, "HOST"),
        ({"BASE_URL": "https://dispatch.example"}, "BASE_URL"),
        ({"BASE_URL": "http://dispatch.localhost"}, None),
    ],
)
async def test_without_a_token_only_this_machine_may_reach_the_service(
    here: Here, settings: dict[str, str], exposed: str | None
) -> None:
    here(**settings)
    read = read_configuration().settings
    assert read.exposed_by == exposed
    if exposed is None:
        await refuse_exposure(read, insecure=False)
        return
    with pytest.raises(ConfigurationError, match=f"{exposed} makes .* set API_TOKEN"):
        await refuse_exposure(read, insecure=False)
    await refuse_exposure(read, insecure=True)
    here(API_TOKEN="a-token")
    await refuse_exposure(read_configuration().settings, insecure=False)


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("API_TOKEN", "hidden-token", "********"),
        ("SECRET_KEY", "hidden-key", "********"),
        ("DATABASE_URL", "postgres://me:hidden@db:5432/x", "postgres://me:********@db:5432/x"),
        ("DATABASE_URL", "postgres://me:hid@den@db/x", "postgres://me:********@db/x"),
        ("DATABASE_URL", "postgres://me@/x?host=/run", "postgres://me@/x?host=/run"),
        ("DATABASE_URL", "sqlite:///tmp/x.sqlite3", "sqlite:///tmp/x.sqlite3"),
        ("TICK_SECONDS", "1", "1"),
    ],
)
def test_secrets_are_masked_where_settings_are_shown(
    here: Here, key: str, value: str, shown: str
) -> None:
    here(**{key: value})
    assert shown_value(read_configuration().settings, key) == shown


def test_settings_cannot_be_changed(here: Here) -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_configuration().settings.port = 1
