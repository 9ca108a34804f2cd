"""Stock leaves the fullest shelf first, never below zero, and comes back to a shelf that exists."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.tools.world import NOW
from tools.commerce import StockLevel
from tools.facts import ActionFacts
from tools.store.changes.stock import levels_after


def facts(*available: int) -> ActionFacts:
    levels = tuple(StockLevel(variant_id="v", location=f"shelf {i}", available=n) for i, n in enumerate(available))
    return ActionFacts(now=NOW, stock={"v": levels})


def after(units: int, *available: int) -> dict[str, int]:
    return {level.location: level.available for level in levels_after(Counter({"v": units}), facts(*available))}


def test_units_leave_the_fullest_shelf_first_and_then_the_next() -> None:
    assert after(-4, 2, 3) == {"shelf 1": 0, "shelf 0": 1}
    assert after(-3, 2, 3) == {"shelf 1": 0}
    assert after(-1, -2, 1) == {"shelf 1": 0}


def test_units_come_back_to_the_first_shelf() -> None:
    assert after(2, 1, 5) == {"shelf 0": 3}


def test_unknown_stock_stays_unknown() -> None:
    assert after(2) == {}


@given(st.lists(st.integers(0, 20), min_size=1, max_size=4), st.data())
def test_what_leaves_is_what_was_asked_and_no_shelf_goes_below_zero(shelves: list[int], data: st.DataObject) -> None:
    units = data.draw(st.integers(0, sum(shelves)))
    moved = {f"shelf {i}": n for i, n in enumerate(shelves)} | after(-units, *shelves)
    assert sum(moved.values()) == sum(shelves) - units
    assert min(moved.values()) >= 0
