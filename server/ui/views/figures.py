"""The figures page: each chart answers the question above it, says what it counts, and has its table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from server.figures.automation import BY_HAND, READING, Kept, Workflow
from server.figures.ended import UNKNOWN, Ending
from server.figures.kpis import Rate, Spread
from server.ui.views.charts import Chart, chart
from server.ui.words import lasting, percent, spoken

SHOWN = 12
_MINUTE = timedelta(minutes=1)
NO_REPLY, _UNRESOLVED = "no reply sent yet", "nothing resolved yet"
_UNSENT = "Nothing was measured: no reply was sent."
_ENDINGS = {
    Ending.RESOLVED_ALONE: "resolved, no person needed",
    Ending.RESOLVED_WITH_US: "resolved, a person took part",
    Ending.DRAFTED: "drafted, sent by a person",
    Ending.ANSWERED_ALONE: "answered unread",
    Ending.HANDED_OVER: "handed to a person",
    Ending.CLOSED_UNANSWERED: "closed by a person without a reply",
    Ending.OPEN: "still open",
    Ending.NOTHING_ASKED: "nothing was asked",
}


def volume_chart(counts: dict[str, int]) -> Chart:
    """K1."""
    total, items = sum(counts.values()), list(counts.items())
    shown = items[:SHOWN]
    rest = sum(many for _, many in items[SHOWN:])
    values = [(spoken(name), many, f"{many:,}") for name, many in shown]
    values += [("everything else", rest, f"{rest:,}")] if rest else []
    return chart(
        "volume", "What do customers write about?", f"{total:,} cases", "cases", values,
        note="A case that is reopened is counted once.",
        rows=[(spoken(name), f"{many:,}", percent(many, total)) for name, many in items],
        head=("Intent", "Cases", "Share"),
    )  # fmt: skip


def times_chart(first: Spread, resolved: Spread) -> Chart:
    """K2 and K3."""
    named = (
        ("first answer, median", first.median, NO_REPLY),
        ("first answer, 9 of 10", first.p90, NO_REPLY),
        ("resolution, median", resolved.median, _UNRESOLVED),
        ("resolution, 9 of 10", resolved.p90, _UNRESOLVED),
    )
    values = [(name, took // _MINUTE, _took(took)) for name, took, _ in named if took is not None]
    answer = f"{_took(first.median)} to the first answer" if first.median is not None else NO_REPLY
    return chart(
        "times", "How long do customers wait?", answer, "minutes", values,
        note=f"First answer in opening hours, {first.of:,} of {first.out_of:,} cases; a notice is no answer. "
        f"Resolution by the clock, {resolved.of:,} of {resolved.out_of:,}; coming back extends it.",
        head=("", "Time"), rows=[(name, none if took is None else _took(took)) for name, took, none in named],
        empty="Nothing was measured: no reply was sent, and no case was resolved.",
    )  # fmt: skip


def _took(span: timedelta) -> str:
    return lasting(span) if span >= _MINUTE else "under 1 min"


def reopened_chart(rate: Rate) -> Chart:
    """K6."""
    answer = (
        f"{percent(rate.part, rate.whole)}, {rate.part:,} of {rate.whole:,}" if rate.whole else "nothing was over yet"
    )
    values = [
        ("came back", rate.part, f"{rate.part:,}"),
        ("did not", rate.whole - rate.part, f"{rate.whole - rate.part:,}"),
    ]
    values = values if rate.whole else []
    return chart(
        "reopened", "How many come back?", answer, "cases", values,
        note="Within 7 days after an answer or a close; a thank-you is not coming back.", head=("", "Cases"),
        tones=("waits",), empty="Nothing was measured: no case is over yet.",
    )  # fmt: skip


def endings_chart(counts: dict[Ending, int]) -> Chart:
    """A18 and U16."""
    total = sum(counts.values())
    resolved = counts[Ending.RESOLVED_ALONE] + counts[Ending.RESOLVED_WITH_US]
    silent = sum(counts[each] for each in UNKNOWN)
    values = [(name, counts[each], f"{counts[each]:,}") for each, name in _ENDINGS.items()]
    over = total - counts[Ending.OPEN]
    answer = f"{percent(resolved, total)} resolved, {percent(silent, total)} not known" if over else "all still open"
    return chart(
        "endings", "What became of them?", answer, "cases", values,
        note="Resolved: somebody said so, and nobody came back within 7 days. Silence is not known. What a person "
        "closed without a reply is neither.",
        head=("", "Cases", "Share"),
        rows=[(name, f"{counts[each]:,}", percent(counts[each], total)) for each, name in _ENDINGS.items()],
        tones=("good", "good"),
    )  # fmt: skip


def kept_chart(kept: Kept) -> Chart:
    """How many drafts left as they were."""
    changed = kept.of - kept.unchanged
    answer = (
        f"{percent(kept.unchanged, kept.of)}, {kept.unchanged:,} of {kept.of:,}" if kept.of else "no draft was sent yet"
    )
    values = [("left unchanged", kept.unchanged, f"{kept.unchanged:,}"), ("changed first", changed, f"{changed:,}")]
    values = values if kept.of else []
    return chart(
        "kept", "How often is a draft good as it is?", answer, "drafts",
        values, note="Of the drafts that a person sent or replaced; unchanged means every word.", head=("", "Drafts"),
        tones=("good",), empty="Nothing was measured: nobody sent or replaced a draft yet.",
    )  # fmt: skip


def saved_chart(flows: Sequence[Workflow], total: Workflow) -> Chart:
    """Time saved, with its assumption."""
    ordered = sorted(flows, key=lambda flow: -flow.saved)
    values = [(spoken(flow.name), flow.saved // _MINUTE, lasting(flow.saved)) for flow in ordered if flow.saved][:SHOWN]
    return chart(
        "saved", "How much time did it save?", _saved(total, NO_REPLY), "minutes", values,
        note=f"Assumes {lasting(BY_HAND)} to write a reply by hand, less {lasting(READING)} to read a draft; "
        "a draft that was changed saves nothing. The assumption is ours: put your own against it.",
        head=("Workflow", "Saved"),
        empty="Every reply was changed before it left, which saves nothing." if total.replies else _UNSENT,
    )  # fmt: skip


def _saved(flow: Workflow, unsent: str) -> str:
    """Time that replies saved; where none was sent, nothing was measured, which is not the same as none saved."""
    return lasting(flow.saved) if flow.replies else unsent


WORKFLOW_HEAD = ("Workflow", "Cases", "Runs", "Failed", "Signed or sent", "Changed", "Rejected", "Effects", "Saved")


def workflow_rows(flows: Sequence[Workflow], total: Workflow) -> tuple[tuple[str, ...], ...]:
    """K24: every workflow, and the totals last."""
    return tuple(_row(flow) for flow in (*flows, total))


def _row(flow: Workflow) -> tuple[str, ...]:
    numbers = (flow.cases, flow.runs, flow.failures, flow.approved, flow.edited, flow.rejected, flow.effects)
    return (spoken(flow.name), *(f"{number:,}" for number in numbers), _saved(flow, "–"))
