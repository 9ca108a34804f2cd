"""The catalogue and its stock at two locations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from tools.commerce import DiscountCode, Product, StockLevel, Variant
from tools.connectors.demo.chance import parse_money, stream, usd
from tools.connectors.demo.datafiles import Row, read_yaml
from tools.connectors.demo.world import DATA

LOCATIONS = ("newark", "portland")
SOLD_OUT = {
    "PACK-RST": 18,
    "KNIT-ROW-M-GRN": 9,
    "KNIT-ROW-XL-NVY": 0,
    "KNIT-LAR-S-RST": 0,
    "BK-4712": 12,
    "SOCK-BRM-L": 5,
    "LNN-KG-WHT": 30,
    "TEE-EVD-L-NVY": 0,
    "OVSH-XL-OLV": 21,
    "SCRF-GRY": 0,
    "VEST-HLW-S": 0,
    "GIFT-100": 0,
}
"""SKUs without stock, and in how many days they come back (0: no date is known)."""
LAST_UNIT = frozenset({"WKND-NVY", "TPOT-WHT", "TBLC-MDW"})


_Plain = tuple[str, dict[str, str]]
_Priced = tuple[str, dict[str, str], str, str]


class _Grid(Row):
    prefix: str
    sizes: list[str]
    colors: dict[str, str]


class _ProductRow(Row):
    id: str
    title: str
    category: str
    price: str
    cost: str
    description: str
    attributes: dict[str, str]
    final_sale: bool = False
    variants: tuple[_Priced | _Plain, ...] = ()
    grid: _Grid | None = None

    def skus(self) -> list[_Priced]:
        """(SKU, options, price, cost) of every variant."""
        if self.grid is not None:
            return [
                (f"{self.grid.prefix}-{size}-{code}", {"size": size, "color": color}, self.price, self.cost)
                for code, color in self.grid.colors.items()
                for size in self.grid.sizes
            ]
        return [row if len(row) == 4 else (*row, self.price, self.cost) for row in self.variants]


@dataclass(frozen=True)
class Item:
    """One buyable thing: a variant with its product."""

    product: Product
    variant: Variant


@dataclass(frozen=True)
class Catalog:
    """Products, stock and codes, with lookups by SKU."""

    products: tuple[Product, ...]
    stock: tuple[StockLevel, ...]

    @cached_property
    def by_sku(self) -> dict[str, Item]:
        """Every variant by SKU."""
        return {variant.sku: Item(product, variant) for product in self.products for variant in product.variants}

    @cached_property
    def available(self) -> dict[str, int]:
        """Units of a variant id over all locations."""
        units: dict[str, int] = {}
        for level in self.stock:
            units[level.variant_id] = units.get(level.variant_id, 0) + level.available
        return units


def build_catalog(seed: int, now: datetime) -> Catalog:
    """The products of the data files with stock for every variant."""
    paths = sorted((DATA / "catalog").glob("*.yaml"))
    products = tuple(_product(row) for path in paths for row in read_yaml(path, list[_ProductRow]))
    return Catalog(products, _stock(seed, now, products))


def _product(row: _ProductRow) -> Product:
    variants = tuple(
        Variant(
            id=f"var_{sku.lower().replace('-', '_')}",
            sku=sku,
            title=" / ".join(options.values()),
            options=options,
            price=parse_money(price),
            cost=parse_money(cost),
        )
        for sku, options, price, cost in row.skus()
    )
    fields = row.model_dump(include={"id", "title", "category", "description", "attributes", "final_sale"})
    return Product(**fields, variants=variants, tags=("clearance",) if row.final_sale else ())


def _stock(seed: int, now: datetime, products: tuple[Product, ...]) -> tuple[StockLevel, ...]:
    chance = stream(seed, "stock")
    levels: list[StockLevel] = []
    for variant in (variant for product in products for variant in product.variants):
        for location in LOCATIONS:
            drawn = chance.randint(6, 140)
            levels.append(_level(variant, location, drawn, now))
    return tuple(levels)


def _level(variant: Variant, location: str, drawn: int, now: datetime) -> StockLevel:
    first = location == LOCATIONS[0]
    if variant.sku in LAST_UNIT:
        return StockLevel(variant_id=variant.id, location=location, available=int(first))
    if variant.sku not in SOLD_OUT:
        return StockLevel(variant_id=variant.id, location=location, available=drawn)
    days = SOLD_OUT[variant.sku]
    back = (now + timedelta(days=days)).replace(hour=14, minute=0) if days and first else None
    return StockLevel(variant_id=variant.id, location=location, available=0, restock_at=back)


def discount_codes(now: datetime) -> tuple[DiscountCode, ...]:
    """Codes of the year. Two are marked stackable in the shop although the rule is one code per order."""
    year = now - timedelta(days=365)
    day = timedelta(days=1)
    return (
        DiscountCode(code="AUTUMN15", percent=15, starts_at=now - 40 * day, expires_at=now + 14 * day),
        DiscountCode(code="FRIENDS5", amount=usd(500), starts_at=now - 90 * day, stackable=True),
        DiscountCode(code="KNIT20", percent=20, starts_at=now - 60 * day, expires_at=now - 20 * day),
        DiscountCode(code="SPRING10", percent=10, starts_at=now - 240 * day, expires_at=now - 180 * day),
        DiscountCode(code="THANKYOU8", percent=8, starts_at=now - 90 * day, stackable=True),
        DiscountCode(code="WELCOME10", percent=10, minimum=usd(4000), starts_at=year),
    )
