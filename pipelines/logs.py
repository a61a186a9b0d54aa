"""Structured logs on stderr: text on a terminal, JSON lines otherwise. Radio text is cleaned, secrets are hidden."""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from vessels.text import clean

_SECRET: Final = re.compile(r"password|passwd|secret|token|api_?key|authorization|credential", re.IGNORECASE)


def configure(level: str, form: str) -> None:
    """Send the process's logs to stderr from `level` on, as `text`, `json` or `auto`."""
    terminal = sys.stderr.isatty()
    text = form == "text" or (form == "auto" and terminal)
    colours = terminal and not os.environ.get("NO_COLOR")  # https://no-color.org
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _harmless,
            structlog.dev.ConsoleRenderer(colors=colours) if text else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _harmless(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values under secret names and strip control characters from texts."""
    return {key: "***" if _SECRET.search(key) else _cleaned(key, value) for key, value in event.items()}


def _cleaned(key: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    lines = value.splitlines() if key == "exception" else [value]  # only a traceback may take several lines
    return "\n".join(map(clean, lines))
