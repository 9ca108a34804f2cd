"""How many requests are answered: for each key or session, for each address, for each webhook source.

Counted in this process: with several, each answers that many.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.auth.cookies import token_of
from server.auth.throttle import network_of
from server.problems import Problem
from server.routes.errors import document_of
from server.settings import PREFIX, Settings, SettingsError

UNLIMITED = ("/health", "/ready", "/static/")
"""What those ask who restart processes, and files."""
_MOST = 10_000
"""Callers that are remembered; the one that was quiet longest is forgotten first."""


@dataclass
class Pace:
    """So many in so many seconds for each name, all at once or spread out; memory is bounded.

    Kept as the moment at which a caller's allowance is whole again (the generic cell rate algorithm).
    """

    many: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict[str, float])

    def wait(self, name: str) -> float:
        """Take one of a caller's allowance; 0.0 when there was one, else the seconds until there is."""
        now, step = self.clock(), self.seconds / self.many
        full_at = max(self._full_at.pop(name, now), now)
        early = full_at + step - now - self.seconds
        self._full_at[name] = full_at if early > 0 else full_at + step
        if len(self._full_at) > _MOST:
            self._full_at.popitem(last=False)
        return max(0.0, early)


def pace_of(settings: Settings, name: str) -> Pace:
    """The pace that a setting names. Raises SettingsError for what is none, such as `many`."""
    from limits import parse

    written = str(getattr(settings, name))
    try:
        item = parse(written)
    except ValueError:
        raise SettingsError(f'{PREFIX}{name.upper()}: write 1200/minute, not "{written}"') from None
    if item.amount < 1:
        raise SettingsError(f"{PREFIX}{name.upper()}: at least 1")
    return Pace(item.amount, float(item.get_expiry()))


class Limited:
    """ASGI middleware: 429 with Retry-After for whoever asks too often.

    A key or session has an allowance of its own once it was accepted; until then, and without one, the address counts.
    Whoever tries made-up keys therefore uses up the allowance of their address.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._callers = pace_of(settings, "rate_limit")
        self._sources = pace_of(settings, "webhook_rate_limit")
        self._proven: OrderedDict[str, None] = OrderedDict()
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or not."""
        if scope["type"] != "http" or str(scope["path"]).startswith(UNLIMITED):
            await self._app(scope, receive, send)
            return
        credential = _credential(Request(scope), self._settings)
        seconds = self._wait(scope, credential)
        if seconds > 0:
            await document_of(Request(scope), _too_many(seconds))(scope, receive, send)
            return

        async def noting(message: Message) -> None:
            if credential and message["type"] == "http.response.start":
                # Not by the status: pages that are open to everybody answer 200 to whatever is presented.
                self._note(credential, accepted=scope.get("state", {}).get("principal") is not None)
            await send(message)

        await self._app(scope, receive, noting)

    def _wait(self, scope: Scope, credential: str) -> float:
        path = str(scope["path"])
        if path.startswith("/webhooks/"):
            return self._sources.wait(f"{_address(scope)} {path[:80]}")
        return self._callers.wait(credential if credential in self._proven else _address(scope))

    def _note(self, credential: str, *, accepted: bool) -> None:
        self._proven.pop(credential, None)
        if accepted:
            self._proven[credential] = None
        if len(self._proven) > _MOST:
            self._proven.popitem(last=False)


def _too_many(seconds: float) -> Problem:
    whole = max(1, int(seconds) + (seconds > int(seconds)))
    said = f"Wait {whole} s, as Retry-After says."
    return Problem(429, "too-many-requests", "Too many requests", said, headers={"Retry-After": str(whole)})


def _credential(request: Request, settings: Settings) -> str:
    """What the caller presents, hashed: it is never kept as it is. Nothing beside it makes it another one."""
    given = request.headers.get("authorization", "").partition(" ")[2].strip() or token_of(request, settings)
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest() if given else ""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return network_of(str(client[0])) if client else "unknown"
