"""Accounts in the database. Every change is in the audit log, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update

from agent.audit import AuditNote
from agent.limits import Role
from server.auth.accounts import Account, last_admin, nobody, taken
from server.db.audit import append
from server.db.people import ACCOUNTS as _T
from server.db.session import Session, Value, micros, moment_of

_SHOWN = [column for column in _T.c if column.name != "password"]
_ALL = select(*_SHOWN)


class StoredAccounts:
    """Who may sign in."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, limit: int | None = None, after: str = "") -> list[Account]:
        """Accounts by id, behind the one of the id `after`; every one of them without a limit."""
        query = _ALL.where(_T.c.id > after).order_by(_T.c.id).limit(limit)
        return [account_of(row) for row in self._session.rows(query)]

    def any(self) -> bool:
        """Whether there is one at all."""
        return bool(self._session.rows(select(_T.c.id).limit(1)))

    def get(self, account_id: str) -> Account | None:
        """The account of this very id."""
        rows = self._session.rows(_ALL.where(_T.c.id == account_id))
        return account_of(rows[0]) if rows else None

    def by_email(self, email: str) -> Account | None:
        """The account of an address, in any case."""
        rows = self._session.rows(_ALL.where(_T.c.email == email.strip().lower()))
        return account_of(rows[0]) if rows else None

    def by_subject(self, subject: str) -> Account | None:
        """The account that an identity provider knows by this name."""
        rows = self._session.rows(_ALL.where(_T.c.subject == subject, _T.c.subject != ""))
        return account_of(rows[0]) if rows else None

    def password(self, account_id: str) -> str:
        """The argon2 hash; empty for an account without a password, and for none."""
        rows = self._session.rows(select(_T.c.password).where(_T.c.id == account_id))
        return str(rows[0]["password"]) if rows else ""

    def add(self, account: Account, password: str, note: AuditNote, *, first: bool = False) -> None:
        """Keep a new account. Raises AccountRefused when id or e-mail is taken; a `first` one when anybody is there."""
        row = {**account.model_dump(exclude={"created_at", "role"}), "role": account.role.value}
        with self._session.durably() as connection:
            # First, because it locks: of two that come at once the second sees what the first has made.
            append(connection, note)
            same = or_(func.lower(_T.c.id) == account.id.lower(), _T.c.email == account.email)
            known = connection.execute(select(_T.c.id).limit(1) if first else select(_T.c.id).where(same)).first()
            if known is not None:
                raise taken("that id or e-mail")
            values = {**row, "password": password, "created_at": micros(account.created_at)}
            connection.execute(insert(_T).values(values))

    def change(self, account_id: str, values: Mapping[str, Value], note: AuditNote) -> Account:
        """Change columns of an account. Raises AccountRefused for an unknown one and when no admin would be left."""
        with self._session.durably() as connection:
            append(connection, note)
            done = connection.execute(update(_T).where(_T.c.id == account_id).values(values).returning(*_SHOWN))
            row = done.mappings().first()
            if row is None:
                raise nobody(account_id)
            if {"role", "disabled"} & values.keys() and not _admins(connection):
                raise last_admin()
            return account_of(row)

    def rehash(self, account_id: str, before: str, after: str) -> None:
        """Keep the same password with newer parameters, unless it was changed meanwhile."""
        with self._session.durably() as connection:
            same = (_T.c.id == account_id, _T.c.password == before)
            connection.execute(update(_T).where(*same).values(password=after))


def _admins(connection: Connection) -> bool:
    able = select(_T.c.id).where(_T.c.role == Role.ADMIN.value, _T.c.disabled.is_(False)).limit(1)
    return connection.execute(able).first() is not None


def account_of(row: RowMapping, prefix: str = "") -> Account:
    """The account of a row; `prefix` stands before its columns where it was joined."""
    found = {column.name: row[f"{prefix}{column.name}"] for column in _SHOWN}
    return Account.model_validate({**found, "created_at": moment_of(int(found["created_at"]))})


JOINED = [column.label(f"owner_{column.name}") for column in _SHOWN]
"""The columns of an account beside those of another table, named for `account_of(row, "owner_")`."""
