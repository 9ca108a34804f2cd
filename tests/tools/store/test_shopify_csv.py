"""The CSV files of Shopify's admin: amounts to the cent, bad rows by name, a second import that forgets nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.store.test_writers import do
from tests.tools.world import usd
from tools.commerce import FraudBand, Order, OrderStage
from tools.errors import StoreError
from tools.money import Money, total
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.report import ImportReport

ORDER_COLUMNS = [
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Accepts Marketing", "Currency", "Subtotal",
    "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at",
    "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem taxable", "Lineitem discount",
    "Billing Name", "Shipping Name", "Shipping Address1", "Shipping City", "Shipping Zip", "Shipping Country",
    "Shipping Phone", "Notes", "Cancelled at", "Payment Method", "Refunded Amount", "Outstanding Balance", "Id", "Tags",
    "Risk Level",
]  # fmt: skip
FIRST = {
    "Name": "#1001", "Email": "ada@example.com", "Financial Status": "paid", "Paid at": "2026-03-01 10:05:00 -0500",
    "Fulfillment Status": "unfulfilled", "Currency": "USD", "Subtotal": "85.00", "Shipping": "5.00", "Taxes": "6.81",
    "Total": "96.81", "Discount Code": "TEN", "Discount Amount": "10.00", "Shipping Method": "Standard",
    "Created at": "2026-03-01 10:00:00 -0500", "Lineitem quantity": "3", "Lineitem name": "Stone mug - Grey",
    "Lineitem price": "20.00", "Lineitem sku": "MUG-GREY", "Lineitem taxable": "true", "Billing Name": "Ada Byron",
    "Shipping Name": "Ada Byron", "Shipping Address1": "1 Mill Lane", "Shipping City": "Albany",
    "Shipping Zip": "'12207", "Shipping Country": "US", "Shipping Phone": "'+15185550100",
    "Notes": 'Ring twice,\n"please"', "Payment Method": "Shopify Payments", "Refunded Amount": "0.00", "Id": "5001",
    "Tags": "vip, repeat", "Risk Level": "Low",
}  # fmt: skip
SECOND = {
    "Name": "#1001", "Email": "ada@example.com", "Created at": "2026-03-01 10:00:00 -0500", "Lineitem quantity": "1",
    "Lineitem name": "Desk lamp", "Lineitem price": "35.00", "Lineitem taxable": "true",
}  # fmt: skip
Rows = Sequence[dict[str, str]]


def sheet(columns: Sequence[str], rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def imported(store: LocalStore, folder: Path, name: str = "orders_export.csv", text: str | None = None) -> ImportReport:
    content = sheet(ORDER_COLUMNS, [FIRST, SECOND]) if text is None else text
    (folder / name).write_text(content, encoding="utf-8", newline="")
    return import_path(store, folder / name)


def order(store: LocalStore, number: str = "1001") -> Order:
    found = store.readers().orders.order_by_number(number)
    assert found is not None
    return found


def test_an_order_of_two_rows_costs_what_the_file_says(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder)
    found = order(empty)
    assert report.ok
    assert found.total == found.captured == usd("96.81")
    assert [(line.quantity, str(line.discount), str(line.tax)) for line in found.lines] == [
        (3, "6.32 USD", "4.30 USD"),
        (1, "3.68 USD", "2.51 USD"),
    ]
    assert (found.id, found.stage, found.fraud) == ("5001", OrderStage.PENDING, FraudBand.LOW)
    assert found.placed_at.isoformat() == "2026-03-01T15:00:00+00:00"
    assert (found.shipping_address.postal_code, found.shipping_address.phone) == ("12207", "+15185550100")
    assert found.note == 'Ring twice,\n"please"'
    assert found.tags == ("vip", "repeat")


def test_the_customer_of_an_order_is_known_by_e_mail(empty: LocalStore, folder: Path) -> None:
    imported(empty, folder)
    ada = empty.readers().customers.customer_by_email("ADA@example.com")
    assert ada is not None
    assert (ada.id, ada.name) == (order(empty).customer_id, "Ada Byron")
    imported(empty, folder, "customers.csv", CUSTOMERS)
    again = empty.readers().customers.customer_by_email("ada@example.com")
    assert again is not None
    assert (again.id, again.phone, again.tags) == (ada.id, "+15185550100", ("vip", "b2b"))


CUSTOMERS = (
    "\ufeffCustomer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Address1,"
    "Default Address City,Default Address Country Code,Default Address Zip,Phone,Note,Tags\r\n"
    "'77,Ada,Byron,ada@example.com,yes,1 Mill Lane,Albany,US,'12207,'+15185550100,,\"vip, b2b\"\r\n"
    "'78,Cy,Ng,cy@example.com,no,,,,,,,\r\n"
    ",No,Body,,no,,,,,,,\r\n"
    "'79,Di,Ro,not an address,no,,,,,,,\r\n"
)


def test_customers_are_read_and_nobodies_reported(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, "customers_export.csv", CUSTOMERS)
    assert report.counts == {"customers": 2}
    assert [(problem.line, problem.column) for problem in report.problems] == [(4, "Email"), (5, "Email")]
    ada = empty.readers().customers.customer("77")
    assert ada is not None
    assert ada.default_address is not None
    assert (ada.accepts_marketing, ada.default_address.one_line()) == (
        True,
        "Ada Byron, 1 Mill Lane, Albany, 12207, US",
    )


PRODUCTS = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,"
    "Variant Price,Cost per item,Status,Capacity (product.metafields.custom.capacity),Image Src\n"
    'mug,Stone mug,<p>Thrown <b>by hand</b></p>,Kiln,Mugs,"gift, final-sale",true,Color,Grey,'
    "MUG-GREY,4,20.00,6.50,active,350 ml,x\n"
    "mug,,,,,,,,Blue,MUG-BLUE,0,24.00,,,,\n"
    "mug,,,,,,,,,,,,,,,y.png\n"
    "lamp,Desk lamp,,Kiln,Lamps,,true,Title,Default Title,LAMP,2,35.00,,draft,,\n"
)
INVENTORY = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Bin name,Committed (not editable),Available (not editable),"
    "On hand (current),On hand (new)\n"
    "mug,Stone mug,Color,Grey,MUG-GREY,Leeds,,1,3,4,\n"
    "mug,Stone mug,Color,Grey,MUG-GREY,York,,0,,2,\n"
    "mug,Stone mug,Color,Blue,,York,,not stocked,not stocked,,\n"
    "mug,Stone mug,Color,Grey,MUG-GREY,Bath,,0,many,2,\n"
)


def test_products_and_stock_come_with_their_orders(empty: LocalStore, folder: Path) -> None:
    for name, text in {"a.csv": sheet(ORDER_COLUMNS, [FIRST, SECOND]), "b.csv": PRODUCTS, "c.csv": INVENTORY}.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    report = import_path(empty, folder)
    catalog = empty.readers().catalog
    mug, lamp = catalog.product("mug"), catalog.product("lamp")
    assert [str(problem) for problem in report.problems] == [
        'c.csv:5: Available (not editable): "many" is not a whole number'
    ]
    assert mug is not None
    assert lamp is not None
    assert (mug.final_sale, mug.active, lamp.active) == (True, True, False)
    assert mug.description == "Thrown by hand"
    assert mug.attributes == {"vendor": "Kiln", "type": "Mugs", "capacity": "350 ml"}
    assert [(v.id, v.options, str(v.price)) for v in mug.variants] == [
        ("mug/Grey", {"Color": "Grey"}, "20.00 USD"),
        ("mug/Blue", {"Color": "Blue"}, "24.00 USD"),
    ]
    assert [(level.location, level.available) for level in catalog.stock("mug/Grey")] == [("Leeds", 3), ("York", 2)]
    assert [level.available for level in catalog.stock("lamp")] == [2]
    assert [(line.variant_id, line.final_sale) for line in order(empty).lines] == [("mug/Grey", True), ("lamp", False)]


def test_stock_without_a_place_never_counts_twice(empty: LocalStore, folder: Path) -> None:
    (folder / "p.csv").write_text(PRODUCTS, encoding="utf-8")
    import_path(empty, folder / "p.csv", currency="USD")
    imported(empty, folder, "i.csv", INVENTORY)
    assert sum(level.available for level in empty.readers().catalog.stock("mug/Grey")) == 5
    import_path(empty, folder / "p.csv", currency="USD")
    assert sum(level.available for level in empty.readers().catalog.stock("mug/Grey")) == 5


def test_products_without_a_currency_are_not_priced(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, "products.csv", PRODUCTS)
    assert report.counts == {}
    assert "currency" in report.problems[0].reason


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"Total": "96.82"}, "Total"),
        ({"Total": ""}, "Total"),
        ({"Created at": "yesterday"}, "Created at"),
        ({"Created at": "2026-03-01 10:00:00"}, "Created at"),
        ({"Currency": "dollars"}, "Currency"),
        ({"Lineitem quantity": "two"}, "Lineitem quantity"),
        ({"Lineitem quantity": "0"}, "Lineitem quantity"),
        ({"Lineitem price": "1e9"}, "Lineitem price"),
        ({"Lineitem price": "-20.00"}, "Lineitem price"),
        ({"Lineitem price": "20.005"}, "Lineitem price"),
        ({"Refunded Amount": "96.82"}, "Refunded Amount"),
        ({"Financial Status": "maybe"}, "Financial Status"),
        ({"Fulfillment Status": "teleported"}, "Fulfillment Status"),
        ({"Risk Level": "spicy"}, "Risk Level"),
        ({"Subtotal": "95.01"}, "Subtotal"),
    ],
)
def test_an_order_with_a_bad_cell_is_left_out_whole(
    empty: LocalStore, folder: Path, changes: dict[str, str], column: str
) -> None:
    good = FIRST | {"Name": "#1002", "Id": "5002"}
    rows = [FIRST | changes, SECOND, good, SECOND | {"Name": "#1002"}]
    report = imported(empty, folder, text=sheet(ORDER_COLUMNS, rows))
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, column)]
    assert report.counts["orders"] == 1
    assert empty.readers().orders.order("5001") is None
    assert order(empty, "1002").total == usd("96.81")


@pytest.mark.parametrize(
    ("changes", "captured", "refunded", "stage"),
    [
        ({"Financial Status": "pending"}, "0.00", "0.00", "pending"),
        ({"Financial Status": "partially_paid", "Outstanding Balance": "90.00"}, "6.81", "0.00", "pending"),
        ({"Financial Status": "partially_refunded", "Refunded Amount": "20.00"}, "96.81", "20.00", "pending"),
        ({"Cancelled at": "2026-03-02 10:00:00 -0500"}, "96.81", "0.00", "cancelled"),
        ({"Fulfillment Status": "fulfilled"}, "96.81", "0.00", "shipped"),
        ({"Fulfillment Status": "partial"}, "96.81", "0.00", "processing"),
        ({"Taxes": "6.81", "Total": "90.00"}, "90.00", "0.00", "pending"),
        ({"Discount Amount": "15.00", "Total": "91.81"}, "91.81", "0.00", "pending"),
    ],
    ids=["unpaid", "deposit", "refunded", "cancelled", "shipped", "partial", "tax included", "free shipping"],
)
def test_money_and_stage_follow_the_statuses(
    empty: LocalStore, folder: Path, changes: dict[str, str], captured: str, refunded: str, stage: str
) -> None:
    assert imported(empty, folder, text=sheet(ORDER_COLUMNS, [FIRST | changes, SECOND])).ok
    found = order(empty)
    assert (found.captured, found.refunded, found.stage) == (usd(captured), usd(refunded), stage)
    assert str(found.total.decimal) == (FIRST | changes)["Total"]


def test_a_second_import_updates_and_never_forgets_a_refund(empty: LocalStore, folder: Path) -> None:
    imported(empty, folder)
    do(empty, "refund_order", order_id="5001", amount="10.00 USD", lines=[{"line_id": "5001-1"}])
    do(empty, "hold_order", order_id="5001", reason="check")
    before = order(empty)
    assert imported(empty, folder).ok
    assert order(empty) == before
    shipped = [FIRST | {"Fulfillment Status": "fulfilled", "Refunded Amount": "15.00"}, SECOND]
    imported(empty, folder, text=sheet(ORDER_COLUMNS, shipped))
    after = order(empty)
    assert (after.stage, after.refunded, after.lines[0].refunded) == ("shipped", usd("15.00"), 1)
    assert after.hold is not None
    assert after.version == before.version + 1
    assert len(empty.readers().orders.orders_of(after.customer_id)) == 1


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 0, "empty"),
        ("Name,Email".encode("utf-16"), 1, "UTF-16"),
        (b"Name,Lineitem quantity\n\xe9,1\n", 2, "not UTF-8 (byte 0xE9)"),
        (b"a,b\n1,2\n", 1, "not an export"),
        (b"Name,Lineitem quantity,Lineitem name\n#1,1,Mug\n", 1, "needs this column"),
        (b"Name,Name\n", 1, "appears twice"),
        (b'Name,"Line', 1, "is not CSV"),
        (sheet(ORDER_COLUMNS, []).encode(), 1, "nothing else"),
    ],
    ids=["empty", "utf16", "latin1", "other", "columns", "twice", "quote", "header only"],
)
def test_what_is_no_export_is_said(empty: LocalStore, folder: Path, content: bytes, line: int, reason: str) -> None:
    (folder / "x.csv").write_bytes(content)
    report = import_path(empty, folder)
    assert report.counts == {}
    assert report.problems[0].line == line
    assert reason in report.problems[0].reason


@pytest.mark.parametrize("cut", [1, 4, 12, 60])
def test_a_truncated_file_loses_only_its_last_order(empty: LocalStore, folder: Path, cut: int) -> None:
    last = SECOND | {"Name": "#1002", "Notes": 'fragile, "very"'}
    text = sheet(ORDER_COLUMNS, [FIRST, SECOND, FIRST | {"Name": "#1002", "Id": "5002"}, last]).rstrip("\r\n")
    report = imported(empty, folder, text=text[:-cut])
    assert order(empty).total == usd("96.81")
    assert {problem.line for problem in report.problems} == {7}
    assert empty.readers().orders.order("5002") is None


@pytest.mark.parametrize("name", ["missing.csv", "orders.xlsx", "."])
def test_nothing_to_import_is_an_error(empty: LocalStore, folder: Path, name: str) -> None:
    (folder / "orders.xlsx").write_bytes(b"PK")
    with pytest.raises(StoreError):
        import_path(empty, folder / name)


_cells = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["1", "0", "-1", "20.00", "96.81", "'=1+1", "NaN", "Infinity", "1e400", "USD", "paid", "2026-03-01 10:00:00 -0500"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(ORDER_COLUMNS), _cells, max_size=5), min_size=1, max_size=4))
def test_whatever_is_in_the_cells_nothing_breaks(
    sqlite_store: LocalStore, tmp_path: Path, changes: list[dict[str, str]]
) -> None:
    rows = [FIRST | {"Name": f"#{i}", "Id": f"{i}"} | change for i, change in enumerate(changes)]
    report = imported(sqlite_store, tmp_path, text=sheet(ORDER_COLUMNS, rows))
    assert report.counts.get("orders", 0) + len(report.problems) >= 1


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9_999)), min_size=1, max_size=5),
    st.integers(0, 100),
    st.integers(0, 3_000),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_add_up_to_the_cent(
    sqlite_store: LocalStore, tmp_path: Path, lines: list[tuple[int, int]], percent: int, tax: int
) -> None:
    gross = sum(quantity * price for quantity, price in lines)
    discount = gross * percent // 100

    def text(minor: int) -> str:
        return str(Money(minor=minor, currency="USD").decimal)

    amounts = {
        "Subtotal": text(gross - discount), "Discount Amount": text(discount), "Taxes": text(tax), "Shipping": "0.00",
        "Total": text(gross - discount + tax),
    }  # fmt: skip
    rows = [
        (FIRST | amounts if index == 0 else SECOND)
        | {"Lineitem quantity": str(quantity), "Lineitem price": text(price)}
        for index, (quantity, price) in enumerate(lines)
    ]
    assert imported(sqlite_store, tmp_path, text=sheet(ORDER_COLUMNS, rows)).ok
    found = sqlite_store.readers().orders.order("5001")
    assert found is not None
    assert text(gross - discount + tax) == str(found.total.decimal)
    assert total((line.discount for line in found.lines), "USD").minor == discount
    assert all(line.discount <= line.price * line.quantity for line in found.lines)


TIP = SECOND | {"Lineitem name": "Tip", "Lineitem price": "3.00", "Lineitem requires shipping": "false"}


def test_a_tip_is_a_line_of_its_own_and_makes_no_shipping(empty: LocalStore, folder: Path) -> None:
    columns = [*ORDER_COLUMNS, "Lineitem requires shipping"]
    report = imported(empty, folder, text=sheet(columns, [FIRST | {"Total": "99.81"}, SECOND, TIP]))
    found = order(empty)
    assert (report.ok, found.total, found.shipping) == (True, usd("99.81"), usd("5.00"))
    assert [(line.title, str(line.discount)) for line in found.lines][-1] == ("Tip", "0.00 USD")


def test_shipping_is_never_more_than_the_file_says(empty: LocalStore, folder: Path) -> None:
    # Items 95.00, Subtotal 80.00: five more are missing than the discount explains, and the Total has them.
    report = imported(empty, folder, text=sheet(ORDER_COLUMNS, [FIRST | {"Subtotal": "80.00"}, SECOND]))
    assert [(problem.line, problem.column) for problem in report.problems] == [(2, "Total")]
