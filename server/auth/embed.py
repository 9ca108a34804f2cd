"""Embed tokens: a person of the team, one ticket of one helpdesk, ten minutes. For the sidecar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.audit import AuditNote
from server.auth.tokens import new_token

if TYPE_CHECKING:
    from agent.deps import Clock
    from server.db.database import Database

EMBED_PREFIX = "cse_"
LONGEST = timedelta(minutes=10)
_NAME = "embed"
_SALT = "countersign.sidecar"


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
    """Signs and verifies, with secrets of the database that every process knows; `wall` is the machine's time."""

    database: Database
    wall: Clock

    def sign(self, helpdesk: str, ticket: str, agent: str, lasts: timedelta = LONGEST) -> str:
        """A token for one ticket, with the rights that this account has there. At most ten minutes."""
        until = int((self.wall.now() + min(lasts, LONGEST)).timestamp())
        said = Embedded(helpdesk=helpdesk, ticket=ticket, agent=agent, until=until)
        return EMBED_PREFIX + self._serializer().dumps(said.model_dump())

    def read(self, token: str) -> Embedded | None:
        """What it says; None when it is forged, signed with a dropped secret, or older than it may be."""
        if not token.startswith(EMBED_PREFIX) or len(token) > 2_000:
            return None
        try:
            found: object = self._serializer().loads(
                token.removeprefix(EMBED_PREFIX), max_age=int(LONGEST.total_seconds())
            )
            said = Embedded.model_validate(found)
        except (BadData, ValidationError):
            return None
        return said if self.wall.now().timestamp() < said.until else None

    def rotate(self, note: AuditNote) -> None:
        """Sign with a new secret from now on; no token of before counts any more."""
        self.database.secrets.drop(_NAME)
        self.database.secrets.add(_NAME, new_token(), self.wall.now(), None, note)

    def _serializer(self) -> URLSafeTimedSerializer:
        secrets = self._secrets()
        return URLSafeTimedSerializer(secrets, salt=_SALT, signer=_signer(self.wall))

    def _secrets(self) -> list[str]:
        now = self.wall.now()
        known = self.database.secrets.of(_NAME, now)
        if not known:
            self.database.secrets.first(_NAME, new_token(), now)
            known = self.database.secrets.of(_NAME, now)
        return known


def _signer(wall: Clock) -> type[TimestampSigner]:
    """A signer that asks our clock instead of the machine's."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(wall.now().timestamp())

        def timestamp_to_datetime(self, ts: int) -> datetime:
            return datetime.fromtimestamp(ts, tz=UTC)

    return Signer
