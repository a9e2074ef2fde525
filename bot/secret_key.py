"""Open this for the key that signs links and sessions: made once, kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bot.settings import Settings
from core.errors import StorageFault
from core.runner import Runner, Unit

OWNER, NAME = "core", "secret_key"


async def secret_key(settings: Settings, runner: Runner) -> str:
    """Return the key given by SECRET_KEY, else the kept one, else make and keep one."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given
    if settings.database.dialect == "sqlite":
        return kept_in_file(Path(f"{settings.database.path}.secret-key"))
    return await runner.run(_kept_in_row, secrets.token_urlsafe(48))


def kept_in_file(path: Path) -> str:
    """Return the key in `path`; create it whole when missing, so that all racers read the same."""
    try:
        if not path.exists():
            _create(path, secrets.token_urlsafe(48))
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageFault(f"the secret key cannot be kept in {path}: {error}") from error
    if not key:
        raise StorageFault(f"{path} is empty: put the key back, or delete it for a new one")
    return key


def _create(path: Path, key: str) -> None:
    """Write to a file of our own first: a link appears at once and never replaces another's."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was first: its key counts
    finally:
        draft.unlink()


async def _kept_in_row(unit: Unit, fresh: str) -> str:
    await unit.execute(
        "INSERT INTO plugin_state (owner, name, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        OWNER,
        NAME,
        fresh,
    )
    rows = await unit.rows(
        "SELECT value FROM plugin_state WHERE owner = $1 AND name = $2", OWNER, NAME
    )
    return str(rows[0]["value"])
