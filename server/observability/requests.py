"""Around every request: an id that its logs and its answer carry, one line in the log, and what is measured."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.observability.context import accepted, request_id

if TYPE_CHECKING:
    from opentelemetry.trace import Span

    from server.observability.traces import Tracing

HEADER = "X-Request-ID"
Measured = Callable[[str, str, int, float | None], None]
"""`Metrics.requested`: method, route, status, seconds (None for a stream)."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_STREAM = "text/event-stream"
_REFUSED = 400
_log = logging.getLogger("server.requests")


class Watched:
    """ASGI middleware. Outside of those that refuse, so that what they refuse is counted and has an id too."""

    def __init__(self, app: ASGIApp, measured: Measured, tracing: Tracing | None = None) -> None:
        self._app = app
        self._measured = measured
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name = accepted(Headers(scope=scope).get(HEADER, ""))
        scope.setdefault("state", {})["request_id"] = name
        # Not reset: whoever handles a fault of this request runs outside of us, in the same context.
        request_id.set(name)
        answer = _Answer(name, send)
        started = time.perf_counter()
        try:
            await self._through(scope, receive, answer)
        finally:
            self._told(scope, answer, time.perf_counter() - started)

    async def _through(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        if self._tracing is None:
            await self._app(scope, receive, answer.send)
            return
        with self._tracing.request(method_of(scope), Headers(scope=scope)) as span:
            try:
                await self._app(scope, receive, answer.send)
            finally:
                _named(span, scope, answer.status)

    def _told(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        method, route = method_of(scope), route_of(scope)
        self._measured(method, route, answer.status, None if answer.stream else seconds)
        facts = {"method": method, "route": route, "status": answer.status, "milliseconds": round(seconds * 1000, 1)}
        facts |= _about(scope, answer.status)
        _log.info("%s %s %s", method, route, answer.status, extra={"facts": facts})


def _about(scope: Scope, status: int) -> dict[str, str]:
    """The case of the address, when there is one: what strangers write into an address is not kept."""
    case_id = str(scope.get("path_params", {}).get("case_id", ""))
    return {"case_id": case_id} if case_id and status < _REFUSED else {}


def _named(span: Span, scope: Scope, status: int) -> None:
    route = route_of(scope)
    span.update_name(f"{method_of(scope)} {route}")
    span.set_attributes({"http.route": route, "http.response.status_code": status})


class _Answer:
    """What is sent, with the id on it."""

    def __init__(self, name: str, send: Send) -> None:
        self.status = 500
        """Until something is sent: nothing was."""
        self.stream = False
        self._name = name
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers[HEADER] = self._name
            self.status = int(message["status"])
            self.stream = headers.get("content-type", "").startswith(_STREAM)
        await self._send(message)


def method_of(scope: Scope) -> str:
    """The method, when it is one that anybody uses."""
    method = str(scope["method"])
    return method if method in _METHODS else "OTHER"


def route_of(scope: Scope) -> str:
    """The template of the route that answered, such as `/api/v1/cases/{case_id}`: nobody outside makes up a label."""
    template = str(getattr(scope.get("route"), "path", ""))
    path = str(scope.get("path", ""))
    if not template:
        return "/static" if path.startswith("/static/") else "unmatched"
    # A router that was included knows its routes without its own prefix; ours hold no parameters.
    before = path.split("/")[: -len(template.split("/")) + 1] if template.startswith("/") else path.split("/")
    return "/".join(before) + template
