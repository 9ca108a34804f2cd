"""What the OpenAPI document says beside its routes: how callers prove who they are, and what is true of every route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import JsonValue
from starlette.routing import BaseRoute

from server.auth.cookies import PLAIN
from server.deps import SCOPES
from server.webhook import WINDOW

Document = dict[str, JsonValue]
ABOUT = f"""\
Tickets in, drafts and requests for a signature out. Times are UTC; money is text with its currency: `39.00 USD`.

- **Who asks.** `Authorization: Bearer cs_...`, a key of somebody's account (Your account, Keys for programs). Each call
  names the scope that the key needs; what its owner may no longer do, the key may not do either.
- **Refusals** are problem documents (RFC 9457): `type` is stable, `detail` is for people. 429 and 503 carry
  `Retry-After`: the same request may be sent again then.
- **Lists** come in pages: send `next` back as `cursor` until it is empty. Those that poll carry an `ETag`; sent back as
  `If-None-Match`, it is answered by 304 when nothing changed.
- **Answers to a request** carry `Idempotency-Key`: the same answer with the same key is carried out once. `digest` is
  that of the card that was seen; when something else is asked now, the answer is 409 and nothing happens.
- **Streams** are server-sent events out of a durable log: come back with `Last-Event-ID` and nothing is missed.
- **Webhooks** are signed: `X-Countersign-Timestamp` is the seconds since 1970, at most {int(WINDOW.total_seconds())}
  from ours; `X-Countersign-Signature` is `v1=` and the hex HMAC-SHA256 of `TIMESTAMP.BODY` under the secret of the
  source, BODY being the very bytes that are sent. `X-Countersign-Delivery` names the delivery: again, it counts once.
"""
SCHEMES: Document = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "cs_...",
        "description": "A key of somebody's account. The names beside it are the scopes that it needs.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": PLAIN,
        "description": "Of the console's own pages; what changes something carries X-CSRF-Token as well.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Countersign-Signature",
        "description": "`v1=` and the hex HMAC-SHA256 of `TIMESTAMP.BODY` under the secret of the source.",
    },
}


_ASKED_WITHIN = {"/metrics": ("read",)}
"""Unless the settings open it to everybody."""


def describe(document: Document, routes: Sequence[BaseRoute]) -> None:
    """Add it to the document of these routes."""
    cast("Document", document["info"])["description"] = ABOUT
    cast("Document", document["components"])["securitySchemes"] = SCHEMES
    paths = cast("dict[str, dict[str, Document]]", document["paths"])
    for path, method, scopes in _proofs(routes):
        call = paths.get(path, {}).get(method)
        scopes = scopes or _ASKED_WITHIN.get(path)
        if call is not None and scopes is not None:
            call["security"] = [{"key": [*scopes]}, {"session": []}]
        elif call is not None:
            call["security"] = [{"signature": []}] if path.startswith("/webhooks/") else []


def _proofs(routes: Sequence[BaseRoute]) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    """(path, method, scopes) of every route; None where nobody has to prove anything by a key."""
    for route in iter_route_contexts(routes):
        dependant: object = getattr(route, "dependant", None)
        scopes = _scopes(dependant) if isinstance(dependant, Dependant) else None
        for method in route.methods or ():
            yield route.path_format or "", method.lower(), scopes


def _scopes(dependant: Dependant) -> tuple[str, ...] | None:
    for each in dependant.dependencies:
        known: Mapping[object, tuple[str, ...]] = SCOPES
        found = known.get(each.call) or _scopes(each)
        if found:
            return found
    return None
