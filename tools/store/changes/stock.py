"""Stock that moves between the shelf and orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tools.commerce import LineItem, StockLevel
from tools.facts import ActionFacts, line_variant


def taken(lines: Iterable[LineItem], facts: ActionFacts) -> Counter[str]:
    """Units by variant id that leave the shelf for these lines."""
    return _units(lines, facts, -1)


def given_back(lines: Iterable[LineItem], facts: ActionFacts) -> Counter[str]:
    """Units by variant id that come back to the shelf from these lines."""
    return _units(lines, facts, 1)


def _units(lines: Iterable[LineItem], facts: ActionFacts, sign: int) -> Counter[str]:
    moved: Counter[str] = Counter()
    for line in lines:
        found = facts.named(line_variant(line))
        if found is not None:
            moved[found[1].id] += sign * line.quantity
    return moved


def levels_after(moved: Counter[str], facts: ActionFacts) -> list[StockLevel]:
    """The levels that change. Units leave the fullest locations first and come back to the first one.

    A variant whose stock is not known stays unknown.
    """
    changed: list[StockLevel] = []
    for variant_id, units in sorted(moved.items()):
        levels = facts.stock.get(variant_id, ())
        if units > 0 and levels:
            changed.append(_plus(levels[0], units))
        elif units < 0:
            changed += _without(levels, -units)
    return changed


def _without(levels: Iterable[StockLevel], units: int) -> Iterable[StockLevel]:
    for level in sorted(levels, key=lambda level: (-level.available, level.location)):
        here = min(units, max(0, level.available))
        units -= here
        if here:
            yield _plus(level, -here)


def _plus(level: StockLevel, units: int) -> StockLevel:
    return level.model_copy(update={"available": level.available + units})
