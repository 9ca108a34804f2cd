"""Which export a file is, by its header, and what a header without one of its columns leaves unknown."""

from __future__ import annotations

from tools.store.report import Problems
from tools.store.shopify_csv.sheet import Sheet

_KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "orders": (
        ("Lineitem quantity", "Lineitem name"),
        ("Name", "Created at", "Currency", "Total", "Lineitem price"),
    ),
    "inventory": (("Location",), ()),
    "products": (("Variant Price",), ("Title",)),
    "products of the new layout": (("URL handle", "Price"), ("Title",)),
    "customers": (("First Name", "Email"), ()),
}
"""Kind -> columns that give it away, columns that it needs besides."""

_WEIGHTY = {
    "Email": "nobody can be recognised as the customer of an order",
    "Financial Status": "nothing counts as paid",
    "Refunded Amount": "no refund that was made is known",
    "Fulfillment Status": "every order counts as not sent",
    "Cancelled at": "every cancelled order counts as open",
}
"""Columns of orders that Shopify always writes -> what is read when one is not there."""
_SHOWN = 5


def kind_of(sheet: Sheet, problems: Problems) -> str:
    """`orders`, `inventory`, `products` or `customers`; empty, with the reason in `problems`, for anything else."""
    kind = _told_by_its_header(sheet)
    if not kind:
        problems.add(sheet.file, sheet.at, "", _foreign(sheet))
        return ""
    telling, needed = _KINDS[kind]
    missing = _missing(sheet, (*needed, *telling))
    for column in missing:
        problems.add(sheet.file, sheet.at, column, f"a file of {kind} needs this column; it is not in the header")
    if missing:
        return ""
    if kind == "orders":
        for column in _missing(sheet, tuple(_WEIGHTY)):
            problems.notice(sheet.file, sheet.at, column, f"is not in the header, so {_WEIGHTY[column]}")
    return kind.split(" ")[0]


def _told_by_its_header(sheet: Sheet) -> str:
    for kind, (telling, _) in _KINDS.items():
        if not _missing(sheet, telling):
            return kind
    # A column that was renamed by hand: most of the others still tell.
    for kind, (telling, needed) in _KINDS.items():
        columns = (*telling, *needed)
        if 2 * len(_missing(sheet, columns)) < len(columns):
            return kind
    return ""


def _missing(sheet: Sheet, columns: tuple[str, ...]) -> list[str]:
    return [column for column in columns if column.casefold() not in sheet.columns]


def _foreign(sheet: Sheet) -> str:
    named = [column[:40] for column in sheet.header if column]
    shown = ", ".join(named[:_SHOWN]) + (f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else "")
    return f"is not an export of orders, products, customers or inventory from Shopify; its columns are {shown}"
