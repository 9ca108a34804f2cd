"""The web application over a service that was built elsewhere. Building it starts nothing."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from server.pages.console import add_console
from server.pages.shell import problem_page, wants_page
from server.problems import Problem, ProblemDocument
from server.service import Service

API = "/api/v1"


def create_app(service: Service) -> FastAPI:
    """Every route, over these parts."""
    app = FastAPI(title="Countersign", version="1", docs_url=f"{API}/docs", openapi_url=f"{API}/openapi.json")
    app.state.service = service
    app.add_exception_handler(Problem, _problem)
    add_console(app)
    return app


def _problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    if wants_page(request):
        return problem_page(request, error)
    document = ProblemDocument(
        type=f"/problems/{error.kind}",
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=request.url.path,
    )
    content = {**document.model_dump(), **error.more}
    return JSONResponse(content, error.status, error.headers, media_type="application/problem+json")
