"""Products with their variants, and where a variant of another file is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tools.commerce import Product, StockLevel, Variant
from tools.ports import CatalogReader
from tools.store.report import Problems
from tools.store.shopify_csv import fields
from tools.store.shopify_csv.sheet import BadRow, Sheet, SheetRow, grouped
from tools.store.words import folded

ANYWHERE = "all locations"
"""The location of a product file's quantities, which name none."""
_METAFIELD = re.compile(r"^(.+?) \(product\.metafields\..+\)$")
_DEFAULT = "default title"


@dataclass
class Catalogue:
    """Products of this import, and behind them those that the store has."""

    stored: CatalogReader
    products: dict[str, Product] = field(default_factory=dict[str, Product])
    _by_sku: dict[str, list[tuple[Product, Variant]]] = field(default_factory=dict[str, list[tuple[Product, Variant]]])
    _by_name: dict[str, list[tuple[Product, Variant]]] = field(default_factory=dict[str, list[tuple[Product, Variant]]])
    _stored: dict[str, tuple[Product, Variant] | None] = field(
        default_factory=dict[str, tuple[Product, Variant] | None]
    )

    def add(self, product: Product) -> None:
        """Make a product findable."""
        self.products[product.id] = product
        for variant in product.variants:
            if variant.sku:
                self._by_sku.setdefault(folded(variant.sku), []).append((product, variant))
            name = folded(f"{product.title} - {variant.title}" if variant.title else product.title)
            self._by_name.setdefault(name, []).append((product, variant))

    def find(self, sku: str, name: str) -> tuple[Product, Variant] | None:
        """The one variant with this SKU, else with this full name; None for none and for several."""
        for found in (self._by_sku.get(folded(sku), []), self._by_name.get(folded(name), [])):
            if len(found) == 1:
                return found[0]
        if sku and sku not in self._stored:
            self._stored[sku] = self.stored.variant(sku)
        return self._stored.get(sku)


def read_products(sheet: Sheet, currency: str, catalogue: Catalogue, problems: Problems) -> list[StockLevel]:
    """Fill `catalogue`; the quantities come back as stock without a location. A product with a bad row is left out."""
    stock: list[StockLevel] = []
    seen = set(catalogue.products)
    for rows in grouped(sheet.rows, lambda first, row: _handle(first) == _handle(row)):
        handle = _handle(rows[0])
        try:
            if not handle:
                raise rows[0].bad("Handle", "is empty")
            if handle in seen:
                raise rows[0].bad("Handle", f"{handle} appeared further up already")
            seen.add(handle)
            product = _product(handle, rows, currency)
        except BadRow as bad:
            problems.add(sheet.file, bad.line, bad.column, bad.reason)
            continue
        catalogue.add(product)
        stock += _quantities(product, rows, sheet.file, problems)
    return stock


def _handle(row: SheetRow) -> str:
    return row.get("Handle", "URL handle")


def _product(handle: str, rows: Sequence[SheetRow], currency: str) -> Product:
    first = rows[0]
    for row in rows:
        if row.fault:
            raise row.bad("", row.fault)
    options = _option_names(first)
    variants = tuple(_variant(handle, row, options, currency) for row in rows if _is_variant(row))
    if len({variant.id for variant in variants}) < len(variants):
        raise first.bad("Option1 Value", f"two variants of {handle} have the same options")
    tags = fields.listed(first.get("Tags"))
    return Product(
        id=handle[:200],
        title=first.need("Title"),
        category=first.get("Type", "Product Category", "Product category").rsplit(" > ", 1)[-1],
        description=_plain(first.get("Body (HTML)", "Description")),
        attributes=_attributes(first),
        variants=variants,
        tags=tags,
        final_sale=any(folded(tag).replace("-", " ") == "final sale" for tag in tags),
        active=_active(first),
    )


def _active(row: SheetRow) -> bool:
    status = row.get("Status")
    return (
        folded(status) == "active" if status else folded(row.get("Published", "Published on online store")) != "false"
    )


def _is_variant(row: SheetRow) -> bool:
    # Rows that only carry another picture have neither a price nor an option.
    return bool(row.get("Variant Price", "Price") or row.get("Option1 Value"))


def _option_names(row: SheetRow) -> list[str]:
    return [row.get(f"Option{number} Name") for number in (1, 2, 3)]


def _option_values(row: SheetRow) -> list[str]:
    values = [row.get(f"Option{number} Value") for number in (1, 2, 3)]
    return [value for value in values if value and folded(value) != _DEFAULT]


def _variant(handle: str, row: SheetRow, names: Sequence[str], currency: str) -> Variant:
    row.need("Variant Price", "Price")
    values = _option_values(row)
    cost = fields.money(row, currency, "Cost per item") if row.get("Cost per item") else None
    return Variant(
        id=variant_id(handle, values),
        sku=row.get("Variant SKU", "SKU"),
        title=" / ".join(values),
        options={name or f"Option {i}": value for i, (name, value) in enumerate(zip(names, values, strict=False), 1)},
        price=fields.money(row, currency, "Variant Price", "Price"),
        cost=cost,
    )


def variant_id(handle: str, values: Iterable[str]) -> str:
    """The id of a variant, which the files do not have: its handle and its options."""
    return "/".join([handle, *values])[:200]


def _attributes(row: SheetRow) -> dict[str, str]:
    found = {"vendor": row.get("Vendor"), "type": row.get("Type")}
    for column, value in row.values.items():
        metafield = _METAFIELD.match(column)
        if metafield is not None:
            found[metafield[1]] = value
    return {name: value for name, value in found.items() if value}


def _plain(html: str) -> str:
    if "<" not in html:
        return html
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def _quantities(product: Product, rows: Sequence[SheetRow], file: str, problems: Problems) -> list[StockLevel]:
    levels: list[StockLevel] = []
    columns = ("Variant Inventory Qty", "Inventory quantity")
    for row in (row for row in rows if _is_variant(row) and row.get(*columns)):
        try:
            units = fields.whole(row, *columns)
        except BadRow as bad:
            problems.add(file, bad.line, bad.column, f"{bad.reason}; how many there are is not known")
            continue
        variant = variant_id(product.id, _option_values(row))
        levels.append(StockLevel(variant_id=variant, location=ANYWHERE, available=units))
    return levels


def read_inventory(sheet: Sheet, catalogue: Catalogue, problems: Problems) -> list[StockLevel]:
    """Stock by location: what is available, or what is on hand less what is committed."""
    levels: dict[tuple[str, str], StockLevel] = {}
    for row in sheet.rows:
        try:
            level = _level(row, catalogue)
            if level is not None and levels.setdefault((level.variant_id, level.location), level) is not level:
                raise row.bad("Location", f"{level.location} has this variant further up already")
        except BadRow as bad:
            problems.add(sheet.file, bad.line, bad.column, bad.reason)
    return list(levels.values())


def _level(row: SheetRow, catalogue: Catalogue) -> StockLevel | None:
    if row.fault:
        raise row.bad("", row.fault)
    handle, location = row.need("Handle", "URL handle"), row.need("Location")
    available = _available(row)
    if available is None:
        return None
    sku = row.get("SKU", "Variant SKU")
    found = catalogue.find(sku, "") if sku else None
    variant = found[1].id if found is not None else variant_id(handle, _option_values(row))
    return StockLevel(variant_id=variant, location=location[:200], available=available)


def _available(row: SheetRow) -> int | None:
    columns = ("Available (not editable)", "Available")
    on_hand = ("On hand (current)", "On hand")
    if "not stocked" in (folded(row.get(*columns)), folded(row.get(*on_hand))):
        return None
    if row.get(*columns):
        return fields.whole(row, *columns)
    if not any(name.casefold() in row.header for name in on_hand):
        row.need(*columns)
    taken = [("Committed (not editable)", "Committed"), ("Unavailable (not editable)", "Unavailable")]
    return fields.whole(row, *on_hand) - sum(fields.whole(row, *names) for names in taken if row.get(*names))
