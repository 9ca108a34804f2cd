"""Every route of an application, with values in its path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

SAFE = {"GET", "HEAD", "OPTIONS"}


def walk(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """(path, path with values, method) of every route; what is mounted serves files alone, which a test checks."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        concrete = re.sub(r"\{[^}]*\}", "some-one", path)
        for method in sorted(route.methods or ()):
            yield path, concrete, method


def unsafe_routes(app: FastAPI) -> list[tuple[str, str, str]]:
    """Those that change something."""
    return [found for found in walk(app) if found[2] not in SAFE]


def reading_routes(app: FastAPI) -> list[tuple[str, str]]:
    """Those that read."""
    return [(path, concrete) for path, concrete, method in walk(app) if method == "GET"]
