"""Charts as inline SVG: no script, no network, colours from the page's own style sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, log10, sqrt

from markupsafe import Markup

from evals.metrics import AbstentionPoint, Calibration, percentile

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _EDGE = 380, 300, 58, 42, 20
_BARS = 12


def calibration_plot(found: Calibration) -> Markup:
    """Confidence against accuracy by bin; on the diagonal, as sure as right. The area of a dot is its share of n."""
    marks = [_tick(value / 5) for value in range(6)]
    marks.append(_line(0, 0, 1, 1, "baseline"))
    for each in found.bins:
        radius = 4 + 12 * sqrt(each.n / found.n)
        said = f"{each.confidence:.0%} sure, {each.accuracy:.0%} right, {each.n} messages"
        marks.append(_line(each.confidence, each.confidence, each.confidence, each.accuracy, "gap"))
        marks.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
                _x(each.confidence), _y(each.accuracy), round(radius, 1), said
            )
        )
    label = f"Calibration: error {found.ece:.3f} over {found.n} messages"
    return _svg(label, marks, "how sure it was", "how often it was right")


def abstention_plot(points: Sequence[AbstentionPoint]) -> Markup:
    """How much is answered against how right that is; to the left only what it is surest of."""
    marks = [_tick(value / 5) for value in range(6)]
    marks += [
        _line(one.coverage, one.accuracy, other.coverage, other.accuracy, "curve") for one, other in pairwise(points)
    ]
    for each in points:
        said = f"below {each.bar:.0%} left to a person: {each.coverage:.0%} answered, {each.accuracy:.1%} of them right"
        marks.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="3.5"><title>{}</title></circle>').format(
                _x(each.coverage), _y(each.accuracy), said
            )
        )
    return _svg("Abstention: how right it is by how much it answers", marks, "answered", "of those right")


def histogram(values: Sequence[float], unit: str, label: str) -> Markup:
    """How many values lie in each of a few equally wide bins; the few that are far off are counted in the last one."""
    far = percentile(values, 98)
    if not far:
        return Markup("")
    top = _round_up(far)
    counts = [0] * _BARS
    for value in values:
        counts[min(_BARS - 1, int(value / top * _BARS))] += 1
    return _svg(label, list(_bars(counts, top, unit, further=max(values) > top)), unit, "tickets")


def _bars(counts: Sequence[int], top: float, unit: str, *, further: bool) -> Iterator[Markup]:
    highest = max(counts)
    yield _line(0, 0, 1, 0, "axis")
    for at, count in enumerate(counts):
        x, y = _x(at / len(counts)), _y(count / highest)
        yield Markup('<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            x + 1,
            y,
            round(_x((at + 1) / len(counts)) - x - 2, 1),
            round(_y(0) - y, 1),
            f"{top * at / len(counts):,.0f} {'or more' if further and at == _BARS - 1 else 'on'} {unit}: {count}",
        )
    for part in (0.0, 0.5, 1.0):
        more = " or more" if further and part == 1 else ""
        yield _text(_x(part), _y(0) + 16, f"{top * part:,.0f}{more}", "end" if more else "middle")
    yield _text(_x(0) - 6, _y(1) + 4, str(highest), "end")
    yield _text(_x(0) - 6, _y(0) + 4, "0", "end")


def _round_up(value: float) -> float:
    """The next number with few digits."""
    power = 10.0 ** ceil(log10(value) - 1)
    return next(step * power for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12) if step * power >= value)


def _tick(part: float) -> Markup:
    return Markup("").join(
        (
            _line(0, part, 1, part, "grid"),
            _text(_x(0) - 6, _y(part) + 4, f"{part:.0%}", "end"),
            _text(_x(part), _y(0) + 16, f"{part:.0%}", "middle"),
        )
    )


def _x(part: float) -> float:
    return round(_LEFT + part * (_WIDTH - _LEFT - _EDGE), 1)


def _y(part: float) -> float:
    return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _BOTTOM - _EDGE), 1)


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(name, _x(x1), _y(y1), _x(x2), _y(y2))


def _text(x: float, y: float, said: str, anchor: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, said)


def _svg(label: str, marks: Sequence[Markup], below: str, beside: str) -> Markup:
    axes = (
        _text((_WIDTH + _LEFT) / 2, _HEIGHT - 4, below, "middle"),
        Markup('<text class="side" text-anchor="middle" transform="translate(11 {}) rotate(-90)">{}</text>').format(
            (_HEIGHT - _BOTTOM) / 2, beside
        ),
    )
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, label, Markup("").join((*marks, *axes))
    )
