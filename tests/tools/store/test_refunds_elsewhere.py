"""Refunds that a platform made count with ours, once each, whatever way the store knows of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.tools.store.test_shopify_csv import FIRST, ORDER_COLUMNS, SECOND, sheet
from tests.tools.store.test_writers import do
from tests.tools.world import NOW, usd
from tools.commerce import TransactionKind
from tools.store.importing import import_path
from tools.store.local import LocalStore

REFUNDED = {"Financial Status": "partially_refunded", "Refunded Amount": "20.00"}
OWNER = "email:ada@example.com"


def counted(store: LocalStore, days: int) -> list[str]:
    found = store.readers().orders.refunds_of(OWNER, NOW - timedelta(days=days))
    return [str(refund.amount) for refund in found]


@pytest.mark.system("B12")
def test_refunds_of_imported_orders_count_in_their_time(empty: LocalStore, folder: Path) -> None:
    rows = [row | {"Name": f"#{n}"} for n in (1, 2, 3) for row in (FIRST | REFUNDED | {"Id": f"500{n}"}, SECOND)]
    (folder / "orders.csv").write_text(sheet(ORDER_COLUMNS, rows), encoding="utf-8", newline="")
    assert import_path(empty, folder).ok
    assert counted(empty, 90) == ["20.00 USD"] * 3
    assert counted(empty, 8) == []
    do(empty, "refund_order", order_id="5001", amount="1.00 USD", lines=[])
    assert counted(empty, 90) == ["20.00 USD"] * 3 + ["1.00 USD"]


def test_a_refund_that_the_store_knows_counts_once_and_so_does_one_over_two_cards(
    sqlite_store: LocalStore, tmp_path: Path
) -> None:
    order = sqlite_store.readers().orders.order("o-1002")
    assert order is not None
    paid = order.transactions[0]
    back = [
        paid.model_copy(update={"id": f"b{n}", "kind": TransactionKind.REFUND, "amount": usd("5.00"), "at": NOW})
        for n in (1, 2)
    ]
    after = order.model_copy(update={"transactions": (paid, *back)})
    (tmp_path / "orders.jsonl").write_text(after.model_dump_json(), encoding="utf-8")
    import_path(sqlite_store, tmp_path)
    refunds_of = sqlite_store.readers().orders.refunds_of
    assert [str(refund.amount) for refund in refunds_of("c-ada", NOW)] == ["10.00 USD"]
    told = '{"id": "r", "order_id": "o-1002", "amount": "10.00 USD", "at": "2026-03-10T12:00:00Z"}'
    (tmp_path / "refunds.jsonl").write_text(told, encoding="utf-8")
    import_path(sqlite_store, tmp_path)
    assert [refund.id for refund in refunds_of("c-ada", NOW)] == ["r"]
