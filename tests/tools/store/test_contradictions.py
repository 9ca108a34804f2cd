"""Nouns of a snapshot that cannot be true: they would let money out, so they are left out and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tools.store.test_snapshot import ORDER, snapshot
from tools.store.local import LocalStore
from tools.store.snapshot import import_snapshot

CARD = {"id": "g", "kind": "gift_card", "balance": "5.00 USD"}
VARIANT = {"id": "v", "price": "5.00 USD", "cost": "1.00 USD"}
BACK = {"id": "r", "order_id": "1", "amount": "5.00 USD", "shipping": "1.00 USD", "at": "2026-03-01T10:00:00Z"}
CREDIT = {"id": "c", "customer_id": "x", "amount": "5.00 USD", "at": "2026-03-01T10:00:00Z"}
BELOW = "-0.01 USD"


@pytest.mark.parametrize(
    ("file", "good", "wrong", "said"),
    [
        ("customers", {"payment_methods": [CARD]}, {"payment_methods": [CARD | {"balance": BELOW}]}, "a balance below"),
        ("customers", {"payment_methods": [CARD]}, {"payment_methods": [CARD, CARD]}, "methods with the same id"),
        ("products", {"variants": [VARIANT]}, {"variants": [VARIANT | {"price": BELOW}]}, "a price or cost below"),
        ("products", {"variants": [VARIANT]}, {"variants": [VARIANT | {"cost": BELOW}]}, "a price or cost below"),
        ("products", {"variants": [VARIANT]}, {"variants": [VARIANT, VARIANT]}, "variants with the same id"),
        ("refunds", BACK, BACK | {"amount": BELOW}, "an amount below zero"),
        ("refunds", BACK, BACK | {"shipping": BELOW}, "an amount below zero"),
        ("store_credits", CREDIT, CREDIT | {"amount": BELOW}, "an amount below zero"),
    ],
)
def test_what_cannot_be_is_left_out(
    sqlite_store: LocalStore, tmp_path: Path, file: str, good: dict[str, object], wrong: dict[str, object], said: str
) -> None:
    title = {"title": "Mug"} if file == "products" else {}
    lines = [good | title | {"id": "one"}, wrong | title | {"id": "two"}]
    (tmp_path / f"{file}.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    report = import_snapshot(sqlite_store, tmp_path)
    assert report.counts == {file: 1}
    assert [(problem.file, problem.line) for problem in report.problems] == [(f"{file}.jsonl", 2)]
    assert said in report.problems[0].reason


PAID = {"id": "t", "kind": "capture", "amount": "40.00 USD", "at": "2026-03-01T10:00:00Z"}
PAID_BACK = PAID | {"id": "b", "kind": "refund", "amount": "5.00 USD"}


@pytest.mark.parametrize(
    ("moved", "refund", "said"),
    [
        ([PAID, PAID_BACK], BACK, ""),
        ([PAID, PAID_BACK], BACK | {"amount": "4.99 USD"}, ""),
        ([PAID], BACK, "they pay back 0.00 USD, and refunds.jsonl says 5.00 USD"),
        ([PAID, PAID_BACK], BACK | {"amount": "5.01 USD"}, "they pay back 5.00 USD, and refunds.jsonl says 5.01 USD"),
        ([PAID, PAID_BACK], BACK | {"amount": "5.00 EUR", "shipping": "1.00 EUR"}, "in another currency"),
    ],
)
def test_an_order_whose_refunds_are_not_in_its_transactions_would_be_refunded_twice(
    sqlite_store: LocalStore, tmp_path: Path, moved: list[object], refund: dict[str, object], said: str
) -> None:
    other = ORDER | {"id": "0", "number": "#0"}
    report = import_snapshot(
        sqlite_store, snapshot(tmp_path / "s", orders=[other, ORDER | {"transactions": moved}], refunds=[refund])
    )
    assert report.counts == {"orders": 1 if said else 2, "refunds": 1}
    assert [str(problem).split(": ")[0] for problem in report.problems] == (["orders.jsonl:2"] if said else [])
    assert all(said in problem.reason for problem in report.problems)


Files = dict[str, list[dict[str, object]]]


def units(back: int, *, coming: str = "", told: dict[str, int] | None = None) -> Files:
    """An order of two mugs, one line of it refunded `back` times, and one return of one mug in this status."""
    line = {**ORDER["lines"][0], **(told or {})}
    some: list[object] = [{"line_id": "a", "quantity": back}] if back else []
    refund: dict[str, object] = {**BACK, "lines": some}
    files: Files = {
        "orders": [{**ORDER, "lines": [line], "transactions": [PAID, PAID_BACK]}],
        "refunds": [refund],
    }
    if coming:
        parcel: dict[str, object] = {"status": coming, "lines": [{"line_id": "a", "quantity": 1}]}
        files["returns"] = [parcel | {"id": "rma", "order_id": "1", "requested_at": PAID["at"]}]
    return files


@pytest.mark.parametrize(
    ("files", "refunded", "returning"),
    [
        (units(1), 1, 0),
        (units(9), 2, 0),
        (units(1, told={"refunded": 2}), 2, 0),
        (units(0, coming="label_sent"), 0, 1),
        (units(0, coming="in_transit", told={"returning": 2}), 0, 2),
        (units(0, coming="received"), 0, 0),
        (units(1, coming="in_transit"), 1, 0),
        (units(1, coming="in_transit", told={"refunded": 1, "returning": 1}), 1, 1),
    ],
)
def test_what_refunds_and_returns_tell_of_units_counts_on_the_line(
    sqlite_store: LocalStore, tmp_path: Path, files: Files, refunded: int, returning: int
) -> None:
    assert import_snapshot(sqlite_store, snapshot(tmp_path / "s", **files)).ok
    order = sqlite_store.readers().orders.order("1")
    assert order is not None
    assert (order.lines[0].refunded, order.lines[0].returning) == (refunded, returning)
