"""The forms of DATABASE_URL."""

import pytest

from core.runner.address import database_of


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite://dispatch.sqlite3", "dispatch.sqlite3"),
        ("sqlite://data/dispatch.sqlite3", "data/dispatch.sqlite3"),
        ("sqlite:///var/lib/dispatch.sqlite3", "/var/lib/dispatch.sqlite3"),
        ("sqlite:////var/lib/dispatch.sqlite3", "/var/lib/dispatch.sqlite3"),
        ("sqlite:///with%20space.sqlite3", "/with space.sqlite3"),
    ],
)
def test_a_sqlite_url_names_a_file(url: str, path: str) -> None:
    database = database_of(url)
    assert (database.dialect, str(database.path)) == ("sqlite", path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u:p%40ss@db:5433/jobs", ("db", 5433, "u", "p@ss", "jobs")),
        ("postgresql://u@db/jobs", ("db", 5432, "u", None, "jobs")),
        ("postgres://u@/jobs?host=/run/pg", ("/run/pg", 5432, "u", None, "jobs")),
        ("postgres://u:@[::1]:5432/jobs", ("::1", 5432, "u", None, "jobs")),
    ],
)
def test_a_postgres_url_names_a_server_and_a_database(
    url: str, expected: tuple[str, int, str, str | None, str]
) -> None:
    database = database_of(url)
    found = [database.credentials[key] for key in ("host", "port", "user", "password", "database")]
    assert database.dialect == "postgres"
    assert tuple(found) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "dispatch.sqlite3",
        "sqlite:",
        "sqlite://",
        "sqlite:///",
        "sqlite://:memory:",
        "sqlite://a.sqlite3?mode=ro",
        "mysql://u@db/jobs",
        "postgres://db/jobs",
        "postgres://u@db",
        "postgres://u@/jobs",
        "postgres://u@db:port/jobs",
        "postgres://u@db:99999/jobs",
        "postgres://u@db/jobs?pool=9",
    ],
)
def test_anything_else_is_refused_with_the_forms(url: str) -> None:
    with pytest.raises(ValueError, match=r"sqlite://relative.*postgres://user:password"):
        database_of(url)


def test_a_postgres_url_may_ask_for_encryption() -> None:
    assert database_of("postgres://u@db/jobs?sslmode=require").credentials["ssl"] == "require"


def test_a_password_is_in_no_representation() -> None:
    assert "secret" not in repr(database_of("postgres://u:secret@db/jobs"))
