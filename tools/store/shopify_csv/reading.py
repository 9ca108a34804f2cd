"""Tells the exports apart by their header and reads them in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.commerce import Noun, Order, StockLevel
from tools.ports import Readers
from tools.store.nouns import Row, row_of
from tools.store.report import Problems
from tools.store.shopify_csv.catalogue import ANYWHERE, Catalogue, read_inventory, read_products
from tools.store.shopify_csv.customers import People, read_customers
from tools.store.shopify_csv.kinds import kind_of
from tools.store.shopify_csv.merging import merge_order
from tools.store.shopify_csv.orders import read_orders
from tools.store.shopify_csv.sheet import Sheet, read_sheet
from tools.store.sound import sound_order


@dataclass(frozen=True)
class Sheets:
    """The files of an import by kind."""

    orders: list[Sheet]
    products: list[Sheet]
    customers: list[Sheet]
    inventory: list[Sheet]


def read_shopify(paths: Sequence[Path], readers: Readers, currency: str, problems: Problems) -> dict[str, list[Row]]:
    """The rows of all files. `currency` prices the products; without it, that of the orders.

    What cannot be read is left out and noted in `problems`.
    """
    sheets = _sorted(paths, problems)
    catalogue, people = Catalogue(readers.catalog), People(readers.customers)
    currency = currency or _currency(sheets.orders)
    stock: list[StockLevel] = []
    for sheet in sheets.products:
        if currency:
            stock += read_products(sheet, currency, catalogue, problems)
        else:
            problems.add(sheet.file, 0, "", _unpriced(sheets.orders))
    located = [level for sheet in sheets.inventory for level in read_inventory(sheet, catalogue, problems)]
    for sheet in sheets.customers:
        read_customers(sheet, people, problems)
    # A row at a time: a hundred thousand orders at once are a gigabyte.
    orders = _once_each(order for sheet in sheets.orders for order in _sound(sheet, catalogue, people, problems))
    levels = _one_stock(stock, located, readers)
    return {
        "products": _rows(catalogue.products.values()),
        "stock": _rows(levels),
        "customers": _rows(people.customers.values()),
        "orders": orders,
    }


def _rows(nouns: Iterable[Noun]) -> list[Row]:
    return [row_of(noun) for noun in nouns]


def _once_each(orders: Iterable[Order]) -> list[Row]:
    """One row for an order that several files hold, as if they had been imported one after the other."""
    rows: dict[str, Row] = {}
    for order in orders:
        row, known = row_of(order), rows.get(order.id)
        rows[order.id] = row if known is None else merge_order(row, str(known.values["body"]))
    return list(rows.values())


def _sorted(paths: Sequence[Path], problems: Problems) -> Sheets:
    sheets = Sheets([], [], [], [])
    for path in paths:
        sheet = read_sheet(path, problems)
        if sheet is None:
            continue
        if not sheet.rows:
            problems.add(sheet.file, sheet.at, "", "holds a header and nothing else")
        match kind_of(sheet, problems):
            case "orders":
                sheets.orders.append(sheet)
            case "products":
                sheets.products.append(sheet)
            case "customers":
                sheets.customers.append(sheet)
            case "inventory":
                sheets.inventory.append(sheet)
            case _:
                pass
    return sheets


def _currency(sheets: Sequence[Sheet]) -> str:
    found = {row.get("Currency") for sheet in sheets for row in sheet.rows} - {""}
    return found.pop() if len(found) == 1 else ""


def _unpriced(orders: Sequence[Sheet]) -> str:
    why = "the orders beside it have several" if any(sheet.rows for sheet in orders) else "no orders are beside it"
    return f"names no currency and {why}; name the shop's, such as --currency USD"


def _sound(sheet: Sheet, catalogue: Catalogue, people: People, problems: Problems) -> Iterable[Order]:
    for order in read_orders(sheet, catalogue, people, problems):
        try:
            sound_order(order)
        except ValueError as error:
            problems.add(sheet.file, 0, "", str(error))
            continue
        yield order


def _one_stock(stock: Sequence[StockLevel], located: Sequence[StockLevel], readers: Readers) -> list[StockLevel]:
    """Quantities without a location count only where no location is known, so that no unit counts twice."""
    by_variant = {level.variant_id for level in located}
    kept = [level for level in stock if level.variant_id not in by_variant and not _has_places(level, readers)]
    old = [level for variant in sorted(by_variant) for level in readers.catalog.stock(variant)]
    emptied = [level.model_copy(update={"available": 0}) for level in old if level.location == ANYWHERE]
    return [*kept, *emptied, *located]


def _has_places(level: StockLevel, readers: Readers) -> bool:
    return any(known.location != ANYWHERE for known in readers.catalog.stock(level.variant_id))
