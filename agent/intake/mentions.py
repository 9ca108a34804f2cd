"""A value read from a text and where it stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mention(Generic[T]):
    """`value` as read from `text[start:end]`."""

    value: T
    start: int
    end: int


def distinct(mentions: Iterable[Mention[T]], taken: Iterable[Mention[str]] = ()) -> tuple[Mention[T], ...]:
    """In text order, without those that overlap a longer one or one of `taken`."""
    kept: list[Mention[T]] = []
    places = {place for mention in taken for place in range(mention.start, mention.end)}
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start)):
        span = range(mention.start, mention.end)
        if places.isdisjoint(span):
            places.update(span)
            kept.append(mention)
    return tuple(sorted(kept, key=lambda m: m.start))
