"""Reproducible chance: every part draws from its own stream, so one part can change without moving the others."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from tools.money import Money


def stream(seed: int, *names: object) -> Random:
    """A generator of its own for `names` under `seed`; the same in every process."""
    return Random(":".join(map(str, (seed, *names))))  # noqa: S311 - reproducible demo data, not a secret


@lru_cache(maxsize=65536)
def usd(minor: int) -> Money:
    """Cents as money; cached because the same prices come back a hundred thousand times."""
    return Money(minor=minor, currency="USD")


def parse_money(text: str) -> Money:
    """A price of a data file, such as `68.00`, as money in US dollars."""
    return Money.of(text, "USD")
