"""The session's cookie, and whether a request comes from a page of ours."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from server.auth.door import Visit
from server.settings import Settings

PLAIN, LOCKED = "countersign", "__Host-countersign"
"""With https the browser itself refuses a cookie of that name from another host, another path or plain http."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def own_origin(request: Request, settings: Settings) -> str:
    """Scheme and host of the service as browsers name it."""
    return settings.public_address or f"{request.url.scheme}://{request.headers.get('host', '')}".lower()


def is_https(request: Request, settings: Settings) -> bool:
    """Whether people reach the service encrypted."""
    return own_origin(request, settings).startswith("https://")


def from_elsewhere(request: Request, settings: Settings) -> bool:
    """Whether a browser says that another site's page sent this. Programs say nothing."""
    origin = request.headers.get("origin")
    if origin is not None:
        return origin.lower() != own_origin(request, settings)
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def token_of(request: Request, settings: Settings) -> str:
    """The session's token; empty when there is none."""
    return request.cookies.get(LOCKED if is_https(request, settings) else PLAIN, "")


def visit_of(request: Request, settings: Settings) -> Visit:
    """Where a request comes from."""
    address = request.client.host if request.client else "unknown"
    program = request.headers.get("user-agent", "")
    return Visit(address=address, program=program, token=token_of(request, settings))


def let_in(answer: Response, token: str, request: Request, settings: Settings) -> None:
    """Put the token where only the browser has it. It ends with the browser's session, or earlier with ours."""
    https = is_https(request, settings)
    name = LOCKED if https else PLAIN
    answer.set_cookie(name, token, httponly=True, samesite="lax", secure=https, path="/")


def let_out(answer: Response, request: Request, settings: Settings) -> None:
    """Take the cookie away."""
    https = is_https(request, settings)
    name = LOCKED if https else PLAIN
    answer.delete_cookie(name, httponly=True, samesite="lax", secure=https, path="/")
