"""Everything that programs reach: routes, refusals as documents, and the document of it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from fastapi import APIRouter, FastAPI

from server.costs import prices_of
from server.inbound import InboundTicket
from server.observability.metrics import Metrics
from server.problems import ProblemDocument
from server.rates import Limited, pace_of
from server.routes import (
    approvals,
    audit,
    cases,
    errors,
    knowledge,
    measures,
    people,
    playbooks,
    queue,
    running,
    settings,
    streams,
    tickets,
    webhooks,
)
from server.routes.described import Document, describe
from server.service import Service
from server.settings import PREFIX, SettingsError

API = "/api/v1"
WHOLE = 100
_EVERYWHERE = errors.documented(401, 403, 429, 503)


def add_api(app: FastAPI) -> None:
    """What the routes need beside themselves. Raises SettingsError when a setting that they need cannot be used."""
    service: Service = app.state.service
    _check(service)
    app.state.metrics = Metrics(service)
    errors.install(app)
    app.add_middleware(Limited, settings=service.settings)
    app.openapi = _described(app, app.openapi)


def add_routes(app: FastAPI) -> None:
    """Every route of the API, the webhooks, and what monitors ask."""
    inside = APIRouter(prefix=API, responses=_EVERYWHERE)
    for part in (tickets, streams, cases, approvals, audit, queue, people, knowledge, playbooks, settings):
        inside.include_router(part.router)
    app.include_router(inside)
    for part in (webhooks, running, measures):
        app.include_router(part.router)


def _check(service: Service) -> None:
    """Settings that only some request would read are read now, so that a mistake in them shows at the start."""
    chosen = service.settings
    _ = (chosen.proving, prices_of(chosen), chosen.number("ready_queue_seconds"))
    _ = chosen.number("weekly_sample")
    if chosen.number("calibration_percent") > WHOLE:
        raise SettingsError(f"{PREFIX}CALIBRATION_PERCENT is a share: 0 to {WHOLE}, not {chosen.calibration_percent}")
    _ = (pace_of(chosen, "rate_limit"), pace_of(chosen, "webhook_rate_limit"))


def _described(app: FastAPI, plain: Callable[[], object]) -> Callable[[], Document]:
    """The OpenAPI document, with the one schema that every refusal has."""

    def openapi() -> Document:
        document = cast("Document", plain())
        components = cast("Document", document.setdefault("components", {}))
        schemas = cast("Document", components.setdefault("schemas", {}))
        for model in (ProblemDocument, InboundTicket):
            found = cast("Document", model.model_json_schema(ref_template="#/components/schemas/{model}"))
            found.pop("$defs", None)  # the routes name them as well
            schemas.setdefault(model.__name__, found)
        describe(document, app.routes)
        return document

    return openapi
