"""Signing in to the pages by a token, and what the cookie may and may not do."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest

from tests.web.conftest import BASE, Answered, Web
from web import Scope
from web.sessions import COOKIE

IN_A_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OURS = {"Origin": BASE}
TOKENS = {hashlib.sha256(scope.encode()).hexdigest(): Scope(scope) for scope in Scope}


@pytest.fixture
def closed(web: Web) -> Web:
    """Return the app with one token of each scope, named like it."""

    async def find_scope(digest: str) -> Scope | None:
        return TOKENS.get(digest)

    async def is_open() -> bool:
        return False

    web.remake(find_scope=find_scope, is_open=is_open)
    return web


def cookie_of(answered: Answered) -> dict[str, str]:
    """Return the header by which a browser sends the cookie back."""
    return {"Cookie": answered.headers["set-cookie"].split(";")[0]}


async def signed_in(web: Web, scope: str = "full") -> dict[str, str]:
    answered = await web.post("/sign-in", form={"token": scope}, headers=OURS)
    assert answered.status == 303, answered.text
    return cookie_of(answered)


@pytest.mark.parametrize("path", ["/", "/desk", "/join", "/docs", "/jobs?status=approved"])
async def test_a_browser_without_a_token_is_asked_for_one_and_taken_back(
    closed: Web, path: str
) -> None:
    asked = await closed.get(path, headers=IN_A_BROWSER)
    assert (asked.status, asked.headers["www-authenticate"]) == (401, "Bearer")
    assert f'name="next" value="{path}"' in asked.text
    entered = await closed.post("/sign-in", form={"token": "full", "next": path}, headers=OURS)
    assert (entered.status, entered.headers["location"]) == (303, path)
    assert (await closed.get(path, headers=cookie_of(entered) | IN_A_BROWSER)).status == 200


async def test_a_program_without_a_token_gets_a_problem(closed: Web) -> None:
    for headers in ({}, {"Accept": "application/json"}, {"Accept": "*/*"}):
        answered = await closed.get("/desk", headers=headers)
        assert (answered.status, answered.body["error"]) == (401, "unauthorized")


async def test_the_cookie_is_kept_from_scripts_and_other_sites_and_holds_no_token(
    closed: Web,
) -> None:
    answered = await closed.post("/sign-in", form={"token": "full"}, headers=OURS)
    kept = answered.headers["set-cookie"]
    assert kept.startswith(f"{COOKIE}=")
    for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
        assert word in kept
    assert "Secure" not in kept
    closed.remake(base_url="https://dispatch.example")
    answered = await closed.post("/sign-in", form={"token": "full"})
    assert "Secure" in answered.headers["set-cookie"]


@pytest.mark.parametrize("token", ["wrong", "", "reply", "tick"])
async def test_only_a_token_that_opens_pages_signs_in(closed: Web, token: str) -> None:
    answered = await closed.post("/sign-in", form={"token": token}, headers=OURS | IN_A_BROWSER)
    assert answered.status in (401, 403)
    assert "set-cookie" not in answered.headers
    assert answered.headers["content-type"].startswith("text/html")


async def test_wrong_tokens_typed_in_count_like_all_others(closed: Web) -> None:
    closed.peer, seconds = "192.0.2.1", [0.0]
    closed.remake(monotonic=lambda: seconds[0])
    statuses = []
    for _ in range(33):
        statuses.append((await closed.post("/sign-in", form={"token": "x"})).status)
        seconds[0] += 0.1  # as fast as an address without a token may be
    assert statuses == [401] * 31 + [429] * 2


async def test_a_change_by_cookie_must_say_that_it_comes_from_our_page(closed: Web) -> None:
    cookie = await signed_in(closed)
    assert (await closed.post("/tick", headers=cookie)).status == 401
    assert (
        await closed.post("/tick", headers=cookie | {"Origin": "http://x.example"})
    ).status == 403
    assert (await closed.post("/tick", headers=cookie | OURS)).status == 200
    assert (
        await closed.post("/tick", headers=cookie | {"Sec-Fetch-Site": "same-origin"})
    ).status == 200


async def test_the_cookie_ends_with_the_token_and_with_signing_out(
    closed: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = await signed_in(closed)
    assert (await closed.get("/jobs", headers=cookie)).status == 200
    left = await closed.post("/sign-out", headers=cookie | OURS)
    assert f"{COOKIE}=;" in left.headers["set-cookie"]
    monkeypatch.setattr("tests.web.test_signing_in.TOKENS", {})
    assert (await closed.get("/jobs", headers=cookie)).status == 401


async def test_a_cookie_of_another_key_or_of_yesterday_is_none(
    closed: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = await signed_in(closed)
    monkeypatch.setattr("web.sessions.HOURS", -1)
    assert (await closed.get("/jobs", headers=cookie)).status == 401
    monkeypatch.undo()
    assert (await closed.get("/jobs", headers=cookie)).status == 200
    closed.remake(session_key="another")
    for value in (cookie["Cookie"], f"{COOKIE}={'x' * 5_000}", f"{COOKIE}=a.b.c"):
        assert (await closed.get("/jobs", headers={"Cookie": value})).status == 401


async def test_a_cookie_of_scope_read_looks_and_changes_nothing(closed: Web) -> None:
    cookie = await signed_in(closed, "read")
    assert (await closed.get("/desk", headers=cookie)).status == 200
    refused = await closed.post("/join", headers=cookie | OURS | IN_A_BROWSER, form={})
    assert refused.status == 403
    assert refused.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("elsewhere", ["//x.example", "https://x.example", "/\\x.example", "x", ""])
async def test_nobody_is_sent_elsewhere_after_signing_in(closed: Web, elsewhere: str) -> None:
    answered = await closed.post(
        "/sign-in",
        data=f"token=full&next={quote(elsewhere)}",
        headers=OURS | {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answered.headers["location"] == "/desk"
