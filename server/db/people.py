"""Tables of who signs in: accounts, sessions, API keys, attempts at the door, and the secrets that sign short tokens.

What a person or a program proves itself with is never in them: passwords as argon2, everything else as sha256.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from server.db.tables import AppTable

_KNOWN_OUTSIDE = text("subject <> ''")


class Accounts(AppTable, table=True):
    """Who may sign in. `id` is what approvals and the audit log record; `subject` is an identity provider's name."""

    __table_args__ = (
        Index("ux_accounts_email", "email", unique=True),
        Index(
            "ux_accounts_subject",
            "subject",
            unique=True,
            sqlite_where=_KNOWN_OUTSIDE,
            postgresql_where=_KNOWN_OUTSIDE,
        ),
    )
    id: str = Field(primary_key=True)
    email: str
    name: str
    role: str
    disabled: bool
    password: str
    subject: str
    created_at: int = Field(sa_type=BigInteger)


class SignIns(AppTable, table=True):
    """Sessions: the hash of the cookie's token, and until when it counts."""

    __table_args__ = (Index("ix_sign_ins_account", "account_id", "created_at"),)
    token: str = Field(primary_key=True)
    id: str
    account_id: str
    through: str
    address: str
    program: str
    created_at: int = Field(sa_type=BigInteger)
    seen_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)


class ApiKeys(AppTable, table=True):
    """Keys of programs. `secret` is a hash; `scopes` has spaces between."""

    __table_args__ = (Index("ix_api_keys_account", "account_id", "created_at"),)
    prefix: str = Field(primary_key=True)
    account_id: str
    name: str
    scopes: str
    secret: str
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int | None = Field(default=None, sa_type=BigInteger)
    used_at: int | None = Field(default=None, sa_type=BigInteger)
    revoked_at: int | None = Field(default=None, sa_type=BigInteger)


class Attempts(AppTable, table=True):
    """How often somebody tried lately. `key` is a hash of whom or from where."""

    __table_args__ = (Index("ix_attempts_until", "until"),)
    key: str = Field(primary_key=True)
    many: int
    until: int = Field(sa_type=BigInteger)


class Secrets(AppTable, table=True):
    """What the service itself knows: keys that sign short-lived tokens, hashes of links that work once."""

    __table_args__ = (Index("ix_secrets_name", "name", "made_at"),)
    id: str = Field(primary_key=True)
    name: str
    value: str
    made_at: int = Field(sa_type=BigInteger)
    until: int | None = Field(default=None, sa_type=BigInteger)


class Lookers(AppTable, table=True):
    """Who has a case open in a page, and whether they write. A row counts for seconds."""

    __table_args__ = (Index("ix_lookers_seen", "seen_at"),)
    case_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    name: str
    writing: bool
    seen_at: int = Field(sa_type=BigInteger)


_tables = AppTable.metadata.tables
ACCOUNTS, SIGN_INS, API_KEYS = _tables["accounts"], _tables["sign_ins"], _tables["api_keys"]
ATTEMPTS, SECRETS, LOOKERS = _tables["attempts"], _tables["secrets"], _tables["lookers"]
