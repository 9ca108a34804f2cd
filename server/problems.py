"""Problems: what went wrong in a request, as RFC 9457 documents with a sentence that says what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field


@dataclass(eq=False)
class Problem(Exception):
    """A refusal. `kind` is stable and part of the API; `detail` is for people and never holds a secret."""

    status: int
    kind: str
    title: str
    detail: str = ""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    more: dict[str, object] = field(default_factory=dict[str, object])
    scope: str = ""
    """What it would take, for a page to say who has it."""

    def __str__(self) -> str:
        return self.detail or self.title


class ProblemDocument(BaseModel):
    """`application/problem+json`."""

    type: Annotated[str, Field(examples=["/problems/not-allowed"])]
    title: Annotated[str, Field(examples=["You may not do this"])]
    status: Annotated[int, Field(examples=[403])]
    detail: Annotated[str, Field(examples=["Signing for €80.00 needs a lead; you are agent."])] = ""
    instance: Annotated[str, Field(examples=["/api/v1/approvals/ap-3f09c2d411/decision"])] = ""


def unauthenticated(*, given: bool = False) -> Problem:
    """Nobody proved who they are; `given`: a key or token came, and does not count. Why is not told."""
    if given:
        return Problem(
            401, "unauthenticated", "This key or token does not count",
            "It is mistyped, was revoked, has ended, or its account is disabled. Send `Authorization: Bearer KEY`.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )  # fmt: skip
    return Problem(
        401, "unauthenticated", "Sign in first", "Sign in, or send an API key as `Authorization: Bearer ...`.",
        headers={"WWW-Authenticate": "Bearer"},
    )  # fmt: skip


def forbidden(scope: str, comes_as: str) -> Problem:
    """Known, and not trusted with this."""
    said = f"This needs the scope {scope}; you come as {comes_as}."
    return Problem(403, "not-allowed", "You may not do this", said, scope=scope)


def unknown(what: str, name: str) -> Problem:
    """There is no such thing, or it is not for this caller: the answer is the same on purpose."""
    return Problem(404, "unknown", f"There is no such {what}", f"{what} {name[:120]} is not known here.")


def conflict(kind: str, title: str, detail: str) -> Problem:
    """Somebody was faster, or the world moved on."""
    return Problem(409, kind, title, detail)
