"""A table of the runner's own tests, so that they depend on no product table."""

import sqlite3
from datetime import datetime
from pathlib import Path

from tortoise import fields
from tortoise.models import Model

from core.runner import Unit

SQLITE = """
CREATE TABLE boxes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name VARCHAR(50) NOT NULL UNIQUE,
    count INT NOT NULL DEFAULT 0,
    full INT NOT NULL DEFAULT 0,
    at TIMESTAMP
)"""
POSTGRES = """
CREATE TABLE boxes (
    id SERIAL PRIMARY KEY,
    name VARCHAR(50) NOT NULL UNIQUE,
    count INT NOT NULL DEFAULT 0,
    "full" BOOL NOT NULL DEFAULT FALSE,
    at TIMESTAMPTZ
)"""
LIDS_SQLITE = """
CREATE TABLE lids (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    box_id INT NOT NULL REFERENCES boxes (id) DEFERRABLE INITIALLY DEFERRED
)"""
LIDS_POSTGRES = """
CREATE TABLE lids (
    id SERIAL PRIMARY KEY,
    box_id INT NOT NULL REFERENCES boxes (id) DEFERRABLE INITIALLY DEFERRED
)"""


class Box(Model):
    """Something to write."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50, unique=True)
    count = fields.IntField(default=0)
    full = fields.BooleanField(default=False)
    at: datetime | None = fields.DatetimeField(null=True)
    lids: fields.ReverseRelation["Lid"]

    class Meta:
        """Where it is kept."""

        table = "boxes"


class Lid(Model):
    """Something whose foreign key is checked only at COMMIT."""

    id = fields.IntField(primary_key=True)
    box: fields.ForeignKeyRelation[Box] = fields.ForeignKeyField("models.Box", related_name="lids")
    box_id: int

    class Meta:
        """Where it is kept."""

        table = "lids"


def make_sqlite(path: Path) -> str:
    """Create a SQLite file with the tables; return its DATABASE_URL."""
    connection = sqlite3.connect(path)
    connection.execute(SQLITE)
    connection.execute(LIDS_SQLITE)
    connection.close()
    return f"sqlite://{path}"


async def put(_unit: Unit, name: str) -> int:
    """Write one box; return its id."""
    return (await Box.create(name=name)).id


async def names(_unit: Unit) -> list[str]:
    """Return the names of all boxes, oldest first."""
    return [str(name) for name in await Box.all().order_by("id").values_list("name", flat=True)]
