"""Bar charts as shapes to draw: lengths on one scale from zero. A table with the same numbers goes behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, LABEL, ROOM = 640, 26, 196, 96


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: label, value in words, and where it is drawn."""

    label: str
    says: str
    y: int
    width: int
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
    height: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return WIDTH

    @property
    def label(self) -> int:
        """Where the baseline is."""
        return LABEL


def bars(values: Sequence[tuple[str, int, str]], tones: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Bars of label, value and its words, on one scale that begins at zero."""
    most = max([value for _, value, _ in values], default=0) or 1
    return tuple(
        Bar(
            label=label,
            says=says,
            y=number * ROW,
            width=max(round((WIDTH - LABEL - ROOM) * value / most), 2 if value else 0),
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
) -> Chart:
    """A chart; without `rows` the table holds what the bars show."""
    return Chart(
        id=identifier,
        question=question,
        answer=answer,
        unit=unit,
        note=note,
        bars=bars(values, tones),
        height=len(values) * ROW,
        head=head or ("", unit),
        rows=tuple(rows) or tuple((label, says) for label, _, says in values),
    )
