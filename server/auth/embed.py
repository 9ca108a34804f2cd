"""Embed tokens: a person of the team, one ticket of one helpdesk, ten minutes. For the sidecar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.audit import AuditNote
from server.auth.sealed import Sealed

if TYPE_CHECKING:
    from agent.deps import Clock
    from server.db.database import Database

EMBED_PREFIX = "cse_"
LONGEST = timedelta(minutes=10)


class Embedded(BaseModel):
    """What a token says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    helpdesk: str = Field(min_length=1, max_length=120)
    ticket: str = Field(min_length=1, max_length=200)
    agent: str = Field(min_length=1, max_length=64)
    until: int
    """Seconds since 1970 UTC."""


@dataclass(frozen=True, kw_only=True)
class EmbedTokens:
    """Signs and verifies. `wall` is the machine's time."""

    database: Database
    wall: Clock

    def sign(self, helpdesk: str, ticket: str, agent: str, lasts: timedelta = LONGEST) -> str:
        """A token for one ticket, with the rights that this account has there. At most ten minutes."""
        until = int((self.wall.now() + min(lasts, LONGEST)).timestamp())
        said = Embedded(helpdesk=helpdesk, ticket=ticket, agent=agent, until=until)
        return EMBED_PREFIX + self._sealed.seal(said.model_dump())

    def read(self, token: str) -> Embedded | None:
        """What it says; None when it is forged, signed with a dropped secret, or older than it may be."""
        if not token.startswith(EMBED_PREFIX):
            return None
        try:
            said = Embedded.model_validate(self._sealed.opened(token.removeprefix(EMBED_PREFIX), LONGEST))
        except ValidationError:
            return None
        return said if self.wall.now().timestamp() < said.until else None

    def rotate(self, note: AuditNote) -> None:
        """Sign with a new secret from now on; no token of before counts any more."""
        self._sealed.rotate(note)

    @property
    def _sealed(self) -> Sealed:
        return Sealed(database=self.database, wall=self.wall, name="embed")
