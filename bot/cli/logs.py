"""Logs as key=value lines on stderr, in UTC, without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_NAMES = re.compile(
    r"card_number|pin_code|claim_url|authorization|password|secret|token$|api_key", re.I
)
_SECRET_TEXTS = re.compile(
    r"\b(xox[a-z]|xapp|xwfp)-[\w.-]+|\bBearer\s+\S+|\bBasic\s+[\w+/=]{8,}", re.IGNORECASE
)
_HIDDEN = "(hidden)"
# Below warning these log payloads. Filtered by name, because Bolt sets the levels of its loggers itself.
_CHATTY = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp", "uvicorn")


def configure(level: str = "info") -> None:
    """Send our own and the libraries' logs through the same lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_worth_a_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.LogfmtRenderer(
                    key_order=["timestamp", "level", "event"], bool_as_flag=False
                ),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or not record.name.startswith(_CHATTY)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor: replaces tokens, and values whose name is that of a secret."""
    for name, value in event.items():
        event[name] = _HIDDEN if _SECRET_NAMES.search(name) else _without_secrets(value)
    return event


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXTS.sub(_HIDDEN, value)
    if isinstance(value, dict):
        return {
            name: _HIDDEN if _SECRET_NAMES.search(str(name)) else _without_secrets(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets(inner) for inner in value]
    if isinstance(value, bytes | BaseException):
        return _SECRET_TEXTS.sub(_HIDDEN, str(value))
    return value
