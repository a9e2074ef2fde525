"""Open this for how log lines look: the one place that configures logging."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import MASK, Settings, password_in

CHATTY = ("asyncio", "httpcore", "httpx", "quart", "tortoise", "uvicorn")
SHORTEST_MASKED = 6  # masking a shorter secret would tear ordinary words apart


def configure_logs(settings: Settings, secrets: Iterable[str] = (), *, quiet: bool = False) -> None:
    """Send every log record to standard error, for a person or as JSON; no secret appears.

    `secrets`: those of plugins.toml, besides those of the settings.
    `quiet`: one-shot commands print results, so that only warnings are worth a line.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings),
                _mask([*settings.secrets, *secrets]),
            ],
        )
    )
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(settings.log_level)
    if quiet and settings.log_level == "INFO":
        logging.root.setLevel(logging.WARNING)
    # Which process, thread and task wrote a line is not shown: asking the system for it takes time.
    logging.logProcesses = logging.logThreads = logging.logMultiprocessing = False
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))


def _rendering(settings: Settings) -> list[Processor]:
    plain = structlog.dev.plain_traceback  # the other one shows the values of variables
    at_terminal = sys.stderr.isatty()
    if settings.log_format == "console" or (settings.log_format == "auto" and at_terminal):
        return [structlog.dev.ConsoleRenderer(colors=at_terminal, exception_formatter=plain)]
    encoder = json.JSONEncoder(default=str, ensure_ascii=False)  # one: json.dumps makes one a line
    as_json = structlog.processors.JSONRenderer(lambda line, **_: encoder.encode(line))
    return [structlog.processors.format_exc_info, as_json]


def _mask(secrets: Iterable[str]) -> Processor:
    """Return the last step: it masks secrets in the finished line, wherever they came from."""
    texts = {text for secret in secrets for text in (secret, password_in(secret))}
    hidden = sorted((text for text in texts if len(text) >= SHORTEST_MASKED), key=len, reverse=True)

    def mask(_logger: WrappedLogger, _method: str, line: EventDict | str) -> str:
        text = str(line)
        for secret in hidden:
            text = text.replace(secret, MASK)
        return text

    return mask
