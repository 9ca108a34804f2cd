"""Whether a caller has already what would be answered."""

from __future__ import annotations

from fastapi import Request


def has_already(request: Request, tag: str) -> bool:
    """Whether If-None-Match names this ETag: weak or strong, among others, or as `*`, which is any that there is."""
    lines = request.headers.getlist("if-none-match")
    known = {each.strip().removeprefix("W/") for line in lines for each in line.split(",")}
    return "*" in known or tag in known
