"""Health, readiness, figures, pages, channel webhooks, and storage that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from core.channel import SendOnly, WebhookAnswer, WebhookRequest
from core.errors import DatabaseBusy, StorageFault
from core.testing import FakeChannel
from tests.web.conftest import Web


class Hooked(SendOnly):
    """A channel whose webhook does what a test wants."""

    name = "hooked"

    def __init__(self, outcome: WebhookAnswer | Exception | None) -> None:
        self.outcome = outcome
        self.asked: list[WebhookRequest] = []

    async def send(self, message: Any) -> Any:
        """Take nothing."""
        raise NotImplementedError

    async def webhook(self, request: WebhookRequest) -> WebhookAnswer:
        """Answer, raise or hang."""
        self.asked.append(request)
        if self.outcome is None:
            await asyncio.Event().wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        assert self.outcome is not None
        return self.outcome


async def test_health_is_one_word(web: Web) -> None:
    assert (await web.get("/health")).body == {"status": "ok"}


async def test_ready_names_what_is_not_well(web: Web) -> None:
    assert (await web.get("/ready")).status == 200

    async def ready() -> Mapping[str, str]:
        return {"channel telegram": "no answer for 40 s", "clock": "late"}

    web.remake(ready=ready)
    answered = await web.get("/ready")
    assert (answered.status, answered.body["error"]) == (503, "not_ready")
    assert answered.body["problems"] == {"channel telegram": "no answer for 40 s", "clock": "late"}
    assert "clock" in answered.body["detail"]


async def test_figures_are_by_route_template_and_show_the_backlog(web: Web) -> None:
    await web.offered_job()
    await web.get("/jobs/1")
    await web.get("/jobs/jo@example.com")
    answered = await web.get("/metrics")
    assert answered.headers["content-type"].startswith("text/plain")
    lines = answered.text.splitlines()
    counted = (
        'dispatch_http_requests_total{method="GET",route="/jobs/<id:job_id>",status="200"} 1.0'
    )
    assert counted in lines
    assert 'dispatch_backlog{what="jobs_offering"} 1.0' in lines
    assert 'dispatch_backlog{what="offers_open"} 1.0' in lines
    assert "jo@example.com" not in answered.text


async def test_two_apps_count_apart(web: Web) -> None:
    await web.get("/health")
    web.remake()
    assert 'route="/health"' not in (await web.get("/metrics")).text


async def test_the_front_door_says_what_this_is(web: Web) -> None:
    page = await web.get("/")
    assert page.status == 200
    assert "/docs" in page.text
    assert "0.1.0" in page.text


async def test_the_documentation_works_offline_and_without_inline_scripts(web: Web) -> None:
    page = await web.get("/docs")
    assert page.status == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    assert "<script>" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src" not in policy  # default-src 'self' holds for scripts
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "LICENSE"):
        assert (await web.get(f"/static/vendor/swagger-ui/{name}")).status == 200


async def test_a_webhook_goes_to_its_channel_as_it_came(web: Web) -> None:
    channel = Hooked(WebhookAnswer(202, b"taken", "text/plain"))
    web.remake(channels={"hooked": channel})
    headers = {"X-Secret": "s", "Content-Type": "application/octet-stream"}
    answered = await web.post("/channels/hooked/webhook?a=1", data=b"\xff\x00{", headers=headers)
    assert (answered.status, answered.text) == (202, "taken")
    asked = channel.asked[0]
    assert (asked.method, asked.path, asked.query) == (
        "POST",
        "/channels/hooked/webhook",
        {"a": "1"},
    )
    assert asked.headers["x-secret"] == "s"
    assert asked.body == b"\xff\x00{"
    assert asked.peer == "127.0.0.1"
    assert (await web.post("/channels/other/webhook")).status == 404


async def test_a_channel_without_a_webhook_is_404_as_any_other_path(web: Web) -> None:
    web.remake(channels={"hooked": Hooked(WebhookAnswer(404, b"none", "text/plain"))})
    answered = await web.post("/channels/hooked/webhook")
    assert (answered.status, answered.body["error"]) == (404, "not_found")


@pytest.mark.parametrize("fault", [RuntimeError("boom"), None, DatabaseBusy("locked")])
async def test_a_channel_that_fails_acknowledges_nothing(web: Web, fault: Exception | None) -> None:
    web.remake(channels={"hooked": Hooked(fault)}, webhook_timeout=0.01)
    answered = await web.post("/channels/hooked/webhook")
    assert answered.status == 503
    assert answered.headers["retry-after"]
    assert "boom" not in answered.text


async def test_a_channel_of_the_house_answers_its_webhook(web: Web) -> None:
    web.remake(channels={"fake": FakeChannel("fake")})
    assert (await web.post("/channels/fake/webhook")).status < 500


@pytest.mark.parametrize(
    ("fault", "code"),
    [(DatabaseBusy("locked"), "database_busy"), (StorageFault("disk full"), "storage_fault")],
)
async def test_storage_that_fails_is_503_with_retry_after(
    web: Web, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise fault

    link = await web.new_link()
    monkeypatch.setattr(web.router, "create_job", fail)
    monkeypatch.setattr(web.router, "read_link", fail)
    answered = await web.post("/jobs", json={"sheet_job_id": "A-1"})
    assert (answered.status, answered.body["error"]) == (503, code)
    assert answered.headers["retry-after"] == "1"
    assert "disk full" not in answered.text
    page = await web.get(link)
    assert page.status == 503
    assert page.headers["content-type"].startswith("text/html")


async def test_a_fault_of_ours_is_told_without_its_text(
    web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(web.router, "tick", fail)
    answered = await web.post("/tick")
    assert (answered.status, answered.body["error"]) == (500, "internal")
    assert "secret" not in answered.text
    assert "web.failed" in caplog.text


async def test_a_websocket_is_closed_before_it_opens(web: Web) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "websocket", "path": "/jobs", "headers": []}
    await web.app(scope, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]
