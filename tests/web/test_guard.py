"""Who may come in: Host, Forwarded, Origin, tokens and scopes."""

from __future__ import annotations

import hashlib

import pytest

from core.errors import DatabaseBusy
from tests.web.conftest import BASE, Web
from web import Scope

LOCAL = "localhost:4567"


@pytest.mark.parametrize(
    "host",
    [
        "dispatch.example:4567",
        "DISPATCH.EXAMPLE",
        "localhost",
        LOCAL,
        "127.0.0.1:9",
        "127.1.2.3",
        "[::1]:4567",
        "[::1]",
    ],
)
async def test_our_own_names_and_loopback_names_are_served(web: Web, host: str) -> None:
    assert (await web.get("/health", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "dispatch.example.evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "192.168.1.5:4567",
        "",
        "dispatch.example:4567:1",
        "user@dispatch.example",
        "dispatch.example/x",
        "dispatch.example, evil.example",
        "::1",
        "é",
    ],
)
@pytest.mark.parametrize("path", ["/health", "/jobs", "/nowhere", "/static/page.css"])
async def test_any_other_host_is_421(web: Web, host: str, path: str) -> None:
    answered = await web.get(path, headers={"Host": host})
    assert answered.status == 421, answered.text
    assert answered.body["error"] == "wrong_host"


async def test_the_bind_address_is_a_name_of_ours(web: Web) -> None:
    web.remake(host="10.0.0.7")
    assert (await web.get("/health", headers={"Host": "10.0.0.7:4567"})).status == 200


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-forwarded-proto"])
async def test_open_mode_refuses_what_came_through_a_proxy(web: Web, name: str) -> None:
    answered = await web.get("/health", headers={name: "for=203.0.113.9"})
    assert (answered.status, answered.body["error"]) == (403, "forwarded")
    web.remake(api_token="right")
    assert (await web.get("/health", headers={name: "for=203.0.113.9"})).status == 200


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        (None, {}),
        (None, {"Origin": BASE}),
        (None, {"Origin": BASE.upper(), "Sec-Fetch-Site": "same-origin"}),
        (LOCAL, {"Origin": BASE}),
        (LOCAL, {"Origin": f"http://{LOCAL}"}),
        ("[::1]:4567", {"Origin": "http://[::1]:4567"}),
    ],
)
async def test_changes_come_from_our_own_pages_or_from_none(
    web: Web, host: str | None, headers: dict[str, str]
) -> None:
    named = {"Host": host or "dispatch.example:4567"}
    assert (await web.post("/tick", headers=named | headers)).status == 200


@pytest.mark.parametrize(
    ("host", "headers"),
    [
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Origin": "http://dispatch.example"}),
        (None, {"Origin": "https://dispatch.example:4567"}),
        (None, {"Origin": "http://localhost:4567"}),
        (None, {"Origin": "http://["}),
        (LOCAL, {"Origin": "http://localhost:9999"}),
        (LOCAL, {"Origin": f"https://{LOCAL}"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
        (None, {"Sec-Fetch-Site": "none"}),
        (None, {"Origin": BASE, "Sec-Fetch-Site": "cross-site"}),
    ],
)
async def test_changes_from_elsewhere_are_403(
    web: Web, host: str | None, headers: dict[str, str]
) -> None:
    named = {"Host": host or "dispatch.example:4567"}
    answered = await web.post("/tick", headers=named | headers)
    assert (answered.status, answered.body["error"]) == (403, "foreign_origin")
    assert (await web.get("/offers", headers=named | headers)).status == 200


async def test_the_right_token_opens_and_any_other_does_not(web: Web) -> None:
    web.remake(api_token="right")
    for header in (None, "", "Bearer", "Bearer wrong", "Basic right", "right", "Bearer rightt"):
        answered = await web.get("/jobs", headers={"Authorization": header})
        assert answered.status == 401, header
        assert answered.headers["www-authenticate"] == "Bearer"
    for header in ("Bearer right", "bearer right", "Bearer  right "):
        assert (await web.get("/jobs", headers={"Authorization": header})).status == 200


async def test_some_routes_need_no_token(web: Web) -> None:
    link = await web.new_link()
    web.remake(api_token="right")
    for path in ("/health", "/ready", link, "/static/page.css"):
        assert (await web.get(path)).status == 200, path
        assert (await web.get(path, headers={"Authorization": "Bearer x"})).status == 200, path
    assert (await web.post("/channels/none/webhook")).status == 404


async def test_unknown_paths_need_a_token_like_known_ones(web: Web) -> None:
    web.remake(api_token="right")
    assert (await web.get("/nowhere")).status == 401
    assert (await web.get("/nowhere", headers={"Authorization": "Bearer right"})).status == 404


async def test_a_scope_opens_its_own_routes_and_no_others(web: Web) -> None:
    known = {hashlib.sha256(scope.encode()).hexdigest(): scope for scope in Scope}

    async def find_scope(digest: str) -> Scope | None:
        return known.get(digest)

    web.remake(find_scope=find_scope)
    asked = {
        Scope.READ: ("GET", "/jobs", 200),
        Scope.REPLY: ("POST", "/webhooks/driver_response", 422),
        Scope.TICK: ("POST", "/tick", 200),
        Scope.FULL: ("POST", "/jobs", 422),
    }
    for needed, (method, path, fine) in asked.items():
        for scope in asked:
            headers = {"Authorization": f"Bearer {scope}"}
            answered = await web.ask(method, path, headers=headers)
            expected = fine if scope in (needed, Scope.FULL) else 403
            assert answered.status == expected, (needed, scope)
    assert (await web.get("/jobs")).status == 401


async def test_the_token_shows_nowhere(web: Web) -> None:
    web.remake(api_token="very-secret")
    assert "very-secret" not in repr(web.config)


async def test_open_mode_ends_with_the_first_token_and_begins_again_after_the_last(
    web: Web,
) -> None:
    there_is_none = True

    async def is_open() -> bool:
        return there_is_none

    async def find_scope(digest: str) -> Scope | None:
        return Scope.READ if digest == hashlib.sha256(b"right").hexdigest() else None

    web.remake(is_open=is_open, find_scope=find_scope)
    assert (await web.get("/jobs")).status == 200
    there_is_none = False
    assert (await web.get("/jobs")).status == 401
    assert (await web.get("/jobs", headers={"Authorization": "Bearer right"})).status == 200
    assert (await web.get("/health", headers={"Forwarded": "for=203.0.113.9"})).status == 200
    there_is_none = True
    assert (await web.get("/jobs")).status == 200
    assert (await web.get("/health", headers={"Forwarded": "for=203.0.113.9"})).status == 403


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/metrics", "/jobs", "/nowhere"])
async def test_everything_but_a_few_routes_needs_a_token_once_there_is_one(
    web: Web, path: str
) -> None:
    async def is_open() -> bool:
        return False

    web.remake(is_open=is_open)
    assert (await web.get(path)).status == 401


async def test_while_nobody_knows_the_tokens_only_routes_without_one_answer(web: Web) -> None:
    async def is_open() -> bool:
        raise DatabaseBusy("busy")

    web.remake(is_open=is_open)
    assert (await web.get("/health")).status == 200
    assert (await web.get("/jobs")).status == 503
