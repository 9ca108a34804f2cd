"""An older snapshot, or one of a platform that knows nothing of us, never makes a refund possible again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tools.store.test_writers import do
from tests.tools.world import usd
from tools.commerce import Order
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.snapshot import export_snapshot

LINES = [{"line_id": "l-mug", "quantity": 1}]


def order(store: LocalStore, order_id: str) -> Order:
    found = store.readers().orders.order(order_id)
    assert found is not None
    return found


def told(folder: Path, order_id: str, **changes: object) -> Path:
    """The exported line of one order with some fields as another program says them."""
    lines = [json.loads(line) for line in (folder / "orders.jsonl").read_text().splitlines()]
    alone = next(line for line in lines if line["id"] == order_id)
    path = folder.parent / "orders.jsonl"
    path.write_text(json.dumps(alone | changes), encoding="utf-8")
    return path


@pytest.fixture
def before(store: LocalStore, tmp_path: Path) -> Path:
    export_snapshot(store, tmp_path / "before")
    return tmp_path / "before"


def test_what_was_paid_back_since_stays_paid_back(store: LocalStore, before: Path) -> None:
    do(store, "refund_order", key="one", order_id="o-1002", amount="20.00 USD", lines=LINES)
    do(store, "refund_order", key="two", order_id="o-1002", amount="5.00 USD", lines=[])
    version = order(store, "o-1002").version
    assert import_path(store, before).ok
    after = order(store, "o-1002")
    assert (after.refunded, after.line("l-mug") and after.lines[0].refunded) == (usd("25.00"), 1)
    assert after.version == version
    assert import_path(store, told(before, "o-1002", note="gift")).ok
    assert (order(store, "o-1002").note, order(store, "o-1002").refunded) == ("gift", usd("25.00"))
    assert order(store, "o-1002").version == version + 1


def test_a_cancellation_and_a_change_of_items_are_not_undone(store: LocalStore, before: Path) -> None:
    swaps = [{"line_id": "l-mug", "quantity": 1, "variant_id": "MUG-BLUE"}]
    do(store, "change_order_items", order_id="o-1001", swaps=swaps)
    captured = order(store, "o-1001").captured
    assert import_path(store, before).ok
    assert (order(store, "o-1001").items_modified, order(store, "o-1001").captured) == (True, captured)
    do(store, "cancel_order", order_id="o-1001", reason="ordered by mistake")
    assert import_path(store, before).ok
    after = order(store, "o-1001")
    assert (after.stage, after.left_to_refund, after.cancel_reason) == ("cancelled", usd("0.00"), "ordered by mistake")


@pytest.mark.parametrize(
    ("amount", "refunded"), [("20.00 USD", "20.00"), ("12.00 USD", "20.00"), ("31.00 USD", "31.00")]
)
def test_what_the_other_program_says_of_the_same_refund_counts_once(
    store: LocalStore, before: Path, amount: str, refunded: str
) -> None:
    paid = [moved.model_dump(mode="json") for moved in order(store, "o-1002").transactions]
    do(store, "refund_order", order_id="o-1002", amount="20.00 USD", lines=LINES)
    theirs = paid[0] | {"id": "theirs", "kind": "refund", "amount": amount}
    assert import_path(store, told(before, "o-1002", transactions=[*paid, theirs])).ok
    assert order(store, "o-1002").refunded == usd(refunded)


@pytest.mark.parametrize(("status", "stage"), [("delivered", "delivered"), ("in_transit", "shipped")])
def test_parcels_that_arrived_make_a_shipped_order_a_delivered_one(
    store: LocalStore, before: Path, tmp_path: Path, status: str, stage: str
) -> None:
    assert import_path(store, told(before, "o-1002", stage="shipped")).ok
    parcel = {"id": "s-new", "order_id": "o-1002", "carrier": "DHL", "status": status}
    (tmp_path / "shipments.jsonl").write_text(json.dumps(parcel), encoding="utf-8")
    assert import_path(store, tmp_path / "shipments.jsonl").ok
    assert order(store, "o-1002").stage == stage


def test_an_order_that_was_cancelled_here_and_went_out_there_is_reported(store: LocalStore, before: Path) -> None:
    do(store, "cancel_order", order_id="o-1001", reason="ordered by mistake")
    assert import_path(store, before).ok
    report = import_path(store, told(before, "o-1001", stage="shipped"))
    [problem] = report.problems
    assert "#1001 was cancelled here and is shipped in the file" in problem.reason
    assert order(store, "o-1001").stage == "cancelled"
