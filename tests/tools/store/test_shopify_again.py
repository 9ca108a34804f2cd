"""Exports that overlap, that were edited or saved in a spreadsheet, and statuses that say more than the amounts do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.store.test_shopify_csv import FIRST, ORDER_COLUMNS, SECOND, order, sheet
from tests.tools.store.test_writers import do
from tests.tools.world import usd
from tools.commerce import Order
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.report import ImportReport
from tools.store.sound import sound_order

PARTLY = {"Financial Status": "partially_refunded", "Refunded Amount": "20.00"}


def imported(store: LocalStore, folder: Path, **files: list[dict[str, str]]) -> ImportReport:
    for old in folder.iterdir():
        old.unlink()
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(sheet(ORDER_COLUMNS, rows), encoding="utf-8", newline="")
    return import_path(store, folder)


def lines(found: Order) -> list[tuple[str, str, int, int]]:
    return [(line.id, line.title, line.quantity, line.refunded) for line in found.lines]


@pytest.mark.parametrize(("older", "newer"), [("a", "b"), ("b", "a")])
def test_two_exports_of_one_order_in_a_folder_never_lose_a_refund(
    empty: LocalStore, folder: Path, older: str, newer: str
) -> None:
    report = imported(empty, folder, **{older: [FIRST, SECOND], newer: [FIRST | PARTLY, SECOND]})
    assert (report.ok, report.counts["orders"]) == (True, 1)
    assert order(empty).refunded == usd("20.00")


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"Financial Status": "refunded", "Refunded Amount": ""}, "0.00"),
        ({"Financial Status": "refunded", "Refunded Amount": "60.00"}, "0.00"),
        (PARTLY, "76.81"),
    ],
)
def test_of_a_refunded_order_nothing_is_left_whatever_the_amount_says(
    empty: LocalStore, folder: Path, changes: dict[str, str], left: str
) -> None:
    assert imported(empty, folder, orders=[FIRST | changes, SECOND]).ok
    assert order(empty).left_to_refund == usd(left)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"Financial Status": "partially_refunded", "Refunded Amount": ""}, "Refunded Amount"),
        ({"Id": "5.12E+12"}, "Id"),
        ({"Id": "5,12e12"}, "Id"),
    ],
)
def test_what_cannot_be_known_is_said_and_not_guessed(
    empty: LocalStore, folder: Path, changes: dict[str, str], column: str
) -> None:
    report = imported(empty, folder, orders=[FIRST | changes, SECOND])
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, column)]
    assert not report.counts.get("orders")


def test_line_ends_of_an_old_macintosh_are_named(empty: LocalStore, folder: Path) -> None:
    text = sheet(ORDER_COLUMNS, [FIRST, SECOND]).replace("\r\n", "\r")
    (folder / "orders.csv").write_text(text, encoding="utf-8", newline="")
    assert "old Macintosh" in str(import_path(empty, folder).problems[0])


LAMP_ALONE = {
    "Subtotal": "35.00",
    "Discount Amount": "0.00",
    "Taxes": "2.51",
    "Total": "42.51",
    "Lineitem quantity": "1",
    "Lineitem name": "Desk lamp",
    "Lineitem price": "35.00",
    "Lineitem sku": "",
}


def test_what_was_refunded_stays_with_its_goods_when_an_order_was_edited(empty: LocalStore, folder: Path) -> None:
    imported(empty, folder, orders=[FIRST, SECOND])
    do(empty, "refund_order", order_id="5001", amount="10.00 USD", lines=[{"line_id": "5001-1", "quantity": 2}])
    fewer = {"Lineitem quantity": "1", "Subtotal": "45.00", "Total": "56.81"}
    assert imported(empty, folder, orders=[FIRST | fewer, SECOND]).ok
    assert lines(order(empty)) == [("5001-1", "Stone mug - Grey", 1, 1), ("5001-2", "Desk lamp", 1, 0)]
    sound_order(order(empty))
    assert imported(empty, folder, orders=[FIRST | LAMP_ALONE]).ok
    assert lines(order(empty)) == [("5001-2", "Desk lamp", 1, 0)]
    sound_order(order(empty))


def test_goods_that_were_added_take_nobodys_place(empty: LocalStore, folder: Path) -> None:
    imported(empty, folder, orders=[FIRST | LAMP_ALONE])
    do(empty, "refund_order", order_id="5001", amount="10.00 USD", lines=[{"line_id": "5001-1", "quantity": 1}])
    assert imported(empty, folder, orders=[FIRST, SECOND]).ok
    found = lines(order(empty))
    assert found == [("5001-1-3", "Stone mug - Grey", 3, 0), ("5001-1", "Desk lamp", 1, 1)]


def test_a_quantity_that_is_no_number_is_said_and_the_product_is_kept(empty: LocalStore, folder: Path) -> None:
    text = "Handle,Title,Variant Price,Option1 Name,Option1 Value,Variant Inventory Qty\n"
    text += 'mug,Mug,20.00,Color,Grey,\'-2\nmug,,20.00,,Blue,"1,000"\nmug,,20.00,,Red,\n'
    (folder / "products.csv").write_text(text, encoding="utf-8")
    report = import_path(empty, folder, "USD")
    assert [(problem.line, problem.column) for problem in report.problems] == [(3, "Variant Inventory Qty")]
    assert report.counts == {"products": 1, "stock": 1}
    assert [level.available for level in empty.readers().catalog.stock("mug/Grey")] == [-2]
