"""How often somebody may ask, and who is never counted."""

from __future__ import annotations

import pytest

from tests.web.conftest import Web
from web import limits
from web.limits import Limit, peer_key


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def test_a_bucket_empties_and_refills_evenly() -> None:
    seconds = Seconds()
    limit = Limit(10, 1, seconds)
    assert [limit.take("a") for _ in range(11)] == [0] * 10 + [1]
    seconds.now += 0.11
    assert [limit.take("a") for _ in range(2)] == [0, 1]
    seconds.now += 3600
    assert [limit.take("a") for _ in range(11)] == [0] * 10 + [1]


def test_each_key_has_its_own_bucket() -> None:
    limit = Limit(1, 60, Seconds())
    assert limit.take("a") == 0
    assert limit.take("b") == 0
    assert limit.take("a") == 60


def test_looking_does_not_count() -> None:
    limit = Limit(1, 60, Seconds())
    assert [limit.wait("a") for _ in range(3)] == [0, 0, 0]
    limit.take("a")
    assert limit.wait("a") == 60


def test_the_store_forgets_the_least_recent_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 2)
    limit = Limit(2, 60, Seconds())
    for key in ("old", "a", "old", "b"):
        limit.take(key)
    assert limit.take("old") > 0
    assert limit.take("a") == 0


@pytest.mark.parametrize(
    ("peer", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("127.0.0.1", None),
        ("127.8.8.8", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("", None),
        (None, None),
    ],
)
def test_peers_are_keyed_by_address_and_this_machine_is_not(
    peer: str | None, key: str | None
) -> None:
    assert peer_key(peer) == key


async def test_ten_requests_a_second_without_a_token(web: Web) -> None:
    web.remake(monotonic=Seconds())
    web.peer = "203.0.113.9"
    assert [(await web.get("/health")).status for _ in range(11)] == [200] * 10 + [429]
    refused = await web.get("/health", headers={"X-Real-IP": "198.51.100.1"})
    assert refused.status == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.body["error"] == "too_many_requests"
    web.peer = "203.0.113.10"
    assert (await web.get("/health")).status == 200


async def test_a_hundred_requests_a_second_with_a_token(web: Web) -> None:
    web.remake(monotonic=Seconds(), api_token="right")
    web.peer, web.token = "203.0.113.9", "right"
    assert {(await web.get("/offers")).status for _ in range(100)} == {200}
    assert (await web.get("/offers")).status == 429


async def test_loopback_peers_are_never_counted(web: Web) -> None:
    web.remake(monotonic=Seconds(), api_token="right")
    web.token = "wrong"
    assert {(await web.get("/offers")).status for _ in range(60)} == {401}
    web.token = "right"
    assert {(await web.get("/offers")).status for _ in range(120)} == {200}


async def test_thirty_wrong_tokens_a_minute_then_no_token_is_looked_at(web: Web) -> None:
    seconds = Seconds()
    web.remake(monotonic=seconds, api_token="right")
    web.peer, web.token = "203.0.113.9", "wrong"
    assert {(await web.get("/jobs")).status for _ in range(30)} == {401}
    assert (await web.get("/jobs")).status == 429
    web.token = "right"
    assert (await web.get("/jobs")).status == 429
    seconds.now += 60
    assert (await web.get("/jobs")).status == 200
