"""How a request comes in and its answer goes out, with one task instead of Quart's three."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from quart import Request
from quart.asgi import ASGIHTTPConnection
from quart.signals import request_finished, request_started, request_tearing_down
from werkzeug.exceptions import Conflict

from tests.web.conftest import Web
from web.asked import Asked
from web.context import fixed_paths

GONE = {"type": "http.disconnect"}
CONFIG = {"MAX_CONTENT_LENGTH": 100, "BODY_TIMEOUT": 60}


async def nothing_comes() -> Any:
    await asyncio.Event().wait()


def scope_of(*headers: tuple[bytes, bytes], method: str = "POST", path: str = "/tick") -> Any:
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "client": ("203.0.113.9", 50000),
        "headers": [(b"host", b"localhost"), *headers],
    }


async def answers_to(web: Web, scope: Any, *messages: Any) -> list[Any]:
    """Return what the app sends to a client that sends these messages, then nothing more."""
    coming, sent = iter(messages), []

    async def receive() -> Any:
        return next(coming, None) or await nothing_comes()

    async def send(message: Any) -> None:
        sent.append(message)

    async with asyncio.timeout(20):
        await web.app(scope, receive, send)
    return sent


def piece(body: bytes, *, more: bool) -> Any:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_in_pieces_is_read_whole(web: Web) -> None:
    scope = scope_of(path="/jobs")
    pieces = [b'{"sheet', b'_job_id"', b':"A-1"}']
    messages = [piece(part, more=True) for part in pieces]
    sent = await answers_to(web, scope, *messages, piece(b"", more=False))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 201
    assert (await web.get("/jobs/1")).body["sheet_job_id"] == "A-1"


async def test_a_client_that_hangs_up_before_its_body_ends_changes_nothing(web: Web) -> None:
    body = piece(b'{"sheet_job_id":"A-1"}', more=True)
    assert await answers_to(web, scope_of(path="/jobs"), body, GONE) == []
    assert (await web.get("/jobs")).body["jobs"] == []


async def test_who_may_not_come_in_is_told_so_before_the_body_came(web: Web) -> None:
    web.remake(api_token="right")
    sent = await answers_to(web, scope_of((b"content-length", b"100")))
    assert sent[0]["status"] == 401


async def test_a_body_that_is_too_long_by_its_own_account_is_not_waited_for(web: Web) -> None:
    sent = await answers_to(web, scope_of((b"content-length", b"1000001")))
    assert sent[0]["status"] == 413


async def test_what_was_begun_is_finished_though_the_client_hung_up(web: Web) -> None:
    await web.offered_job()
    reply = b'{"from":"+447700900001","response":"YES"}'
    scope = scope_of(path="/webhooks/driver_response")
    sent = await answers_to(web, scope, piece(reply, more=False), GONE)
    assert sent[0]["status"] == 200
    assert (await web.get("/jobs/1")).body["status"] == "assigned"


async def test_an_answer_nobody_takes_ends(web: Web) -> None:
    web.app.config["RESPONSE_TIMEOUT"] = 0

    async def send(_message: Any) -> None:
        await nothing_comes()

    async with asyncio.timeout(20):
        await web.app(scope_of(method="GET", path="/health"), nothing_comes, send)


async def test_a_file_is_not_sent_on_to_who_hung_up(web: Web) -> None:
    begun = asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            begun.set()
            await nothing_comes()

    async def receive() -> Any:
        await begun.wait()
        return GONE

    async with asyncio.timeout(20):
        await web.app(scope_of(method="GET", path="/static/page.css"), receive, send)


def test_the_peer_comes_first_whatever_the_client_says_it_is() -> None:
    given = ((b"remote-addr", b"127.0.0.1"), (b"x-two", b"a"), (b"X-Two", b"b"))
    asked = Asked(scope_of(*given), nothing_comes, CONFIG)
    assert asked.headers["Remote-Addr"] == asked.remote_addr == "203.0.113.9"
    assert asked.headers.getlist("x-two") == ["a", "b"]
    assert asked.first(b"x-two") == "a"
    assert asked.first(b"x-three") is None


def test_all_that_quart_sets_on_a_request_is_set_on_ours(web: Web) -> None:
    scope = scope_of((b"content-length", b"2"))
    connection = ASGIHTTPConnection(web.app, scope)
    theirs = connection._create_request_from_scope(lambda _: nothing_comes())
    ours = Asked(scope, nothing_comes, web.app.config)
    assert type(theirs) is Request
    made_at_need = {"headers", "_parsing_lock", "content_length"}
    assert vars(theirs).keys() - vars(ours).keys() <= made_at_need
    plain = {name for name, value in vars(theirs).items() if isinstance(value, str | int | dict)}
    plain -= {"content_length"}
    assert {n: getattr(ours, n) for n in plain} == {n: getattr(theirs, n) for n in plain}
    assert dict(ours.headers) == dict(theirs.headers)
    assert ours.content_length == theirs.content_length
    assert ours._parsing_lock.locked() is False


def test_a_path_that_is_looked_up_leads_where_matching_leads(web: Web) -> None:
    fixed = fixed_paths(web.app.url_map)
    for (method, path), rule in fixed.items():
        adapter = web.app.url_map.bind("")
        assert adapter.match(path, method, return_rule=True) == (rule, {})
    rules = list(web.app.url_map.iter_rules())
    paths = {(method, rule.rule) for rule in rules for method in rule.methods or ()}
    assert paths - fixed.keys() == {one for one in paths if "<" in one[1]}
    assert len(fixed) > 20


@pytest.mark.parametrize("path", ["//jobs", "/jobs"])
async def test_slashes_at_the_beginning_count_as_one(web: Web, path: str) -> None:
    sent = await answers_to(web, scope_of(method="GET", path=path))
    assert sent[0]["status"] == 200


def test_nothing_is_hooked_into_requests_since_hooks_are_not_walked(web: Web) -> None:
    app = web.app
    hooks: list[Mapping[Any, Any]] = [app.before_request_funcs, app.after_request_funcs]
    hooks += [app.teardown_request_funcs, app.url_value_preprocessors]
    assert not any(any(hooked.values()) for hooked in hooks)
    assert not app.teardown_appcontext_funcs
    for signal in (request_started, request_finished, request_tearing_down):
        assert not signal.receivers


async def test_an_unforeseen_error_is_told_without_its_cause(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_given: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setitem(web.app.view_functions, "health.health", fail)
    answered = await web.get("/health")
    assert (answered.status, answered.body["error"]) == (500, "internal")
    assert "secret" not in answered.text


async def test_an_error_of_http_raised_by_a_handler_is_problem_json(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_given: Any) -> Any:
        raise Conflict

    monkeypatch.setitem(web.app.view_functions, "health.health", fail)
    answered = await web.get("/health")
    assert (answered.status, answered.body["error"]) == (409, "conflict")
