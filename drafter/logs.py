"""Logs: constant dotted event names with ids as fields, one line each; never customer text, never a secret.

log = logging.getLogger(__name__)
log.info("intake.received", extra={"review_id": review_id})
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def fault(error: BaseException) -> dict[str, str]:
    """Return fields that tell of an error and where it came from, without its message: that may hold customer text.

    log.error("drafting.failed", extra={"review_id": review_id, **fault(error)})
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames)
    return {"error": type(error).__name__, "where": where}


class LineFormatter(logging.Formatter):
    """`2026-11-22T14:00:00Z INFO intake.received review_id=rev_1`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, with its traceback below where it has one."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        fields = " ".join(
            f"{name}={json.dumps(value, default=str) if isinstance(value, str) and ' ' in value else value}"
            for name, value in record.__dict__.items()
            if name not in _STANDARD
        )
        line = f"{at} {record.levelname} {record.getMessage()} {fields}".rstrip()
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send what is logged to standard error (or `stream`), one line each, from `level` upwards."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("alembic", "dbos", "httpcore2", "httpx", "httpx2", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
