"""`/metrics` in the text format of Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from server.auth.principal import Scope
from server.deps import Parts, principal_of
from server.observability.metrics import Metrics
from server.problems import forbidden
from server.routes.errors import documented
from server.service import Service

router = APIRouter(tags=["running"])
OPEN = "open"


def measures_of(request: Request) -> Metrics:
    """The figures of this application."""
    found: Metrics = request.app.state.metrics
    return found


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"description": "Figures", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **documented(401, 403, 429),
    },
)
def metrics(request: Request, service: Parts) -> Response:
    """What is measured: requests, deliveries, cases, work, the model, effects, streams."""
    _may_read(request, service)
    return Response(generate_latest(measures_of(request).registry), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, service: Service) -> None:
    if service.settings.metrics == OPEN:
        return
    who = principal_of(request)
    if not who.may(Scope.READ) or who.ticket:
        raise forbidden(Scope.READ.value, who.comes_as)
