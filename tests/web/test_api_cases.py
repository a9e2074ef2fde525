"""Cases made from the description of the API: nothing undocumented is answered, and never a 5xx.

`API_CASES` sets how many are made in all; more than the default are random each time.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from quart import Quart
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.result import Ok

from tests.web.conftest import BASE, Web, open_web
from web.stream import BEGINNING, Streams

DEFAULT_CASES = 2000
CASES = int(os.environ.get("API_CASES", DEFAULT_CASES))
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def test_cases_from_the_description_are_answered_as_described(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Streams, "bytes_for", _that_end)
    path = tmp_path / "cases.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    with asyncio.Runner() as loop:
        web = loop.run(open_web(path))
        try:
            loop.run(_fill(web))
            description = loop.run(web.get("/openapi.json")).body
            _try_every_operation(loop, web.app, description)
        finally:
            loop.run(web.router.runner.close())


async def _that_end(*_: object) -> AsyncIterator[bytes]:
    """Stand for a stream, which would go on and on; streams have tests of their own."""
    yield BEGINNING


def _try_every_operation(loop: asyncio.Runner, app: Quart, description: dict[str, Any]) -> None:
    del description["components"]["securitySchemes"]  # open mode: tokens have tests of their own
    for methods in description["paths"].values():
        for described in methods.values():
            described["security"] = []
    schema = schemathesis.openapi.from_dict(description)
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found) > 20
    each = max(1, CASES // (len(operations) * len(MODES)))
    for operation in operations:
        for mode in MODES:
            _try(loop, app, operation.as_strategy(generation_mode=mode), each)


def _try(loop: asyncio.Runner, app: Quart, cases: st.SearchStrategy[Case[Any]], each: int) -> None:
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        derandomize=CASES == DEFAULT_CASES,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def answered_as_described(case: Case[Any]) -> None:
        by_form = case.media_type not in (None, "application/json")  # wrong forms may look right
        strict = [] if by_form else [checks.negative_data_rejection]
        case.validate_response(loop.run(_send(app, case)), checks=CHECKS + strict)

    with suppress(Unsatisfiable):  # nothing about this operation can be wrong
        answered_as_described()


async def _send(app: Quart, case: Case[Any]) -> httpx.Response:
    prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    body: Any = prepared.body or b""
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))  # type: ignore[arg-type]  # httpx knows plain dicts only
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.request(
            str(prepared.method),
            str(prepared.url),
            headers={name: str(value) for name, value in prepared.headers.items()},
            content=body.encode() if isinstance(body, str) else body,
        )


async def _fill(web: Web) -> None:
    await web.sync()
