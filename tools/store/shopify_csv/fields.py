"""Values of cells: money, moments, numbers, addresses. What is not understood is refused, never guessed."""

from __future__ import annotations

import re
from datetime import datetime

from tools.commerce import Address
from tools.moments import moment_of
from tools.money import Money, is_currency
from tools.store.shopify_csv.sheet import SheetRow

_AMOUNT = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_WHOLE = re.compile(r"-?\d{1,9}")
_SHORTENED = re.compile(r"\d(?:[.,]\d*)?E\+?\d{1,3}", re.IGNORECASE)


def money(row: SheetRow, currency: str, *columns: str) -> Money:
    """An amount that is not negative; empty is zero. Raises BadRow."""
    text = row.get(*columns)
    if not text:
        return Money.zero(currency)
    if not _AMOUNT.fullmatch(text):
        raise row.bad(row.column(*columns), f'"{text[:40]}" is not an amount; write it like 1234.50')
    try:
        amount = Money.of(text, currency)
    except ValueError as error:
        raise row.bad(row.column(*columns), str(error)) from error
    if amount.minor < 0:
        raise row.bad(row.column(*columns), f"{text} is below zero")
    return amount


def currency(row: SheetRow) -> str:
    """The ISO 4217 code of an order. Raises BadRow."""
    text = row.need("Currency")
    if not is_currency(text):
        raise row.bad("Currency", f'"{text[:40]}" is not a currency code such as USD')
    return text


def identifier(row: SheetRow, *columns: str) -> str:
    """An id as it was exported; empty when there is none. Raises BadRow when a spreadsheet cut its digits off."""
    text = row.get(*columns)
    if _SHORTENED.fullmatch(text):
        raise row.bad(
            row.column(*columns), f"{text} was shortened by a spreadsheet; export again and do not save it there"
        )
    return text[:200]


def whole(row: SheetRow, *columns: str) -> int:
    """A whole number. Raises BadRow."""
    text = row.need(*columns)
    if not _WHOLE.fullmatch(text):
        raise row.bad(row.column(*columns), f'"{text[:40]}" is not a whole number')
    return int(text)


def moment(row: SheetRow, *columns: str) -> datetime | None:
    """A date and time with its offset, in UTC; None when empty. Raises BadRow."""
    text = row.get(*columns)
    if not text:
        return None
    found = moment_of(text)
    if found is not None:
        return found
    raise row.bad(
        row.column(*columns), f'"{text[:40]}" is not a time with an offset; write it like 2026-03-01 10:00:00 -0500'
    )


def yes(text: str) -> bool:
    """Whether a cell says yes."""
    return text.casefold() in ("yes", "true", "1")


def listed(text: str) -> tuple[str, ...]:
    """The parts of a comma separated cell."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def address(row: SheetRow, prefix: str) -> Address:
    """The address under `Shipping ...`, `Billing ...` or `Default Address ...`."""
    return Address(
        name=row.get(f"{prefix} Name"),
        line1=row.get(f"{prefix} Address1", f"{prefix} Street"),
        line2=", ".join(part for part in (row.get(f"{prefix} Address2"), row.get(f"{prefix} Company")) if part),
        city=row.get(f"{prefix} City"),
        region=row.get(f"{prefix} Province", f"{prefix} Province Code"),
        postal_code=row.get(f"{prefix} Zip"),
        country=row.get(f"{prefix} Country", f"{prefix} Country Code"),
        phone=row.get(f"{prefix} Phone"),
    )
