"""What every answer carries, and which requests are refused before anything reads them: too large, for another host."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.problems import Problem, ProblemDocument
from server.settings import PREFIX, Settings, SettingsError

_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {framed}"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers would call the origin of our own forms "null".
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_STATIC = "/static/"
_DELIVERIES = "/webhooks/"
"""Their route reads less than anybody else's, and counts what it refuses."""
_FRAMED = "/sidecar"
_ASKED_BY_MACHINES = ("/health", "/ready", "/metrics")
"""Probes come by the container's own address."""
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the settings say. `host` empty: whatever host; `framing`: origins that may show the sidecar."""

    host: str
    https: bool
    framing: tuple[str, ...]
    most_bytes: int

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """Raises SettingsError for what cannot be used."""
        public = urlsplit(settings.public_address)
        return cls(
            host=public.netloc.lower(),
            https=public.scheme == "https",
            framing=tuple(sorted({origin for origins in settings.embedding.values() for origin in origins})),
            most_bytes=settings.number("max_body_kilobytes") * 1024,
        )


class Shield:
    """ASGI middleware, outside of everything else."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending = _Dressed(self._rules, scope, send)
        # A fault is answered outside of every middleware; whoever does it puts these on.
        scope.setdefault("state", {})["carried"] = sending.plain()
        problem = _refused(self._rules, scope)
        if problem is not None:
            await _tell(problem, scope, sending)
            return
        if scope["method"] == "HEAD":
            await _head(self._app, scope, sending)
            return
        if str(scope["path"]).startswith(_DELIVERIES):
            await self._app(scope, receive, sending)
            return
        reading = _Measured(self._rules.most_bytes, scope, receive, sending)
        try:
            await self._app(scope, reading.receive, reading.send)
        except ClientDisconnect:
            if not reading.over:
                raise


def behind_proxies(app: FastAPI, settings: Settings) -> None:
    """Believe the proxies that are named, and nobody else, about who asks and how. Outside of everything else."""
    trusted = [each.strip() for each in settings.trusted_proxies.split(",") if each.strip()]
    for each in trusted:
        try:
            ip_network(each)
        except ValueError:
            wanted = f'{PREFIX}TRUSTED_PROXIES: "{each}" must be an address or a network, such as 172.18.0.0/16'
            raise SettingsError(wanted) from None
    if trusted:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)


def _refused(rules: Rules, scope: Scope) -> Problem | None:
    headers, path = Headers(scope=scope), str(scope["path"])
    if rules.host and headers.get("host", "").lower() != rules.host and path not in _ASKED_BY_MACHINES:
        return Problem(421, "other-host", "This host is not served here", f"Countersign is at {rules.host}.")
    length = headers.get("content-length", "0")
    if path.startswith(_DELIVERIES):
        return None
    if not length.isdecimal() or int(length) > rules.most_bytes:
        return _too_large(rules.most_bytes)
    return None


def _too_large(most: int) -> Problem:
    return Problem(413, "too-large", "The body is too large", f"At most {most // 1024:,} KiB are read.")


async def _head(app: ASGIApp, scope: Scope, send: Send) -> None:
    """What GET would answer, without its body: what monitors ask. A stream ends as soon as it has begun."""
    asked, begun = {**scope, "method": "GET"}, asyncio.Event()
    coming = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        for message in coming:
            return message
        await begun.wait()
        return {"type": "http.disconnect"}

    async def bare(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.set()
            await send(message)
            await send({"type": "http.response.body", "body": b""})

    await app(asked, receive, bare)
    # Whoever measures and logs around us reads which route it was.
    scope.update({name: asked[name] for name in ("route", "endpoint", "path_params") if name in asked})


class _Measured:
    """Counts what comes; beyond the limit the sender is told so, whatever the application says about it."""

    def __init__(self, most: int, scope: Scope, receive: Receive, send: Send) -> None:
        self.over = False
        self._most, self._read = most, 0
        self._scope, self._receive, self._send = scope, receive, send
        self._told = self._begun = False

    async def receive(self) -> Message:
        """The next part; beyond the limit it is as if the sender had gone."""
        if self.over:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read <= self._most:
            return message
        self.over = True
        if not self._begun and not self._told:
            self._told = True
            await _tell(_too_large(self._most), self._scope, self._send)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """An answer, unless one was given."""
        if not self._told:
            self._begun = True
            await self._send(message)


class _Dressed:
    """Puts the headers on an answer; one that a route has chosen stays."""

    def __init__(self, rules: Rules, scope: Scope, send: Send) -> None:
        self._rules, self._path, self._send = rules, str(scope["path"]), send
        self._https = rules.https or scope.get("scheme") == "https"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in self._all(headers):
                headers.setdefault(name, value)
        await self._send(message)

    def plain(self) -> dict[str, str]:
        """The headers of an answer that has chosen none."""
        return dict(self._all(MutableHeaders()))

    def _all(self, given: MutableHeaders) -> Iterable[tuple[str, str]]:
        yield from _ALWAYS.items()
        framed = self._path == _FRAMED or self._path.startswith(f"{_FRAMED}/")
        framing = " ".join(self._rules.framing) if framed and self._rules.framing else "'none'"
        yield "Content-Security-Policy", _POLICY.format(framed=framing)
        if not framed:
            yield "X-Frame-Options", "DENY"
            yield "Cross-Origin-Opener-Policy", "same-origin"
        if self._https:
            yield "Strict-Transport-Security", f"max-age={YEAR}"
        if not self._path.startswith(_STATIC):
            yield "Cache-Control", "private, no-cache" if "etag" in given else "no-store"


async def _tell(problem: Problem, scope: Scope, send: Send) -> None:
    document = ProblemDocument(
        type=f"/problems/{problem.kind}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=str(scope["path"]),
    )
    body = json.dumps(document.model_dump()).encode()
    sizes = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    headers = [*sizes, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
