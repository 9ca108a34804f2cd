"""What the service says about itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Check(BaseModel):
    """One thing that has to work."""

    name: Annotated[str, Field(examples=["database"])]
    ok: bool
    said: str = ""


class Ready(BaseModel):
    """Whether tickets can be worked on now."""

    ready: bool
    checks: list[Check]
