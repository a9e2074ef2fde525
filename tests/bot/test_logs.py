"""Log lines: their two forms, and that no secret is in them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from bot.logs import configure_logs
from bot.settings import Settings

SMTP_URL = "smtp://me:hidden-word@host"
SETTINGS = Settings().model_copy(
    update={
        "api_token": SecretStr("the-api-token"),
        "database_url": SecretStr("postgres://me:the-password@db/x"),
    }
)
log = logging.getLogger("core.x")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_line_is_json_with_its_fields(capsys: Captured) -> None:
    configure_logs(SETTINGS)
    log.info("job.offered to %s", "Jo", extra={"job_id": 7})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["job_id"]) == ("job.offered to Jo", 7)
    assert (line["level"], line["logger"]) == ("info", "core.x")


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_shown_wherever_it_came_from(capsys: Captured, form: str) -> None:
    configure_logs(SETTINGS.model_copy(update={"log_format": form}), [SMTP_URL])
    try:
        int("hidden-word the-password")
    except ValueError:
        log.exception("sending with %s", "the-api-token", extra={"url": SMTP_URL})
    said = capsys.readouterr().err
    assert "invalid literal" in said
    assert "Traceback" in said
    assert not [
        hidden for hidden in ("the-api-token", "the-password", "hidden-word") if hidden in said
    ]


def test_one_shot_commands_only_warn(capsys: Captured) -> None:
    configure_logs(SETTINGS, quiet=True)
    log.info("unremarkable")
    assert not capsys.readouterr().err
