"""Structured logs: one JSON object on a line, with the request and the case it is about, without personal data.

What people wrote goes through the product's own redactor; keys and secrets are taken out by their form and by name.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from agent.redaction import redact
from server.observability.context import case_id, request_id
from server.settings import Settings

HIDDEN = "[secret]"
_LONGEST = 8_000
_CHATTY = ("httpx", "alembic.runtime.plugins")
"""Libraries that say every step they take."""
_SECRETS = re.compile(
    r"(?i)\b(?:bearer\s+|basic\s+)[\w.~+/=-]{8,}"  # what a program proves itself with
    r"|\bcs_[A-Za-z0-9]+_[A-Za-z0-9_-]{8,}"  # our own keys
    r"|\bcse_[\w.-]{8,}"  # tokens of the sidecar
    r"|(?<=[?&]token=)[\w.~%-]{8,}"  # what an address opens with
    r"|\bv1=[0-9a-f]{64}"  # signatures of deliveries
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"  # the password in an address
)


class JsonLines(logging.Formatter):
    """One line for each record. `secrets` are the values of settings that must not appear anywhere."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        known = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._safe(record.getMessage()),
        }
        about = {"request_id": request_id.get(), "case_id": case_id.get()}
        line |= {name: value for name, value in about.items() if value}
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["error"] = self._safe(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)

    def _safe(self, text: str) -> str:
        found = text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
        if self._known is not None:
            found = self._known.sub(HIDDEN, found)
        return redact(_SECRETS.sub(HIDDEN, found)).text


def secrets_of(settings: Settings) -> list[str]:
    """The values of settings that must not be read in any log."""
    signed = [secret for secrets in settings.webhook_sources.values() for secret in secrets]
    return [*signed, settings.model_api_key, settings.oidc_client_secret]


def log_as_json(secrets: Iterable[str] = (), out: TextIO | None = None, level: int = logging.INFO) -> None:
    """Let every logger of this process write JSON lines to `out` (standard error), and nothing else anywhere."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(JsonLines(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"  # our own line says the same, without the query
