"""What goes wrong on the way to a route or in it, as problem documents that say nothing internal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from knowledge.errors import IndexBusy
from server.observability.requests import HEADER
from server.pages.shell import fault_page, problem_page, wants_page
from server.problems import Problem, ProblemDocument
from tools.errors import StoreError, Unavailable, Unstorable

MEDIA_TYPE = "application/problem+json"
_LONGEST = 300
_TITLES = {
    304: "Nothing changed since the ETag you have",
    400: "The request cannot be read",
    401: "Nobody proved who they are",
    403: "This principal may not do this",
    404: "There is no such thing, or it is not for this principal",
    405: "The route has no such method",
    409: "Somebody was faster, or the world moved on",
    410: "Its time has run out",
    413: "The body is too large",
    415: "The body is of another kind than the route reads",
    422: "Something in the request is not as it has to be",
    429: "Too many requests; Retry-After says when to come back",
    500: "Something went wrong on our side",
    503: "Something that is needed does not answer now",
}
_KINDS = {404: "unknown-route", 405: "method-not-allowed"}
_UNREADABLE = 400
_FAULT = 500
_log = logging.getLogger("server.errors")


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route or router: these refusals, as problem documents."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    return {status: {"description": _TITLES[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


def answer(request: Request, problem: Problem) -> Response:
    """A problem as the answer to a request: a page for a person with a browser."""
    if not wants_page(request) or request.url.path.startswith("/webhooks/"):
        return document_of(request, problem)
    if problem.status < _FAULT:
        return problem_page(request, problem)
    said = fault_page(request, problem)
    said.headers.update({**_put_on(request), **problem.headers})
    return said


def document_of(request: Request, problem: Problem) -> Response:
    """The same for programs, and for whoever is to cost nothing: it reads no database."""
    document = ProblemDocument(
        type=f"/problems/{problem.kind}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=request.url.path,
    )
    content = {**document.model_dump(), **problem.more}
    return JSONResponse(content, problem.status, {**_put_on(request), **problem.headers}, media_type=MEDIA_TYPE)


def _put_on(request: Request) -> dict[str, str]:
    """A fault is answered outside of the middleware that puts the id and the headers on every other answer."""
    carried: dict[str, str] = getattr(request.state, "carried", {})
    named = {HEADER: str(request.state.request_id)} if hasattr(request.state, "request_id") else {}
    return {**carried, **named}


def install(app: FastAPI) -> None:
    """Let every way to fail end in a document."""
    told: Mapping[type[Exception], Callable[[Exception], Problem]] = {
        Problem: _as_it_is,
        RequestValidationError: _invalid,
        HTTPException: _refused,
        Unavailable: _unavailable,
        Unstorable: _unstorable,
        StoreError: _unavailable,
        IndexBusy: _unavailable,
        Exception: _fault,
    }
    for kind, problem_of in told.items():
        app.add_exception_handler(kind, _handler(problem_of))


def _handler(problem_of: Callable[[Exception], Problem]) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        return answer(request, problem_of(error))

    return handle


def _as_it_is(error: Exception) -> Problem:
    if not isinstance(error, Problem):
        raise error
    return error


def _invalid(error: Exception) -> Problem:
    found: Sequence[Mapping[str, object]] = error.errors() if isinstance(error, RequestValidationError) else ()
    # Where and why, never what was sent: it may be a secret, or half a megabyte.
    errors = [{"where": _place(each), "why": _why(each)} for each in found[:20]]
    first = f"{errors[0]['where']}: {errors[0]['why']}" if errors else ""
    return Problem(422, "invalid", "The request is not as it has to be", first, more={"errors": errors})


def _place(found: Mapping[str, object]) -> str:
    location = found.get("loc")
    if not isinstance(location, tuple):
        return ""
    parts = cast("tuple[object, ...]", location)  # how FastAPI names a place
    # Of what is no JSON it names the character that was reached, which reads like a field.
    named = parts[:1] if found.get("type") == "json_invalid" else parts
    return ".".join(str(part) for part in named)[:_LONGEST]


def _why(found: Mapping[str, object]) -> str:
    location = found.get("loc")
    if found.get("type") == "json_invalid":
        return (
            f"this is no JSON, from character {location[-1]} on" if isinstance(location, tuple) else "this is no JSON"
        )
    if found.get("type") in ("model_attributes_type", "dict_type") and location == ("body",):
        return "a JSON object is read here, sent as Content-Type: application/json"
    return str(found.get("msg")).removeprefix("Value error, ")[:_LONGEST]


def _refused(error: Exception) -> Problem:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == _UNREADABLE:
        # What the framework says of bytes that are no JSON; every route that reads documents 422.
        return Problem(422, "invalid", _TITLES[_UNREADABLE], "Send JSON in UTF-8, or a form as the page makes it.")
    title = _TITLES.get(error.status_code, "The request cannot be answered")
    kind = _KINDS.get(error.status_code, "refused")
    detail = "The routes there are stand in /api/v1/openapi.json." if error.status_code in _KINDS else ""
    return Problem(error.status_code, kind, title, detail, headers=dict(error.headers or {}))


def _unavailable(error: Exception) -> Problem:
    _log.warning("answered 503: %s", error)
    return Problem(
        503,
        "unavailable",
        "Something that is needed does not answer now",
        "Nothing was changed that was not confirmed. Send the same request again in a moment.",
        headers={"Retry-After": "2"},
    )


def _unstorable(error: Exception) -> Problem:
    return Problem(422, "invalid", _TITLES[422], "A text in it holds a character that cannot be kept, such as NUL.")


def _fault(error: Exception) -> Problem:
    _log.error("a request went wrong", exc_info=error)
    detail = "It was logged under the id in X-Request-ID."
    return Problem(500, "fault", "Something went wrong on our side", detail)
