"""Which request and which case the current thread or task works for: what logs and traces are tied together by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

request_id: ContextVar[str] = ContextVar("request_id", default="")
case_id: ContextVar[str] = ContextVar("case_id", default="")


def accepted(offered: str) -> str:
    """The id of a request: the one that came with it when it is well formed, else a new one."""
    return offered if _WELL_FORMED.fullmatch(offered) else uuid.uuid4().hex


@contextmanager
def about_case(name: str) -> Generator[None]:
    """Everything that is logged inside is about this case."""
    token = case_id.set(name)
    try:
        yield
    finally:
        case_id.reset(token)
