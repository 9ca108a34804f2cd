"""What is worked out once for each object."""

from __future__ import annotations

from tools.money import Money
from tools.remembering import of_each


def test_it_is_worked_out_once_for_an_object_and_anew_for_an_equal_one() -> None:
    asked: list[Money] = []

    def digits(amount: Money) -> str:
        asked.append(amount)
        return str(amount)

    once = of_each(digits, most=2)
    first, equal = Money.of("5.00", "EUR"), Money.of("5.00", "EUR")
    assert [once(first), once(first), once(equal), once(first)] == ["5.00 EUR"] * 4
    assert [one is two for one, two in zip(asked, (first, equal), strict=True)] == [True, True]


def test_it_holds_no_more_than_it_may() -> None:
    asked: list[str] = []

    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    once = of_each(length, most=2)
    every = [f"{number} apples" for number in range(3)]
    for text in (*every, every[2], every[0]):
        assert once(text) == 8
    assert asked == [*every, every[0]]
