"""What the commands print: figures with their n, the tickets that flipped, a bar that moves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from evals.compare import Comparison, Flip
    from evals.gate import Verdict
    from evals.log import EvalLog
    from evals.score import Metric

MOST_FLIPS = 20
SAID = {"no clear difference": "unclear", "too few moved": "too few"}
"""Verdicts as they fit into a column."""


def say(text: str = "") -> None:
    """A line on standard output."""
    sys.stdout.write(f"{text}\n")


def console(*, error: bool = False) -> Console:
    """At most 110 columns; colour only on a terminal."""
    from rich.console import Console

    plain = Console(stderr=error, highlight=False, markup=False)
    return Console(stderr=error, highlight=False, markup=False, width=min(plain.width, 110))


@contextmanager
def progress_bar(what: str) -> Generator[Callable[[int, int, int], None]]:
    """A bar on standard error, gone when it is full; nothing when nobody looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(error=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=None)

        def told(done: int, total: int, errors: int) -> None:
            failed = f", {errors} with errors" if errors else ""
            bar.update(task, completed=done, total=total, description=f"{what}{failed}")

        yield told


def show_figures(log: EvalLog) -> None:
    """Every figure of a run with its interval and n."""
    from evals.scorers.view import View

    header, footer = log.header, log.footer
    say(f"{header.samples} samples x {header.epochs}, {header.solver}, {header.approver}: {_took(log)}")
    table = _table("figure", "value", "95 % interval", "n", "unscored")
    suffix = View.PROPOSED.named("")
    for metric in footer.metrics:
        if suffix not in metric.name:
            table.add_row(metric.name, _value(metric), _interval(metric), str(metric.n), str(metric.unscored or ""))
    console().print(table)
    say(f"Figures of what was proposed before the guard (*{suffix}) are in the report.")
    for result in log.errors[:5]:
        say(f"error in {result.sample.id}: {safe(result.episode.error)}")


def _took(log: EvalLog) -> str:
    """How long a run took. Of one that was taken up again only the last stretch was timed: no measure of speed."""
    footer = log.footer
    if footer.interrupted:
        return f"{footer.seconds:.1f} s since it was taken up again"
    rate = f", {len(log.results) / footer.seconds:.1f} a second" if footer.seconds else ""
    return f"{footer.seconds:.1f} s{rate}"


def _table(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    return table


def _value(metric: Metric) -> str:
    """Counts as whole numbers, shares with three digits, what has another unit with one."""
    if metric.value is None:
        return "-"
    digits = {"": 3, "a case": 3, "USD": 4, "ms": 1, "of 100": 1}.get(metric.unit, 0)
    unit = metric.unit.removesuffix("s") if metric.value == 1 and not digits else metric.unit
    return f"{metric.value:.{digits}f} {unit}".strip()


def _interval(metric: Metric) -> str:
    return (
        ""
        if metric.value is None or metric.low is None or metric.high is None
        else f"{metric.low:.3f} to {metric.high:.3f}"
    )


def show_verdicts(verdicts: Sequence[Verdict]) -> None:
    """Every bar of a gate, and whether it is reached."""
    table = _table("figure", "bar", "found", "")
    for verdict in verdicts:
        table.add_row(verdict.name, str(verdict.bar), verdict.said, "ok" if verdict.ok else "MISSED")
    console().print(table)


def show_comparison(found: Comparison, *, held_out: bool = False) -> None:
    """What changed between two runs, by how much, and which tickets flipped; held-out ones only when asked for."""
    from evals.versions import WHO_SIGNS

    say(f"What is different: {', '.join(found.changed) or 'nothing that is recorded'}")
    table = _table("scorer", "before", "after", "95 % of the change", "moved", "")
    apart = [each for each in found.deltas if each.moved]
    for delta in apart:
        interval = f"{delta.low:+.3f} to {delta.high:+.3f}"
        moved = f"{delta.moved} of {delta.n}"
        said = SAID.get(delta.verdict, delta.verdict)
        table.add_row(delta.scorer, f"{delta.before:.3f}", f"{delta.after:.3f}", interval, moved, said)
    if apart:
        console().print(table)
    else:
        say("No score of any ticket moved.")
    if "limits" in found.changed:
        say(fill(WHO_SIGNS, width=console().width))
    if still := [f"{delta.scorer} ({delta.n})" for delta in found.deltas if not delta.moved]:
        say(fill(f"The same for every ticket (n): {', '.join(still)}.", width=console().width))
    lost = sum(not flip.fixed for flip in found.flips)
    say(f"{lost} scores were right and are wrong, {len(found.flips) - lost} the other way round.")
    shown = sorted(found.shown(held_out=held_out), key=lambda flip: flip.fixed)
    if hidden := len(found.flips) - len(shown):
        say(f"{hidden} of them are of held-out tickets and not shown; --held-out shows them.")
    for flip in shown[:MOST_FLIPS]:
        _show_flip(flip)
    if len(shown) > MOST_FLIPS:
        say(f"\nand {len(shown) - MOST_FLIPS} more: --json prints all of them")


def _show_flip(flip: Flip) -> None:
    what = "wrong -> right" if flip.fixed else "right -> WRONG"
    say(f"\n{flip.sample_id} (epoch {flip.epoch}), {flip.scorer}: {what}: {safe(flip.why)}")
    say(f'"{safe(flip.text)[:300]}"')
    if flip.before == flip.after:
        return
    table = _table("before", "after")
    table.columns[1].justify = "left"
    table.add_row(safe(flip.before) or "no draft", safe(flip.after) or "no draft")
    console().print(table)


def safe(text: str) -> str:
    """Without what a terminal would obey: these are customers' words."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text)
