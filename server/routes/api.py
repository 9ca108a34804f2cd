"""Everything that programs reach: routes, refusals as documents, and the document of it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, FastAPI
from pydantic import JsonValue

from server.problems import ProblemDocument
from server.routes import approvals, audit, cases, errors, queue, running, tickets

API = "/api/v1"
_EVERYWHERE = errors.documented(401, 403, 429, 503)
Document = dict[str, JsonValue]


def add_api(app: FastAPI) -> None:
    """Add the routes. Raises SettingsError when a setting that they need cannot be used."""
    inside = APIRouter(prefix=API, responses=_EVERYWHERE)
    for part in (tickets, cases, approvals, audit, queue):
        inside.include_router(part.router)
    app.include_router(inside)
    app.include_router(running.router)
    errors.install(app)
    app.openapi = _described(app, app.openapi)


def _described(app: FastAPI, plain: Callable[[], object]) -> Callable[[], Document]:
    """The OpenAPI document, with the one schema that every refusal has."""

    def openapi() -> Document:
        document = cast("Document", plain())
        components = cast("Document", document.setdefault("components", {}))
        schemas = cast("Document", components.setdefault("schemas", {}))
        schemas.setdefault("ProblemDocument", ProblemDocument.model_json_schema())
        return document

    return openapi
