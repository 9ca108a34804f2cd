"""Exports as shops really have them: duties, people known by phone alone, several currencies, odd separators."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.store.test_shopify_csv import FIRST, ORDER_COLUMNS, SECOND, order, sheet
from tests.tools.world import usd
from tools.errors import StoreError
from tools.store.importing import import_path
from tools.store.local import LocalStore
from tools.store.report import ImportReport, Problems
from tools.store.shopify_csv.catalogue import Catalogue
from tools.store.shopify_csv.customers import People
from tools.store.shopify_csv.orders import read_orders
from tools.store.shopify_csv.sheet import read_sheet

CUSTOMER_COLUMNS = ["Customer ID", "First Name", "Last Name", "Email", "Default Address Phone", "Phone"]
PRODUCTS = "Handle,Title,Variant Price\nmug,Mug,20.00\n"
NAMELESS = {"Email": "", "Phone": "'+16175550123"}


def imported(store: LocalStore, folder: Path, *, currency: str = "", **files: str) -> ImportReport:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return import_path(store, folder, currency)


def orders(*rows: dict[str, str]) -> str:
    return sheet([*ORDER_COLUMNS, "Phone", "Duties"], rows)


def customers(*phones: str, column: str = "Phone") -> str:
    rows = [
        {"Customer ID": f"'70{i}", "First Name": "Ada", "Email": "", column: phone} for i, phone in enumerate(phones)
    ]
    return sheet(CUSTOMER_COLUMNS, rows)


@pytest.mark.parametrize("included", [False, True])
def test_duties_are_part_of_what_was_paid_and_go_back_with_shipping(
    empty: LocalStore, folder: Path, included: bool
) -> None:
    amount = "93.00" if included else "99.81"
    report = imported(empty, folder, orders=orders(FIRST | {"Duties": "3.00", "Total": amount}, SECOND))
    assert report.ok
    found = order(empty)
    assert (found.total, found.captured, found.taxes_included) == (usd(amount), usd(amount), included)
    assert found.shipping_paid == usd("8.00")


def test_amounts_that_do_not_add_up_are_named_with_the_duties(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, orders=orders(FIRST | {"Duties": "3.00", "Total": "99.80"}, SECOND))
    assert "shipping 5.00 USD, taxes 6.81 USD, duties 3.00 USD do not add up to 99.80 USD" in str(report.problems[0])


@pytest.mark.parametrize("known", ["'+16175550123", "+1 (617) 555-0123"])
def test_an_order_with_a_phone_number_alone_is_the_customers_whose_account_has_it(
    empty: LocalStore, folder: Path, known: str
) -> None:
    report = imported(empty, folder, orders=orders(FIRST | NAMELESS), customers=customers("'+4915112345678", known))
    assert not report.counts.get("orders")  # the second row is missing, so the amounts do not add up
    imported(empty, folder, orders=orders(FIRST | NAMELESS, SECOND | NAMELESS), customers=customers("1234567", known))
    assert order(empty).customer_id == "701"


@pytest.mark.parametrize(
    "people",
    [
        customers("'+16175550123", "'+16175550123"),
        customers("'+16175550123", column="Default Address Phone"),
        customers("123"),
    ],
)
def test_a_number_that_names_nobody_for_sure_makes_a_guest(empty: LocalStore, folder: Path, people: str) -> None:
    imported(empty, folder, orders=orders(FIRST | NAMELESS, SECOND | NAMELESS), customers=people)
    assert order(empty).customer_id == "guest:5001"


def test_a_guest_is_known_once_the_customers_are_imported_and_an_owner_is_never_changed(
    empty: LocalStore, folder: Path
) -> None:
    placed = orders(FIRST | NAMELESS, SECOND | NAMELESS)
    imported(empty, folder, orders=placed)
    assert order(empty).customer_id == "guest:5001"
    imported(empty, folder, orders=placed, customers=customers("'+16175550123"))
    assert order(empty).customer_id == "700"
    (folder / "customers.csv").unlink()
    imported(empty, folder, orders=placed)
    assert order(empty).customer_id == "700"


def test_a_currency_may_be_typed_small_and_a_wrong_one_is_one_sentence(empty: LocalStore, folder: Path) -> None:
    assert imported(empty, folder, products=PRODUCTS, currency=" usd ").ok
    for wrong in ("dollar", "$", "US", "USDX", "USX"):
        with pytest.raises(StoreError, match="is not a currency; write its three letters, such as USD"):
            imported(empty, folder, products=PRODUCTS, currency=wrong)


def test_products_beside_orders_of_several_currencies_say_what_to_type(empty: LocalStore, folder: Path) -> None:
    other = {"Name": "#1002", "Id": "5002", "Currency": "EUR"}
    report = imported(empty, folder, products=PRODUCTS, orders=orders(FIRST, SECOND, FIRST | other, SECOND | other))
    [problem] = [found for found in report.problems if found.file == "products.csv"]
    assert "the orders beside it have several; name the shop's, such as --currency USD" in problem.reason


@pytest.mark.parametrize(("mark", "said"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_a_file_that_a_spreadsheet_saved_again_is_told_by_its_separator(
    empty: LocalStore, folder: Path, mark: str, said: str
) -> None:
    report = imported(empty, folder, orders=orders(FIRST).replace(",", mark))
    assert f"its columns are separated by {said}; save it with commas" in str(report.problems[0])


def test_orders_are_read_one_by_one_and_rows_hold_no_empty_columns(empty: LocalStore, folder: Path) -> None:
    (folder / "orders.csv").write_text(orders(FIRST, SECOND, FIRST | {"Name": "#2", "Id": "2"}), encoding="utf-8")
    problems = Problems()
    read = read_sheet(folder / "orders.csv", problems)
    assert read is not None
    assert [row.line for row in read.rows if "" in row.values.values()] == []
    readers = empty.readers()
    found = read_orders(read, Catalogue(readers.catalog), People(readers.customers), problems)
    assert next(found).number == FIRST["Name"]
    assert problems.report({}).ok
    assert list(found) == []
    assert not problems.report({}).ok


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("Total", "12.00", '"12.00" is not what line 2 says of this order, which is "96.81"'),
        ("Currency", "EUR", '"EUR" is not what line 2'),
        ("Email", "eve@example.com", '"eve@example.com" is not what line 2'),
        ("Cancelled at", "2026-03-02 10:00:00 -0500", "which is nothing"),
    ],
)
def test_rows_of_one_order_that_disagree_are_named_and_the_order_is_left_out(
    empty: LocalStore, folder: Path, column: str, value: str, said: str
) -> None:
    other = {"Name": "#1002", "Id": "5002"}
    rows = [FIRST, SECOND | {column: value}, FIRST | other, SECOND | other]
    report = imported(empty, folder, orders=orders(*rows))
    [problem] = report.problems
    assert (problem.line, problem.column) == (4, column)
    assert said in problem.reason
    assert report.counts["orders"] == 1


def test_rows_of_one_order_that_repeat_the_same_agree(empty: LocalStore, folder: Path) -> None:
    again = {"Total": "96.81", "Currency": "USD", "Email": "ADA@example.com", "Financial Status": "Paid"}
    assert imported(empty, folder, orders=orders(FIRST, SECOND | again)).ok


def test_a_currency_that_nobody_pays_with_is_named(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, orders=orders(FIRST | {"Currency": "USX"}, SECOND))
    assert str(report.problems[0]) == 'orders.csv:2: Currency: "USX" is not a currency code such as USD'


@pytest.mark.parametrize("before", ["\n", "\r\n\r\n", "sep=,\r\n", "SEP=,\n\n"])
def test_lines_before_the_header_that_say_nothing_are_passed_over(empty: LocalStore, folder: Path, before: str) -> None:
    assert imported(empty, folder, orders=before + orders(FIRST, SECOND)).ok
    assert order(empty).total == usd("96.81")


def test_separators_are_told_below_a_line_for_excel(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, orders="sep=;\n" + orders(FIRST).replace(",", ";"))
    assert str(report.problems[0]).startswith("orders.csv:2: its columns are separated by semicolons")


def test_columns_that_were_renamed_are_asked_for_by_their_names(empty: LocalStore, folder: Path) -> None:
    renamed = orders(FIRST, SECOND).replace("Name,Email", "Bestellnummer,E-Mail").replace("Lineitem name", "Artikel")
    report = imported(empty, folder, orders=renamed)
    needs = "a file of orders needs this column; it is not in the header"
    assert [(found.line, found.column, found.reason) for found in report.problems] == [
        (1, "Name", needs),
        (1, "Lineitem name", needs),
    ]


def test_a_file_of_another_kind_is_told_by_the_columns_it_has(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, tickets="Ticket ID,Subject,Body,Status,Group,Agent,SLA\n1,2,3,4,5,6,7\n")
    assert "; its columns are ticket id, subject, body, status, group and 2 more" in str(report.problems[0])


def test_a_quotation_mark_that_never_closes_is_said_in_words(empty: LocalStore, folder: Path) -> None:
    report = imported(empty, folder, orders=orders(FIRST, SECOND) + '"#1002,ada\n')
    assert "a quotation mark is opened and never closed" in str(report.problems[0])


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("Financial Status", "nothing counts as paid"),
        ("Fulfillment Status", "every order counts as not sent"),
        ("Cancelled at", "every cancelled order counts as open"),
        ("Refunded Amount", "no refund that was made is known"),
        ("Email", "nobody can be recognised"),
    ],
)
def test_a_column_that_decides_about_money_or_goods_is_missed_and_the_orders_load(
    empty: LocalStore, folder: Path, column: str, said: str
) -> None:
    report = imported(empty, folder, orders=orders(FIRST, SECOND).replace(column, "Renamed", 1))
    assert report.ok
    assert [(found.line, found.column) for found in report.notices] == [(1, column)]
    assert said in report.notices[0].reason
    assert order(empty).total == usd("96.81")


def test_a_fault_is_named_by_the_column_that_the_file_has(empty: LocalStore, folder: Path) -> None:
    stock = "Handle,SKU,Location,Available\nmug,,Leith,4.5\nlamp,,Leith,\n"
    products = "URL handle,Title,Price\nmug,Mug,abc\n"
    report = imported(empty, folder, inventory=stock, products=products, currency="USD")
    assert [(found.file, found.line, found.column) for found in report.problems] == [
        ("products.csv", 2, "Price"),
        ("inventory.csv", 2, "Available"),
        ("inventory.csv", 3, "Available"),
    ]


def test_of_a_product_with_a_bad_row_nothing_loads_from_further_down_either(empty: LocalStore, folder: Path) -> None:
    text = "Handle,Title,Option1 Name,Option1 Value,Variant Price\nmug,Mug,Color,Grey,abc\nlamp,Lamp,,,1.00\n"
    report = imported(empty, folder, products=f"{text}mug,Mug,Color,Red,2.00\n", currency="USD")
    assert [(found.line, found.column) for found in report.problems] == [(2, "Variant Price"), (4, "Handle")]
    assert report.counts["products"] == 1


def test_two_customers_with_one_address_are_named(empty: LocalStore, folder: Path) -> None:
    people = "Customer ID,First Name,Email\n1,Ada,ada@example.com\n2,Eve,Ada@Example.com\n"
    report = imported(empty, folder, customers=people)
    assert [str(found) for found in report.problems] == [
        "customers.csv:3: Email: is the address of customer 1 further up already"
    ]
    found = empty.readers().customers.customer_by_email("ada@example.com")
    assert found is not None
    assert found.id == "1"
