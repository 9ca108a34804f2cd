"""Sealed: small signed messages to ourselves that come back by way of a browser, with secrets of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner

from agent.audit import AuditNote
from server.auth.tokens import new_token

if TYPE_CHECKING:
    from agent.deps import Clock
    from server.db.database import Database

LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """Signed, not encrypted. Each `name` has its own secrets, known to every process; `wall` is the machine's time."""

    database: Database
    wall: Clock
    name: str

    def seal(self, said: dict[str, str | int]) -> str:
        """A message that only we could have written."""
        return self._serializer(self._secrets()).dumps(said)

    def opened(self, sealed: str, lasts: timedelta) -> object:
        """What it says; None when it is forged, signed with a dropped secret, or older than it may be."""
        secrets = self.database.secrets.of(self.name, self.wall.now())
        if not secrets or len(sealed) > LONGEST:
            return None
        try:
            said: object = self._serializer(secrets).loads(sealed, max_age=int(lasts.total_seconds()))
        except BadData:
            return None
        return said

    def rotate(self, note: AuditNote) -> None:
        """Sign with a new secret from now on; nothing that was sealed before counts any more."""
        self.database.secrets.drop(self.name)
        self.database.secrets.add(self.name, new_token(), self.wall.now(), None, note)

    def _serializer(self, secrets: list[str]) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(secrets, salt=f"countersign.{self.name}", signer=_signer(self.wall))

    def _secrets(self) -> list[str]:
        now = self.wall.now()
        known = self.database.secrets.of(self.name, now)
        if not known:
            self.database.secrets.first(self.name, new_token(), now)
            known = self.database.secrets.of(self.name, now)
        return known


def _signer(wall: Clock) -> type[TimestampSigner]:
    """A signer that asks our clock instead of the machine's."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(wall.now().timestamp())

        def timestamp_to_datetime(self, ts: int) -> datetime:
            return datetime.fromtimestamp(ts, tz=UTC)

    return Signer
