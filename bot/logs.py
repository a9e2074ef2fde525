"""Open this for how log lines look: the one place that configures logging."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.settings import MASK, Settings, password_in

CHATTY = ("asyncio", "httpcore", "httpx", "quart", "tortoise", "uvicorn")
SHORTEST_MASKED = 6  # masking a shorter secret would tear ordinary words apart
_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)  # one: json.dumps makes one a line
_OF_EVERY_RECORD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


def configure_logs(settings: Settings, secrets: Iterable[str] = (), *, quiet: bool = False) -> None:
    """Send every log record to standard error, for a person or as JSON; no secret appears.

    `secrets`: those of plugins.toml, besides those of the settings.
    `quiet`: one-shot commands print results, so that only warnings are worth a line.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masked(_form_of(settings), [*settings.secrets, *secrets]))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(settings.log_level)
    if quiet and settings.log_level == "INFO":
        logging.root.setLevel(logging.WARNING)
    # Which process, thread and task wrote a line is not shown: asking the system for it takes time.
    logging.logProcesses = logging.logThreads = logging.logMultiprocessing = False
    # Nor is the place in the source, which is found by walking up the stack: 1.2 µs of 5.6 (timeit,
    # by the way that logging's documentation names).
    logging._srcfile = None  # noqa: SLF001 - the documented switch is a private name
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))


def _form_of(settings: Settings) -> logging.Formatter:
    at_terminal = sys.stderr.isatty()
    if settings.log_format == "console" or (settings.log_format == "auto" and at_terminal):
        return _for_people(colors=at_terminal)
    return _JsonLines()


class _JsonLines(logging.Formatter):
    """One object a line. By hand, since structlog loads rich and pygments: 6 MB of a service."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's message, fields, level, logger, moment and traceback."""
        line: dict[str, object] = {"event": record.getMessage()}
        line |= {k: v for k, v in record.__dict__.items() if k not in _OF_EVERY_RECORD}
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        line |= {"level": record.levelname.lower(), "logger": record.name}
        line["timestamp"] = at.replace("+00:00", "Z")
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(line)


def _for_people(*, colors: bool) -> logging.Formatter:
    import structlog

    plain = structlog.dev.plain_traceback  # the other one shows the values of variables
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain),
        ],
    )


class _Masked(logging.Formatter):
    """Masks secrets in the finished line, wherever they came from."""

    def __init__(self, form: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._form = form
        texts = {text for secret in secrets for text in (secret, password_in(secret))}
        hidden = (text for text in texts if len(text) >= SHORTEST_MASKED)
        self._hidden = sorted(hidden, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without a secret."""
        line = self._form.format(record)
        for secret in self._hidden:
            line = line.replace(secret, MASK)
        return line
