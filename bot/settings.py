"""Open this for the settings: their keys, defaults and what counts as well-formed."""

from __future__ import annotations

import ipaddress
import math
import re
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from core.runner.address import Database, database_of

SECRETS = ("DATABASE_URL", "API_TOKEN", "SECRET_KEY")  # each has a _FILE twin
MASK = "********"
EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", text):
        raise ValueError("not a host")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    rest = (parts.path.rstrip("/"), parts.query, parts.fragment, parts.username)
    _ = parts.port  # raises ValueError when it is no port
    if parts.scheme not in ("http", "https") or not parts.hostname or any(rest):
        raise ValueError("not a base address")
    return text.rstrip("/")


def _database_url(secret: SecretStr) -> SecretStr:
    database_of(secret.get_secret_value())
    return secret


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("unknown time zone") from error
    return text


def _minutes(value: float) -> float:
    if not math.isfinite(value) or not 0 < value <= 366 * 24 * 60:
        raise ValueError("out of range")
    return value


def _email(text: str) -> str:
    if text and not EMAIL.fullmatch(text):
        raise ValueError("not an address")
    return text


def _token(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[!-~]*", secret.get_secret_value()):
        raise ValueError("not usable in a header")
    return secret


class Settings(BaseModel):
    """Every setting, checked and frozen. A field's description is the fix that an error names."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=str.upper,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=True,
    )

    host: Annotated[str, AfterValidator(_host)] = Field(
        default="127.0.0.1", description="a host name or address such as 127.0.0.1"
    )
    port: int = Field(
        default=4567, ge=0, le=65535, description="a whole number from 0 (any free port) to 65535"
    )
    base_url: Annotated[str, AfterValidator(_base_url)] | None = Field(
        default=None, description="http(s)://host[:port] without a path"
    )
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        default=SecretStr("sqlite://dispatch.sqlite3"),
        description="sqlite://file.sqlite3, sqlite:///absolute/file.sqlite3 or"
        " postgres://user:pass@host:port/db",
    )
    offer_timeout_minutes: Annotated[float, AfterValidator(_minutes)] = Field(
        default=30, description="minutes, more than 0, such as 30 or 0.5"
    )
    coordinator_email_default: Annotated[str, AfterValidator(_email)] = Field(
        default="", description="one mail address such as jo@example.com"
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Europe/London",
        description="a name of the time zone database such as Europe/London",
    )
    api_token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        default=SecretStr(""), description="printable ASCII without spaces"
    )
    secret_key: SecretStr = Field(default=SecretStr(""), description="any long random text")
    plugins_file: Path = Field(default=Path("plugins.toml"), description="the path of a TOML file")
    tick_seconds: float = Field(
        default=1, ge=0, le=3600, allow_inf_nan=False, description="seconds from 0 to 3600"
    )
    keep_days: float = Field(
        default=90,
        ge=0,
        le=36_500,
        allow_inf_nan=False,
        description="days from 0 (for ever) to 36500",
    )
    log_format: Annotated[
        Literal["auto", "console", "json"], BeforeValidator(lambda text: str(text).lower())
    ] = Field(default="auto", description="auto, console or json")
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
        BeforeValidator(lambda text: str(text).upper()),
    ] = Field(default="INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL")

    @property
    def url(self) -> str:
        """The public address, without a slash at its end."""
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def reached_at(self) -> str:
        """The address for a browser near by: BASE_URL when it is given, else where it listens."""
        if self.base_url or is_loopback(self.host) or self.host in ("0.0.0.0", "::"):  # noqa: S104 - compared
            return self.url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def database(self) -> Database:
        """The database that DATABASE_URL names."""
        return database_of(self.database_url.get_secret_value())

    @property
    def zone(self) -> ZoneInfo:
        """The zone of pickup dates, quiet hours and pages."""
        return ZoneInfo(self.timezone)

    @property
    def offer_timeout(self) -> timedelta:
        """The longest window of the default policy where plugins.toml names none."""
        return timedelta(minutes=self.offer_timeout_minutes)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may be shown nowhere."""
        held = (self.api_token, self.secret_key)
        password = password_in(self.database_url.get_secret_value())
        return (*(secret.get_secret_value() for secret in held), password)

    @property
    def has_api_token(self) -> bool:
        """Whether there is a token besides those in the database."""
        return bool(self.api_token.get_secret_value())

    @property
    def exposed_by(self) -> str | None:
        """The key by which other machines may reach the service; None on loopback only."""
        if not is_loopback(self.host):
            return "HOST"
        return None if is_loopback(urlsplit(self.url).hostname or "") else "BASE_URL"


@lru_cache(maxsize=100)
def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own; asked again on each request."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown_value(settings: Settings, key: str) -> str:
    """Return a setting as it may be shown: secrets masked, the password in a URL too."""
    if key == "BASE_URL":
        return settings.url
    value = getattr(settings, key.lower())
    if not isinstance(value, SecretStr):
        return f"{value:g}" if isinstance(value, float) else str(value)
    secret = value.get_secret_value()
    return _without_password(secret) if key == "DATABASE_URL" else MASK if secret else ""


def _without_password(url: str) -> str:
    password = password_in(url)
    return url.replace(f":{password}@", f":{MASK}@", 1) if password else url


def password_in(url: str) -> str:
    """Return the password as it stands in a URL; empty when there is none."""
    _, _, rest = url.partition("://")
    login, _, _ = rest.rpartition("@")
    return login.partition(":")[2]
