"""The web application over a service that was built elsewhere. Building it starts nothing."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI
from starlette.routing import BaseRoute

from server.auth.headers import Rules, Shield, behind_proxies
from server.observability.requests import Watched
from server.pages.console import add_console
from server.pages.reviewing import add_reviewing
from server.reviewing import reviewed
from server.routes.api import API, add_api, add_routes
from server.service import Service


def create_app(service: Service) -> FastAPI:
    """Every route, over these parts. Raises SettingsError when a setting that they need cannot be used."""
    app = FastAPI(
        title="Countersign",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        routes=[*_every_route()],
    )
    app.state.service = reviewed(service)
    add_api(app)
    app.add_middleware(Shield, rules=Rules.of(service.settings))
    app.add_middleware(Watched, measured=app.state.metrics.requested, tracing=service.tracing)
    behind_proxies(app, service.settings)
    return app


@cache
def _every_route() -> tuple[BaseRoute, ...]:
    """They belong to no service, so that applications share them: reading their signatures is most of the work."""
    frame = FastAPI(openapi_url=None)
    add_routes(frame)
    add_console(frame)
    add_reviewing(frame)
    return tuple(frame.router.routes)
