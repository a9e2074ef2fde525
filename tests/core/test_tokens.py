"""Tokens: only hashes are kept, names are unique, and the book is a second old at most."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from core.domain import TokenScope
from core.errors import StorageFault
from core.outcomes import NameTaken, NotFound, TokenMade
from core.tokens import TokenBook
from tests.house import House


class Stopwatch:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def made(house: House, name: str, scope: TokenScope = TokenScope.FULL) -> str:
    outcome = await house.router.create_token(name, scope)
    assert isinstance(outcome, TokenMade)
    return outcome.secret


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def test_a_token_is_long_and_recognisable_and_only_its_hash_is_kept(house: House) -> None:
    outcome = await house.router.create_token("till", TokenScope.READ)
    assert isinstance(outcome, TokenMade)
    assert outcome.secret.startswith("dispatch_")
    assert len(outcome.secret) >= len("dispatch_") + 43
    assert outcome.secret not in repr(outcome)
    rows = await house.rows("SELECT * FROM tokens")
    assert [row["token_hash"] for row in rows] == [digest(outcome.secret)]
    assert outcome.secret not in str(rows)
    assert outcome.secret != await made(house, "another")


async def test_a_name_is_free_again_once_its_token_is_revoked(house: House) -> None:
    first = await made(house, "till")
    assert await house.router.create_token("till", TokenScope.READ) == NameTaken("till")
    revoked = await house.router.revoke_token("till")
    assert not isinstance(revoked, NotFound)
    assert revoked.revoked_at is not None
    assert await house.router.revoke_token("till") == NotFound("token")
    second = await made(house, "till")
    book = TokenBook(house.router.runner, house.clock)
    assert await book.scope(digest(first)) is None
    assert await book.scope(digest(second)) is TokenScope.FULL
    listed = (await house.router.records.tokens()).rows
    assert [(t.name, t.revoked_at is None) for t in listed] == [("till", False), ("till", True)]


async def test_what_another_process_makes_or_revokes_counts_within_a_second(house: House) -> None:
    watch = Stopwatch()
    book = TokenBook(house.router.runner, house.clock, watch)
    assert await book.is_empty()
    secret = await made(house, "till", TokenScope.TICK)
    assert await book.is_empty()
    watch.seconds += 0.95
    assert not await book.is_empty()
    assert await book.scope(digest(secret)) is TokenScope.TICK
    await house.router.revoke_token("till")
    assert await book.scope(digest(secret)) is TokenScope.TICK
    watch.seconds += 0.95
    assert await book.scope(digest(secret)) is None
    assert await book.is_empty()


async def test_use_is_noted_by_the_hour(house: House) -> None:
    watch = Stopwatch()
    book = TokenBook(house.router.runner, house.clock, watch)
    secret = await made(house, "till")
    assert await book.scope(digest(secret)) is TokenScope.FULL
    used = book.take_used()
    await house.router.note_token_uses(used)
    (token,) = (await house.router.records.tokens()).rows
    assert token.last_used_at == house.clock.now()
    watch.seconds += 5
    for minutes, noted in ((30, 0), (31, 1)):
        house.clock.advance(timedelta(minutes=minutes))
        await book.scope(digest(secret))
        assert len(book.take_used()) == noted


async def test_a_book_that_cannot_be_read_lets_nobody_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Stopwatch()
    book = TokenBook(house.router.runner, house.clock, watch)
    secret = await made(house, "till")
    assert await book.scope(digest(secret)) is TokenScope.FULL
    monkeypatch.setattr(house.router.runner, "_closed", True)
    watch.seconds += 1
    with pytest.raises(StorageFault):
        await book.scope(digest(secret))
    with pytest.raises(StorageFault):
        await book.is_empty()
    monkeypatch.undo()
