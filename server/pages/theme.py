"""The choice between light and dark, for browsers without scripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from server.deps import Reader
from server.pages.shell import back_to, see
from server.ui.views.shell import THEMES

router = APIRouter()
YEAR = 365 * 24 * 3600


@router.post("/theme")
def choose(who: Reader, theme: Annotated[str, Form()], back: Annotated[str, Form()] = "/") -> Response:
    """Keep the choice in a cookie; anything unknown means as the system."""
    answer = see(back_to(back))
    answer.set_cookie("theme", theme if theme in THEMES else THEMES[0], max_age=YEAR, samesite="lax")
    return answer
