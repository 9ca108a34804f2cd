"""Sessions in the database, found by the hash of their token."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from agent.audit import AuditNote
from server.auth.accounts import Account, SignIn
from server.db.accounts import JOINED, account_of
from server.db.audit import append
from server.db.people import ACCOUNTS, SIGN_INS
from server.db.session import Session, micros, moment_of

_T = SIGN_INS
_MOMENTS = ("created_at", "seen_at", "expires_at")
_SHOWN = [column for column in _T.c if column.name != "token"]


class StoredSignIns:
    """Who is signed in. `token` is always the hash of one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, token: str, sign_in: SignIn, note: AuditNote) -> None:
        """Somebody signed in. What ended long ago goes at the same time."""
        moments = {name: micros(getattr(sign_in, name)) for name in _MOMENTS}
        with self._session.durably() as connection:
            connection.execute(delete(_T).where(_T.c.expires_at < moments["created_at"]))
            connection.execute(insert(_T).values({**sign_in.model_dump(), **moments, "token": token}))
            append(connection, note)

    def find(self, token: str, now: datetime, idle: timedelta) -> tuple[SignIn, Account] | None:
        """The session and whose it is; None when it ended, was idle too long, or the account is disabled."""
        query = (
            select(*_SHOWN, *JOINED)
            .join_from(_T, ACCOUNTS, ACCOUNTS.c.id == _T.c.account_id)
            .where(_T.c.token == token, _T.c.expires_at > micros(now), _T.c.seen_at > micros(now - idle))
            .where(ACCOUNTS.c.disabled.is_(False))
        )
        rows = self._session.rows(query)
        return (_sign_in(rows[0]), account_of(rows[0], "owner_")) if rows else None

    def seen(self, token: str, now: datetime) -> None:
        """It was used just now."""
        with self._session.quickly() as connection:
            connection.execute(update(_T).where(_T.c.token == token).values(seen_at=micros(now)))

    def of(self, account_id: str, now: datetime) -> list[SignIn]:
        """Sessions of an account that have not ended, newest first."""
        mine = select(*_SHOWN).where(_T.c.account_id == account_id, _T.c.expires_at > micros(now))
        return [_sign_in(row) for row in self._session.rows(mine.order_by(_T.c.created_at.desc()))]

    def end(self, token: str, note: AuditNote | None = None) -> bool:
        """End one session; False when there is none. Without a note nothing is logged."""
        with self._session.durably() as connection:
            done = connection.execute(delete(_T).where(_T.c.token == token)).rowcount > 0
            if done and note is not None:
                append(connection, note)
            return done

    def end_all(self, account_id: str, note: AuditNote, but: str = "") -> int:
        """End every session of an account, but for the one with this token."""
        with self._session.durably() as connection:
            many = end_sessions(connection, account_id, but)
            append(connection, note)
            return many


def end_sessions(connection: Connection, account_id: str, but: str = "") -> int:
    """Within the caller's transaction."""
    mine = delete(_T).where(_T.c.account_id == account_id, _T.c.token != but)
    return connection.execute(mine).rowcount


def _sign_in(row: RowMapping) -> SignIn:
    found = {column.name: row[column.name] for column in _SHOWN}
    return SignIn.model_validate({**found, **{name: moment_of(int(found[name])) for name in _MOMENTS}})
