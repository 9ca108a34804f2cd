"""Figures of a benchmark: a measured value, what it is held against, and the bar."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the result. `bar` is the most (or, with `at_least`, the least) that `value` may be."""

    name: str
    value: float
    unit: str = ""
    bar: float | None = None
    at_least: bool = False
    n: int = 1
    said: str = ""

    @property
    def ok(self) -> bool | None:
        """Whether the bar is met; None when there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def line(self) -> str:
        """As one row of text."""
        mark = {True: "ok", False: "MISSED", None: ""}[self.ok]
        sign = ">=" if self.at_least else "<="
        bar = f"{sign} {self.bar:g}" if self.bar is not None else ""
        return (
            f"{self.name:<46} {self.value:>10.2f} {self.unit:<10} {bar:<9} {mark:<7} n={self.n:<6} {self.said}".rstrip()
        )


def quantile(values: Iterable[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def p50(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
