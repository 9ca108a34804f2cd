"""How long to wait for an endpoint: a limit on the whole answer, and what `Retry-After` asks for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpx2

LARGEST = 4_000_000
"""Bytes of a response; no answer of ours is near it."""
FIRST_WAIT = 0.5


class Watched(httpx2.SyncByteStream):
    """A response body that has to arrive whole before `deadline` (monotonic seconds).

    The client's own timeout counts from byte to byte: an endpoint that drips blanks to keep a connection open would
    hold a case for ever.
    """

    def __init__(self, body: httpx2.SyncByteStream, deadline: float) -> None:
        self._body = body
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._body:
            size += len(chunk)
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the answer was not complete in time")
            if size > LARGEST:
                raise httpx2.ReadError("the answer is far too long")
            yield chunk

    def close(self) -> None:
        """Let the connection go."""
        self._body.close()


class PatientTransport(httpx2.HTTPTransport):
    """Gives every response as long as its request's read timeout, all in all."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """As the parent, with a deadline on the body."""
        allowed = request.extensions.get("timeout", {}).get("read")
        started = time.monotonic()
        response = super().handle_request(request)
        if allowed is not None and isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = Watched(response.stream, started + allowed)
        return response


def wait_after(headers: Mapping[str, str], attempt: int) -> float:
    """Seconds to wait before trying again: what the endpoint asks for, else a little more each time."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        asked = _number(headers.get(name, ""))
        if asked is not None:
            return asked / unit
    dated = _until(headers.get("retry-after", ""), headers.get("date", ""))
    return dated if dated is not None else FIRST_WAIT * 2**attempt


def _number(text: str) -> float | None:
    return float(text) if text.replace(".", "", 1).isdecimal() else None


def _until(then: str, now: str) -> float | None:
    """Between two HTTP dates, both by the endpoint's clock: ours may be wrong."""
    try:
        return max((parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
