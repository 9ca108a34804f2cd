"""The sidecar, and all that measures how drafts are read: pages and routes, added with one call."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from server.pages import reviews, sample_host, sidecar
from server.routes import embed, errors
from server.routes import reviews as reviews_api
from server.routes.api import API


def add_reviewing(app: FastAPI) -> None:
    """Add them all."""
    for part in (sidecar, sample_host, reviews):
        app.include_router(part.router, include_in_schema=False)
    inside = APIRouter(prefix=API, responses=errors.documented(401, 403, 429, 503))
    for part in (embed, reviews_api):
        inside.include_router(part.router)
    app.include_router(inside)
