"""Pages of long lists, and answers that say nothing when nothing changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query, Request, Response
from pydantic import BaseModel

from server.db.places import Place
from server.etags import has_already
from server.problems import Problem

Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str, Query(max_length=400, description="`next` of the page before; empty: the first page.")]


def page_of(found: Sequence[Row], limit: int, place: Callable[[Row], Place]) -> tuple[Sequence[Row], str]:
    """A page and the cursor of the next one, of one row more than a page holds; the cursor is empty at the end."""
    page = found[:limit]
    return page, cursor_of(place(page[-1])) if len(found) > limit else ""


def cursor_of(place: Place) -> str:
    """A cursor that names the last row of a page."""
    return base64.urlsafe_b64encode(f"{place.at}.{place.id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place | None:
    """What a cursor names; None for the first page. Raises a Problem (422) for what is none."""
    if not cursor:
        return None
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        at, _, name = plain.partition(".")
        found = Place(int(at), name)
    except (binascii.Error, ValueError):
        raise _no_cursor() from None
    if not name or not 0 <= found.at < 2**63:
        raise _no_cursor()
    return found


def _no_cursor() -> Problem:
    return Problem(422, "invalid", "This is no cursor", "Leave `cursor` away, or send `next` of the page before.")


def unless_known(request: Request, document: BaseModel) -> Response:
    """The document with its ETag, or 304 when the caller has exactly this one already."""
    body = document.model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if has_already(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
