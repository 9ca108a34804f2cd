"""Money: integer minor units with a currency, never a float."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

MOST = 10**24
"""Minor units beyond which an amount is a mistake; exact arithmetic ends not far above."""
_TEXT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})", re.ASCII)


@lru_cache(maxsize=64)
def minor_digits(currency: str) -> int:
    """Digits after the point in `currency` (CLDR, through Babel): 2 for USD, 0 for JPY, 3 for KWD."""
    from babel.core import get_global

    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


@lru_cache(maxsize=64)
def is_currency(code: str) -> bool:
    """Whether some country pays, or paid, with it (CLDR, through Babel)."""
    from babel.core import get_global

    return code in get_global("all_currencies")


class Money(BaseModel):
    """An amount in minor units (cents) of one currency. Written in JSON as text: `"39.00 USD"`."""

    model_config = ConfigDict(frozen=True, strict=True)

    minor: int
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, str):
            return cls._parse(value)
        if value is None or isinstance(value, int | float | list):
            raise ValueError('write money as text with its currency, such as "39.00 USD"')
        return value

    @classmethod
    def _parse(cls, text: str) -> dict[str, Any]:
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(f'"{text}" is not money; write it like "39.00 USD"')
        return {"minor": _to_minor(found[1], found[2]), "currency": found[2]}

    @model_serializer
    def __str__(self) -> str:
        digits = minor_digits(self.currency)
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f} {self.currency}"

    @classmethod
    def of(cls, amount: str, currency: str) -> Self:
        """`Money.of("39.00", "USD")`. Raises ValueError when there are more digits than the currency has."""
        return cls(minor=_to_minor(amount, currency), currency=currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in `currency`."""
        return cls(minor=0, currency=currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(minor=self.minor + other.minor, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(minor=self.minor - other.minor, currency=self.currency)

    def __neg__(self) -> Money:
        return Money(minor=-self.minor, currency=self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(minor=self.minor * quantity, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, part: int, whole: int, already: int = 0) -> Money:
        """What `part` units of `whole` cost when `already` units were taken before: the shares add up to the cent."""
        upto = self.minor * (already + part) // whole
        return Money(minor=upto - self.minor * already // whole, currency=self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Split by `weights` (largest remainder first); the parts add up exactly. All zero weights split evenly."""
        weights = list(weights) if any(weights) else [1] * len(weights)
        total = sum(weights)
        parts = [self.minor * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(self.minor * weights[i] % total), i))
        for index in by_remainder[: self.minor - sum(parts)]:
            parts[index] += 1
        return [Money(minor=part, currency=self.currency) for part in parts]


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum; nothing was computed."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"amounts in {first} and {second} cannot be combined")


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`; zero in `currency` when there are none."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise CurrencyMismatch(currency, amount.currency)
        minor += amount.minor
    return Money(minor=minor, currency=currency)


def _to_minor(amount: str, currency: str) -> int:
    try:
        scaled = Decimal(amount).scaleb(minor_digits(currency))
    except InvalidOperation:
        raise ValueError(f'"{amount}" is not an amount') from None
    if not scaled.is_finite() or abs(scaled) >= MOST:
        raise ValueError(f"{amount[:40]} is not an amount of money")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more digits than {currency} has")
    return int(scaled)
