"""Runs as people see them, and what the queue holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.repositories import CaseRecord
from server.jobs.runs import Run, RunStatus
from server.ui.people import named_in
from server.ui.words import lasting, moment, spoken
from server.work import QueueState

_TONES = {
    RunStatus.FAILED: "wrong",
    RunStatus.INTERRUPTED: "waits",
    RunStatus.DONE: "good",
    RunStatus.RUNNING: "person",
}


@dataclass(frozen=True, kw_only=True)
class RunView:
    """One run. `retry`: whether it can be begun again by hand."""

    id: str
    kind: str
    case_id: str
    status: str
    tone: str
    began: str
    took: str
    attempts: int
    worker: str
    error: str
    retry: bool


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure with its name. `tone`: plain, waits or wrong."""

    name: str
    value: str
    tone: str = "plain"


def run_views(runs: Sequence[Run]) -> tuple[RunView, ...]:
    """Newest first, as given."""
    return tuple(
        RunView(
            id=run.id,
            kind=spoken(run.kind),
            case_id=run.case_id,
            status=run.status.value,
            tone=_TONES.get(run.status, "plain"),
            began=moment(run.started_at or run.created_at),
            took=_took(run.seconds),
            attempts=run.attempts,
            worker=run.worker,
            error=run.error,
            retry=run.status is RunStatus.FAILED,
        )
        for run in runs
    )


def _took(seconds: float) -> str:
    if seconds >= 120:
        return lasting(timedelta(seconds=seconds))
    return f"{seconds:.0f} s" if seconds >= 0.5 else "under 1 s"


def failed_cases(records: Sequence[CaseRecord]) -> tuple[RunView, ...]:
    """Cases whose last run went wrong, for a service that keeps no runs of its own."""
    return tuple(
        RunView(
            id=record.case_id,
            kind="case",
            case_id=record.case_id,
            status=record.status.value,
            tone="wrong",
            began=moment(record.updated_at),
            took=_took(record.seconds),
            attempts=1,
            worker="",
            error=named_in(record.outcome),
            retry=True,
        )
        for record in records
    )


def tiles(state: QueueState) -> tuple[Tile, ...]:
    """What the queue holds now."""
    return (
        Tile(name="waiting", value=f"{state.waiting:,}"),
        Tile(name="under way", value=f"{state.running:,}"),
        Tile(name="failed", value=f"{state.failed:,}", tone="wrong" if state.failed else "plain"),
        Tile(
            name="the oldest has waited",
            value=lasting(timedelta(seconds=state.oldest_seconds))
            if state.oldest_seconds >= 60
            else f"{state.oldest_seconds:.0f} s",
            tone="waits" if state.oldest_seconds > 60 else "plain",
        ),
    )
