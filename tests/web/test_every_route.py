"""Habits that hold for every route: guarded, described, recorded, safe."""

from __future__ import annotations

import logging
import re

import pytest

from tests.web.conftest import Web
from web import Scope, operation
from web.operation import operation_of
from web.record import HEADERS

OPEN = {
    *("/health", "/ready", "/approve", "/channels/<name>/webhook"),
    *("/sign-in", "/sign-out"),  # which give a way in by a token, or take it away
}


def routes(web: Web) -> list[tuple[str, str, str]]:
    """Return (method, rule, path with ids filled in) of every route of ours."""
    return [
        (method, rule.rule, re.sub("<[^>]+>", "1", rule.rule))
        for rule in web.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != "static"
    ]


async def test_every_route_but_the_open_ones_needs_a_token(web: Web) -> None:
    web.remake(api_token="right")
    for method, rule, path in routes(web):
        answered = await web.ask(method, path)
        assert (answered.status == 401) == (rule not in OPEN), (method, rule)


async def test_every_route_declares_its_scope(web: Web) -> None:
    for rule in web.app.url_map.iter_rules():
        declared = operation_of(web.app.view_functions, rule.endpoint)
        assert declared or rule.endpoint == "static", rule.rule
        if declared and rule.rule in OPEN:
            assert declared.scope is Scope.OPEN


async def test_every_route_is_described_with_its_errors(web: Web) -> None:
    description = (await web.get("/openapi.json")).body
    assert description["openapi"].startswith("3.1.")
    described = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }
    known = {(m, re.sub("<(?:[a-z]+:)?([^>]+)>", r"{\1}", rule)) for m, rule, _ in routes(web)}
    assert described == known
    for method, path in known:
        operation = description["paths"][path][method.lower()]
        assert operation["summary"], path
        assert {"403", "421", "429", "503"} <= set(operation["responses"])
        assert ("404" in operation["responses"]) >= ("{" in path)
        assert bool(operation["security"]) == (
            path not in {p.replace("<", "{").replace(">", "}") for p in OPEN}
        )


async def test_every_answer_has_an_id_and_safe_headers(web: Web) -> None:
    paths = [("GET", "/nowhere"), ("PUT", "/jobs"), *((m, p) for m, _, p in routes(web))]
    for method, path in paths:
        asked = "HEAD" if path == "/stream" else method  # which goes on and on
        answered = await web.ask(asked, path)
        assert answered.status < 500, (method, path, answered.text)
        assert re.fullmatch("[0-9a-f]{16}-[0-9]+", answered.headers["x-request-id"])
        for name, value in HEADERS:
            assert answered.headers[name.lower()] == value, (path, name)
        assert "frame-ancestors 'none'" in answered.headers["content-security-policy"]
        assert answered.headers["cache-control"] == "no-store"


async def test_every_error_is_problem_json(web: Web) -> None:
    for method, path in [
        ("GET", "/nowhere"),
        ("GET", "/jobs/9"),
        ("DELETE", "/jobs"),
        ("POST", "/jobs"),
    ]:
        answered = await web.ask(method, path)
        assert answered.headers["content-type"] == "application/problem+json"
        assert answered.body["ok"] is False
        assert answered.body["status"] == answered.status
        assert answered.body["error"]
        assert answered.body["detail"]
        assert "\n" not in answered.body["detail"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
async def test_a_wrong_method_is_405_and_names_the_right_ones(web: Web, method: str) -> None:
    answered = await web.ask(method, "/jobs")
    assert (answered.status, answered.body["error"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answered.headers["allow"].split(", "))


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/",
        "/jobs/0",
        "/jobs/-1",
        "/jobs/+1",
        "/jobs/01",
        "/jobs/1abc",
        "/jobs/1.0",
        "/jobs/%D9%A3",
        "/jobs/9223372036854775808",
        "/jobs/99999999999999999999999999",
        "/jobs/%00",
        "/offers/x",
        "/static/../app.py",
        "/static/%00",
        "/static/nothing.css",
        "/Jobs",
    ],
)
async def test_what_is_no_path_of_ours_is_404(web: Web, path: str) -> None:
    assert (await web.get(path)).status == 404


async def test_the_largest_id_is_an_id(web: Web) -> None:
    assert (await web.get("/jobs/999999999999999999")).body["error"] == "not_found"


async def test_a_path_of_two_methods_with_an_id_too_long_is_404_for_both(web: Web) -> None:
    too_long = "/jobs/1000000000000000000"
    assert [(await web.ask(method, too_long)).status for method in ("GET", "PATCH")] == [404, 404]


async def test_a_sane_request_id_is_kept_and_any_other_replaced(web: Web) -> None:
    kept = await web.get("/health", headers={"X-Request-Id": "abc-1.2_3"})
    assert kept.headers["x-request-id"] == "abc-1.2_3"
    for other in ("", "a b", "x" * 65, "é", "<script>"):
        answered = await web.get("/health", headers={"X-Request-Id": other})
        assert re.fullmatch("[0-9a-f]{16}-[0-9]+", answered.headers["x-request-id"])


@pytest.mark.parametrize("path", ["/jobs", "/approve", "/webhooks/driver_response", "/tick"])
async def test_over_a_megabyte_is_413(web: Web, path: str) -> None:
    body = b'{"notes":"' + b"x" * 1_000_000 + b'"}'
    answered = await web.post(path, data=body, headers={"Content-Type": "application/json"})
    assert answered.status == 413
    assert answered.headers["x-request-id"]


async def test_a_body_that_never_ends_is_408(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "BODY_SECONDS", 0)
    client = web.app.test_client()
    headers = {"Host": "localhost"}
    async with client.request("/tick", method="POST", headers=headers) as connection:
        await connection.send(b"{")
        await connection.receive()  # the answer comes before the body has ended
        answered = await connection.as_response()
    assert answered.status_code == 408


async def test_a_change_with_a_wrong_body_is_refused_everywhere(web: Web) -> None:
    await web.offered_job()
    for method, rule, path in routes(web):
        if method != "POST" or rule == "/channels/<name>/webhook":
            continue
        as_json = {"headers": {"Content-Type": "application/json"}}
        assert (await web.post(path, data=b"[]", **as_json)).status == 400, rule
        assert (await web.post(path, data=b"{", **as_json)).status == 400, rule
        answered = await web.post(path, data=b"a", headers={"Content-Type": "text/plain"})
        assert answered.status == 415, rule
        if rule != "/jobs":
            unknown = await web.post(path, json={"surprise": 1})
            assert unknown.status == 422, rule
            assert "surprise" in unknown.text


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("cursor=-1", "cursor"),
        ("cursor=99999999999999999999", "cursor"),
        ("status=lost", "status"),
        ("stauts=approved", "stauts"),
        ("q=%00", "q"),
        ("q=%E2%80%AE", "q"),
    ],
)
async def test_a_query_that_cannot_be_taken_is_422_naming_it(
    web: Web, query: str, named: str
) -> None:
    answered = await web.get(f"/jobs?{query}")
    assert answered.status == 422, answered.text
    assert named in [problem["field"] for problem in answered.body["fields"]]


async def test_the_log_has_one_line_a_request_and_no_query(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "web.access"):
        await web.get("/approve?token=secret-token")
        await web.get("/jobs/jo@example.com")
    lines = [record.__dict__ for record in caplog.records if record.name == "web.access"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/approve", 404),
        ("GET", "(none)", 404),
    ]
    assert "secret-token" not in caplog.text + str(lines)
    assert "jo@example.com" not in str(lines)


async def test_head_is_taken_where_get_is(web: Web) -> None:
    assert (await web.ask("HEAD", "/health")).status == 200  # the server leaves the body out
