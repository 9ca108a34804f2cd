"""Accounts, sessions, API keys, attempts to sign in, and the service's own secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String, nullable=False) for name in names]


def _moments(*names: str, known: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=not known) for name in names]


def upgrade() -> None:
    """Make the tables; nobody has an account yet."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String, primary_key=True),
        *_text("email", "name", "role"),
        sa.Column("disabled", sa.Boolean, nullable=False),
        *_text("password", "subject"),
        *_moments("created_at"),
    )
    outside = sa.text("subject <> ''")
    op.create_index("ux_accounts_email", "accounts", ["email"], unique=True)
    op.create_index(
        "ux_accounts_subject", "accounts", ["subject"], unique=True, sqlite_where=outside, postgresql_where=outside
    )
    op.create_table(
        "sign_ins",
        sa.Column("token", sa.String, primary_key=True),
        *_text("id", "account_id", "through", "address", "program"),
        *_moments("created_at", "seen_at", "expires_at"),
    )
    op.create_index("ix_sign_ins_account", "sign_ins", ["account_id", "created_at"])
    op.create_table(
        "api_keys",
        sa.Column("prefix", sa.String, primary_key=True),
        *_text("account_id", "name", "scopes", "secret"),
        *_moments("created_at"),
        *_moments("expires_at", "used_at", "revoked_at", known=False),
    )
    op.create_index("ix_api_keys_account", "api_keys", ["account_id", "created_at"])
    _service()


def _service() -> None:
    op.create_table(
        "attempts",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("many", sa.Integer, nullable=False),
        *_moments("until"),
    )
    op.create_index("ix_attempts_until", "attempts", ["until"])
    op.create_table(
        "secrets",
        sa.Column("id", sa.String, primary_key=True),
        *_text("name", "value"),
        *_moments("made_at"),
        *_moments("until", known=False),
    )
    op.create_index("ix_secrets_name", "secrets", ["name", "made_at"])
