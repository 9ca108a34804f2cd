"""What the eval runs in the data folder gave: the first and the last line of each log, and nothing of any ticket.

The logs belong to the program that measures (`countersign evals`), which the product does not import; what is read of
them here is their own JSON.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

MOST = 200
"""Runs that are looked at, the newest by when their file was written."""
_HEAD, _TAIL = 1024 * 1024, 256 * 1024
"""Bytes in which the first and the last line of a log must end and begin."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Versions(_Part):
    """What a run rests on."""

    dataset: str
    scorers: dict[str, int] = Field(default_factory=dict)
    solver: dict[str, str] = Field(default_factory=dict)


class Head(_Part):
    """The first line of a log."""

    task: str
    solver: str
    approver: str
    epochs: int
    samples: int
    versions: Versions


class Figure(_Part):
    """One figure with its n, and its 95 % interval where there is one."""

    name: str
    value: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    unit: str = ""
    higher_is_better: bool = True


class _Foot(_Part):
    metrics: tuple[Figure, ...] = ()
    finished_at: AwareDatetime
    seconds: float = 0.0
    interrupted: int = 0


class EvalRun(_Part):
    """One finished run: when, of what, and what came of it."""

    name: str
    """Of its log, without the ending."""
    head: Head
    at: datetime
    interrupted: int
    figures: Mapping[str, Figure]

    @property
    def series(self) -> str:
        """The same for runs that may be compared: the same tickets, answered by the same person, in the same world."""
        head = self.head
        same = (head.task, head.versions.dataset, head.approver, head.versions.solver.get("world", ""))
        return sha256("\0".join(same).encode()).hexdigest()[:8]

    def version(self, figure: str) -> int:
        """That of the scorer behind a figure; 0 for what no scorer gives."""
        return self.head.versions.scorers.get(figure.partition(".")[0], 0)


class EvalRuns(_Part):
    """All runs of a folder, newest first; names of logs that cannot be read, and of runs that are not finished."""

    runs: tuple[EvalRun, ...] = ()
    damaged: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()


def runs_in(folder: Path) -> EvalRuns:
    """The runs of a folder; nothing when there is none."""
    paths = sorted(folder.glob("*.jsonl"), key=_written, reverse=True)[:MOST]
    found = {path.stem: _run(path) for path in paths}
    runs = sorted((run for run in found.values() if run), key=lambda run: run.at, reverse=True)
    return EvalRuns(
        runs=tuple(runs),
        damaged=tuple(name for name, run in found.items() if run is None),
        unfinished=tuple(sorted(path.name.removesuffix(".jsonl.part") for path in folder.glob("*.jsonl.part"))),
    )


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _run(path: Path) -> EvalRun | None:
    try:
        first, last = _ends(path)
        head, foot = Head.model_validate_json(first), _Foot.model_validate_json(last)
    except (OSError, ValidationError):
        return None
    figures = {figure.name: figure for figure in foot.metrics}
    return EvalRun(name=path.stem, head=head, at=foot.finished_at, interrupted=foot.interrupted, figures=figures)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first and the last line; of a log of any size only these are read."""
    with path.open("rb") as file:
        first = file.readline(_HEAD)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        return first, file.read().rstrip(b"\n").rpartition(b"\n")[2]


def comparable(runs: tuple[EvalRun, ...], series: str) -> Iterator[EvalRun]:
    """The runs of one series, oldest first."""
    yield from reversed([run for run in runs if run.series == series])
