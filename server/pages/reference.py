"""`/api/reference`: the API to read, made from the OpenAPI document that programs get."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import JsonValue

from server.deps import Parts
from server.pages.shell import page
from server.ui.views.account import SCOPES_SAY
from server.ui.views.reference import reference

router = APIRouter()


@router.get("/api/reference", response_class=HTMLResponse)
def show(request: Request, service: Parts) -> Response:
    """Every call, for whoever looks: the document behind it is open as well, and holds nothing of the shop."""
    document = cast("dict[str, JsonValue]", request.app.openapi())
    base = str(request.base_url).rstrip("/")
    return page(
        request, "reference.html", "API reference", service.gate.principal(request), section="settings",
        reference=reference(document, base), base=base,
        scopes=[(scope.value, says) for scope, says in SCOPES_SAY.items()],
    )  # fmt: skip
