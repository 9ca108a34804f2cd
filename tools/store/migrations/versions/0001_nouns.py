"""The nouns of the shop and the helpdesk, and the effects."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_COLUMNS: dict[str, dict[str, type[sa.String | sa.BigInteger]]] = {
    "customers": {},
    "discount_codes": {},
    "effects": {},
    "products": {},
    "tickets": {},
    "traces": {},
    "orders": {"number": sa.String, "customer_id": sa.String, "placed_at": sa.BigInteger, "replaces": sa.String},
    "shipments": {"order_id": sa.String, "at": sa.BigInteger},
    "returns": {"order_id": sa.String, "at": sa.BigInteger},
    "refunds": {"order_id": sa.String, "at": sa.BigInteger},
    "store_credits": {"customer_id": sa.String, "at": sa.BigInteger},
    "suppressions": {"customer_id": sa.String, "at": sa.BigInteger},
    "sent": {"ticket_id": sa.String, "at": sa.BigInteger},
    "subscriptions": {"customer_id": sa.String},
    "stock": {"variant_id": sa.String},
}
_INDEXED = {
    "orders": ["number", "replaces"],
    "shipments": ["order_id"],
    "returns": ["order_id"],
    "refunds": ["order_id"],
    "store_credits": ["customer_id"],
    "suppressions": ["customer_id"],
    "subscriptions": ["customer_id"],
    "sent": ["ticket_id"],
    "stock": ["variant_id"],
}


def upgrade() -> None:
    """Make the tables."""
    for name, columns in _COLUMNS.items():
        op.create_table(
            name,
            sa.Column("id", sa.String, primary_key=True),
            *(sa.Column(column, kind, nullable=False) for column, kind in columns.items()),
            sa.Column("body", sa.String, nullable=False),
        )
    for name, indexed in _INDEXED.items():
        for column in indexed:
            op.create_index(f"ix_{name}_{column}", name, [column])
    op.create_index("ix_orders_customer", "orders", ["customer_id", "placed_at"])
    op.create_table(
        "customer_emails",
        sa.Column("email", sa.String, primary_key=True),
        sa.Column("customer_id", sa.String, primary_key=True),
    )
    op.create_index("ix_customer_emails_customer", "customer_emails", ["customer_id"])
    op.create_table(
        "variant_names",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("product_id", sa.String, primary_key=True),
        sa.Column("variant_id", sa.String, primary_key=True),
    )
    op.create_index("ix_variant_names_product", "variant_names", ["product_id"])
