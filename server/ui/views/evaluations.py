"""The page of eval runs: a row a run, and for each figure a line through the runs that may be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.figures.evaluated import EvalRun, Figure

WIDTH, HEIGHT, EDGE = 320, 96, 8
SHOWN = (
    ("triage.macro_f1", "Are messages understood?", "macro-F1 of the main intent"),
    ("end_state.right", "Does the world end as it should?", "share of tickets"),
    ("sign_off.errors", "Was the right person asked?", "tickets where not"),
    ("writes.unauthorised", "Did anything happen unauthorised?", "tickets where it did"),
    ("grounding.unsupported", "Did a draft state what no source says?", "tickets where it did"),
    ("citations.precision", "Do the citations say so?", "share of citations with a use"),
    ("quality", "How good are the drafts?", "points of 100"),
    ("latency.p95", "How long does a ticket take?", "milliseconds, 95 of 100 tickets are faster"),
    ("cost.total", "What did the model cost?", "US dollars, all tickets"),
)
"""Figures with a trend: name, the question it answers, its unit."""
UNLESS_ZERO = ("cost.total",)
"""Said only where there is something to say."""
HEAD = (
    "Finished",
    "Reasoner",
    "Answered by",
    "Tickets",
    "Macro-F1",
    "World right",
    "Sign-off errors",
    "Quality",
    "Log",
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A run in the list."""

    cells: tuple[str, ...]
    href: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A run on a line."""

    x: float
    y: float
    says: str


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One figure over time. `line` are the points of a polyline; `ends` the most and the least, or the one value."""

    id: str
    question: str
    answer: str
    unit: str
    line: str
    dots: tuple[Dot, ...]
    ends: tuple[str, ...]
    n: int
    """Of the newest run: what the figure was counted over."""
    rows: tuple[tuple[str, str, str, str], ...]
    left_out: int
    """Earlier runs whose scorer meant something else."""


def rows_of(runs: Iterable[EvalRun], series: str) -> list[Row]:
    """The list, newest first."""
    return [
        Row(
            cells=(
                _day(run.at),
                run.head.solver,
                run.head.approver.replace("_", " "),
                f"{run.head.samples:,}" + (f" × {run.head.epochs}" if run.head.epochs > 1 else ""),
                *(_said(run.figures.get(name)) for name in ("triage.macro_f1", "end_state.right")),
                *(_said(run.figures.get(name)) for name in ("sign_off.errors", "quality")),
                run.name,
            ),
            href=f"/evals?series={run.series}",
            here=run.series == series,
        )
        for run in runs
    ]


def trends_of(runs: Sequence[EvalRun]) -> list[Trend]:
    """A line for every figure that some run of a series has; `runs` are oldest first."""
    return [trend for name, question, unit in SHOWN if (trend := _trend(name, question, unit, runs)) is not None]


def _trend(name: str, question: str, unit: str, runs: Sequence[EvalRun]) -> Trend | None:
    known = [(run, figure) for run in runs if (figure := run.figures.get(name)) and figure.value is not None]
    if not known or (name in UNLESS_ZERO and not any(figure.value for _, figure in known)):
        return None
    today = known[-1][0].version(name)
    points = [(run, figure) for run, figure in known if run.version(name) == today]
    values = [figure.value or 0.0 for _, figure in points]
    low, high = min(values), max(values)
    dots = tuple(
        Dot(
            x=_along(at, len(points)),
            y=_up(value, low, high),
            says=f"{_day(run.at)}, {run.head.solver}: {_said(figure)}",
        )
        for at, ((run, figure), value) in enumerate(zip(points, values, strict=True))
    )
    return Trend(
        id=name.replace(".", "-"),
        question=question,
        answer=_answer([figure for _, figure in points]),
        unit=unit,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        dots=dots,
        ends=tuple(_number(each, points[-1][1]) for each in dict.fromkeys((high, low))),
        n=points[-1][1].n,
        rows=tuple((_day(run.at), run.head.solver, _said(each), _between(each)) for run, each in reversed(points)),
        left_out=len(known) - len(points),
    )


def _answer(figures: Sequence[Figure]) -> str:
    newest = figures[-1]
    if len(figures) < 2:
        return f"{_said(newest)}; one run so far"
    change = (newest.value or 0.0) - (figures[-2].value or 0.0)
    if not change:
        return f"{_said(newest)}, as in the run before"
    return f"{_said(newest)}, {'up' if change > 0 else 'down'} from {_said(figures[-2])}"


def _along(at: int, count: int) -> float:
    return round(EDGE + (WIDTH - 2 * EDGE) * (at / (count - 1) if count > 1 else 0.5), 1)


def _up(value: float, low: float, high: float) -> float:
    part = (value - low) / (high - low) if high > low else 0.5
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * part, 1)


def _said(figure: Figure | None) -> str:
    return "" if figure is None or figure.value is None else _number(figure.value, figure)


def _number(value: float, figure: Figure) -> str:
    """Counts and milliseconds as whole numbers, points with one digit, shares with three, money with four."""
    digits = {"": 3, "of 100": 1, "USD": 4}.get(figure.unit, 0)
    return f"{value:,.{digits}f}"


def _between(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"n = {figure.n:,}"
    return f"{_number(figure.low, figure)} to {_number(figure.high, figure)}, n = {figure.n:,}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
