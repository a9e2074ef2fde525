"""Where the database is: the forms of DATABASE_URL, and Tortoise's configuration for each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

Dialect = Literal["sqlite", "postgres"]

FORMS = (
    "sqlite://relative/file.sqlite3, sqlite:///absolute/file.sqlite3, "
    "postgres://user:password@host:port/database or "
    "postgres://user@/database?host=/socket/folder"
)
ENGINES: dict[Dialect, str] = {
    "sqlite": "tortoise.backends.sqlite",
    "postgres": "tortoise.backends.asyncpg",
}


@dataclass(frozen=True, slots=True)
class Database:
    """One database: its dialect, and what Tortoise's stock engine needs to reach it."""

    dialect: Dialect
    credentials: dict[str, Any] = field(repr=False)

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.credentials["file_path"])

    def tortoise_config(
        self, models: Sequence[str], migrations: str | None = None
    ) -> dict[str, Any]:
        """Return Tortoise's configuration: app `models` on a connection named after the dialect.

        The name differs by dialect because Tortoise caches SQL text by connection name.
        """
        app: dict[str, Any] = {"models": list(models), "default_connection": self.dialect}
        if migrations is not None:
            app["migrations"] = migrations
        connection = {"engine": ENGINES[self.dialect], "credentials": self.credentials}
        return {
            "connections": {self.dialect: connection},
            "apps": {"models": app},
            "use_tz": True,
            "timezone": "UTC",
        }


def database_of(url: str) -> Database:
    """Return the database that `url` names; ValueError naming the forms for anything else."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        return _sqlite(rest)
    if separator and scheme in ("postgres", "postgresql"):
        return _postgres(urlsplit(url))
    raise _refused()


def _sqlite(rest: str) -> Database:
    name = unquote(rest)
    if not name or name.endswith("/") or name.startswith(":memory:") or "?" in name:
        raise _refused()
    if name.startswith("/"):
        name = "/" + name.lstrip("/")
    return Database("sqlite", {"file_path": name})


def _postgres(parts: SplitResult) -> Database:
    try:
        port = parts.port or 5432
    except ValueError:
        raise _refused() from None
    options = parse_qs(parts.query)
    ssl = options.pop("sslmode", [None])[0]
    host = unquote(parts.hostname or "") or options.pop("host", [""])[0]
    database = unquote(parts.path.removeprefix("/"))
    if options or not host or not database or not parts.username:
        raise _refused()
    return Database(
        "postgres",
        {
            "host": host,
            "port": port,
            "user": unquote(parts.username),
            "password": unquote(parts.password) if parts.password else None,
            "database": database,
            **({"ssl": ssl} if ssl else {}),
        },
    )


def _refused() -> ValueError:
    return ValueError(f"DATABASE_URL must have one of these forms: {FORMS}")
