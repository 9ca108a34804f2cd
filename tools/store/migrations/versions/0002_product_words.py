"""Products are found by their words; those that are stored already are indexed here."""

import sqlalchemy as sa
from alembic import op

from tools.commerce import Product
from tools.store.words import product_words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and index what is there."""
    words = op.create_table(
        "product_words",
        sa.Column("word", sa.String, primary_key=True),
        sa.Column("product_id", sa.String, primary_key=True),
        sa.Column("weight", sa.Integer, nullable=False),
    )
    op.create_index("ix_product_words_product", "product_words", ["product_id"])
    for (body,) in op.get_bind().execute(sa.text("SELECT body FROM products")).all():
        product = Product.model_validate_json(body)
        found = product_words(product) if product.active else {}
        rows = [{"word": word, "product_id": product.id, "weight": weight} for word, weight in found.items()]
        op.bulk_insert(words, rows)
