"""The web application over a service that was built elsewhere. Building it starts nothing."""

from __future__ import annotations

from fastapi import FastAPI

from server.auth.headers import Rules, Shield, behind_proxies
from server.observability.requests import Watched
from server.pages.console import add_console
from server.pages.reviewing import add_reviewing
from server.reviewing import reviewed
from server.routes.api import API, add_api
from server.service import Service


def create_app(service: Service) -> FastAPI:
    """Every route, over these parts. Raises SettingsError when a setting that they need cannot be used."""
    app = FastAPI(title="Countersign", version="1", docs_url=None, redoc_url=None, openapi_url=f"{API}/openapi.json")
    app.state.service = reviewed(service)
    add_api(app)
    add_console(app)
    add_reviewing(app)
    app.add_middleware(Shield, rules=Rules.of(service.settings))
    app.add_middleware(Watched, measured=app.state.metrics.requested, tracing=service.tracing)
    behind_proxies(app, service.settings)
    return app
