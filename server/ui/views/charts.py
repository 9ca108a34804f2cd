"""Bar charts: lengths on one scale from zero, as shares of the longest. A table with the same numbers goes behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: label, value in words, and its length as a percentage of the longest."""

    label: str
    says: str
    length: float
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A question with its answer as bars. `unit` names what is counted; `note` says what it rests on."""

    id: str
    question: str
    answer: str
    unit: str
    note: str
    bars: tuple[Bar, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""
    """What stands where the bars would be while there are none."""


def bars(values: Sequence[tuple[str, int, str]], tones: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Bars of label, value and its words, on one scale that begins at zero."""
    most = max([value for _, value, _ in values], default=0) or 1
    return tuple(
        Bar(
            label=label,
            says=says,
            length=max(round(100 * value / most, 1), 0.8 if value else 0.0),
            tone=tones[number] if number < len(tones) else "",
        )
        for number, (label, value, says) in enumerate(values)
    )


def chart(
    identifier: str,
    question: str,
    answer: str,
    unit: str,
    values: Sequence[tuple[str, int, str]],
    *,
    note: str = "",
    head: tuple[str, ...] = (),
    rows: Sequence[tuple[str, ...]] = (),
    tones: Sequence[str] = (),
    empty: str = "Nothing to show yet.",
) -> Chart:
    """A chart; without `rows` the table holds what the bars show."""
    return Chart(
        id=identifier,
        question=question,
        answer=answer,
        unit=unit,
        note=note,
        bars=bars(values, tones),
        head=head or ("", unit),
        rows=tuple(rows) or tuple((label, says) for label, _, says in values),
        empty=empty,
    )
