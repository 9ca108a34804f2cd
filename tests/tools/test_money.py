"""Money adds up to the cent, whatever is done to it, and is never a float."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.money import MOST, CurrencyMismatch, Money, minor_digits, total

CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD"])
MINOR = st.integers(-(10**12), 10**12)


@given(minor=MINOR, currency=CURRENCIES)
def test_text_and_back(minor: int, currency: str) -> None:
    money = Money(minor=minor, currency=currency)
    assert Money.model_validate(str(money)) == money
    assert Money.model_validate_json(money.model_dump_json()) == money


@given(minor=MINOR, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_parts_add_up_and_follow_their_weights(minor: int, weights: list[int]) -> None:
    money = Money(minor=minor, currency="USD")
    parts = money.allocate(weights)
    assert total(parts, "USD") == money
    if any(weights):
        exact = [minor * weight / sum(weights) for weight in weights]
        assert all(abs(part.minor - share) < 1.001 for part, share in zip(parts, exact, strict=True))


@given(minor=st.integers(0, 10**9), whole=st.integers(1, 50), data=st.data())
def test_shares_taken_one_after_the_other_add_up(minor: int, whole: int, data: st.DataObject) -> None:
    money, taken, got = Money(minor=minor, currency="USD"), 0, Money.zero("USD")
    while taken < whole:
        part = data.draw(st.integers(1, whole - taken))
        got += money.share(part, whole, taken)
        taken += part
    assert got == money


@pytest.mark.parametrize(
    "value",
    [39, 39.0, True, "39", "39.00", "USD 39.00", "39.001 USD", "39.00 usd", "", "nan USD", "\u0663\u0669.00 USD", None],
)
def test_what_is_not_money_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate(value)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("39.00", "USD", 3900), ("39", "JPY", 39), ("1.234", "KWD", 1234)]
)
def test_digits_follow_the_currency(amount: str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency).minor == minor
    assert minor_digits(currency) == {"USD": 2, "JPY": 0, "KWD": 3}[currency]


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.5", "JPY"), ("0.001", "USD"), ("1e99", "USD"), (str(MOST), "USD"), ("x", "USD")]
)
def test_an_amount_that_the_currency_cannot_hold_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|digits"):
        Money.of(amount, currency)


def test_currencies_never_mix() -> None:
    usd, eur = Money.of("1.00", "USD"), Money.of("1.00", "EUR")
    for combine in (
        lambda: usd + eur,
        lambda: usd - eur,
        lambda: usd < eur,
        lambda: usd >= eur,
        lambda: total([eur], "USD"),
    ):
        with pytest.raises(CurrencyMismatch):
            combine()
