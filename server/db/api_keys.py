"""API keys in the database: what is kept of a key opens nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update

from agent.audit import AuditNote
from server.auth.accounts import Account, ApiKey
from server.auth.principal import Scope
from server.db.accounts import JOINED, account_of
from server.db.audit import append
from server.db.people import ACCOUNTS, API_KEYS
from server.db.places import Place, newest_first
from server.db.session import Session, micros, moment_of

_T = API_KEYS
_MOMENTS = ("created_at", "expires_at", "used_at", "revoked_at")
_SHOWN = [column for column in _T.c if column.name != "secret"]


class StoredApiKeys:
    """Keys of programs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, key: ApiKey, secret: str, note: AuditNote) -> None:
        """Keep a new key by the hash of its secret."""
        scopes = " ".join(sorted(scope.value for scope in key.scopes))
        row = {**key.model_dump(exclude=set(_MOMENTS)), "scopes": scopes, "secret": secret}
        moments = {name: _micros(getattr(key, name)) for name in _MOMENTS}
        with self._session.durably() as connection:
            connection.execute(insert(_T).values({**row, **moments}))
            append(connection, note)

    def find(self, prefix: str) -> tuple[ApiKey, str, Account] | None:
        """A key, the hash of its secret and its owner, whatever became of them."""
        query = select(*_T.c, *JOINED).join_from(_T, ACCOUNTS, ACCOUNTS.c.id == _T.c.account_id)
        rows = self._session.rows(query.where(_T.c.prefix == prefix))
        return (_key(rows[0]), str(rows[0]["secret"]), account_of(rows[0], "owner_")) if rows else None

    def list(self, account_id: str = "", limit: int | None = None, after: Place | None = None) -> list[ApiKey]:
        """Keys, newest first, of one account when it is named; every one of them without a limit."""
        query = newest_first(select(*_SHOWN), _T.c.created_at, _T.c.prefix, after).limit(limit)
        rows = self._session.rows(query.where(_T.c.account_id == account_id) if account_id else query)
        return [_key(row) for row in rows]

    def used(self, prefix: str, now: datetime) -> None:
        """It was used just now."""
        with self._session.quickly() as connection:
            connection.execute(update(_T).where(_T.c.prefix == prefix).values(used_at=micros(now)))

    def revoke(self, prefix: str, now: datetime, note: AuditNote) -> bool:
        """From now on the key opens nothing; False when there is none, or none any more."""
        with self._session.durably() as connection:
            alive = update(_T).where(_T.c.prefix == prefix, _T.c.revoked_at.is_(None))
            done = connection.execute(alive.values(revoked_at=micros(now))).rowcount > 0
            if done:
                append(connection, note)
            return done


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)


def _key(row: RowMapping) -> ApiKey:
    found = {column.name: row[column.name] for column in _SHOWN}
    moments = {name: None if found[name] is None else moment_of(int(found[name])) for name in _MOMENTS}
    scopes = frozenset(Scope(name) for name in str(found["scopes"]).split())
    return ApiKey.model_validate({**found, **moments, "scopes": scopes})
