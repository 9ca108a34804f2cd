"""EvalLog: what a run gave, with the versions of all that it rests on. Written once and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, Field, ValidationError

from evals.episode import Episode
from evals.sample import Sample, dataset_hash
from evals.score import Metric, Score
from tools.commerce import Noun

if TYPE_CHECKING:
    from evals.task import Task

FORMAT = 1
MEASURED = frozenset({"latency"})
"""Metrics that are never the same twice, by what stands before the dot."""
_LOGS = "name the .jsonl that `python -m evals run` wrote"


class LogError(ValueError):
    """A log cannot be read or written; the message names the file and says what to do."""


class Versions(Noun):
    """What a result rests on. `solver` is by name: code, playbooks, prompts, limits, voice, model, embedder, world."""

    solver: dict[str, str] = Field(default_factory=dict)
    scorers: dict[str, int] = Field(default_factory=dict)
    dataset: str
    """sha256 over the samples (`evals.sample.dataset_hash`)."""


class Result(Noun):
    """One sample in one epoch: the label, what happened, and what the scorers say."""

    sample: Sample
    episode: Episode
    scores: tuple[Score, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """Sample id and epoch: unique in a log."""
        return self.episode.sample_id, self.episode.epoch

    def score(self, scorer: str) -> Score | None:
        """The score by one scorer."""
        return next((score for score in self.scores if score.scorer == scorer), None)


class Header(Noun):
    """The first line of a log: which run it is. Two logs with other `versions` are not the same experiment."""

    format: int = FORMAT
    task: str
    solver: str
    approver: str
    epochs: int
    seed: int
    samples: int
    versions: Versions

    @property
    def id(self) -> str:
        """Short sha256: two runs of exactly the same thing share it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:10]


class Footer(Noun):
    """The last line: what was computed over all results, and how long it took (never the same twice)."""

    metrics: tuple[Metric, ...] = ()
    digest: str = ""
    """sha256 over everything but the time it took: what a second run of the same thing has again."""
    seal: str = ""
    """sha256 over every line of this file, times included; empty in logs that were written before there was one."""
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    seconds: float = 0.0
    """From the start, or from when it was last taken up again, to the end."""
    interrupted: int = 0
    """How many times the run was stopped and taken up again."""


class EvalLog(Noun):
    """A whole run. On disk: JSONL with the header, one result a line (by sample id and epoch), and the footer."""

    header: Header
    results: tuple[Result, ...]
    footer: Footer = Footer()

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """The figures by name."""
        return {metric.name: metric for metric in self.footer.metrics}

    @property
    def errors(self) -> Sequence[Result]:
        """Results whose machinery failed: neither right nor wrong."""
        return [result for result in self.results if result.episode.error]


def header_of(task: Task) -> Header:
    """What a run of this task is, before it begins."""
    return Header(
        task=task.name,
        solver=task.solver.name,
        approver=task.approver.name,
        epochs=task.epochs,
        seed=task.seed,
        samples=len(task.samples),
        versions=Versions(
            solver=dict(task.solver.versions),
            scorers={scorer.name: scorer.version for scorer in task.scorers},
            dataset=dataset_hash(task.samples),
        ),
    )


def mark_of(result: Result) -> str:
    """sha256 over a result without what was measured."""
    return hashlib.sha256(result.model_dump_json(exclude={"episode": {"measured": True}}).encode()).hexdigest()


def digest_of(header: Header, marks: Iterable[str], metrics: Iterable[Metric]) -> str:
    """sha256 over all that a second run of the same thing gives again. `marks` are those of the results, in order."""
    found = hashlib.sha256(header.model_dump_json().encode())
    for mark in marks:
        found.update(mark.encode())
    for metric in metrics:
        if metric.name.partition(".")[0] not in MEASURED:
            found.update(b"\n" + metric.model_dump_json().encode())
    return found.hexdigest()


def seal_of(lines: Iterable[str], footer: Footer) -> str:
    """sha256 over the lines before the footer, and the footer without its seal."""
    found = hashlib.sha256()
    for line in (*lines, footer.model_copy(update={"seal": ""}).model_dump_json()):
        found.update(line.encode() + b"\n")
    return found.hexdigest()


def read_log(path: Path) -> EvalLog:
    """A finished log. Raises LogError for a file that is none, of a newer format, damaged or not finished."""
    lines = _lines(path)
    if len(lines) < 2:
        raise LogError(f"{path} is no finished log of a run; {_LOGS}")
    header = read_header(path, lines[0])
    try:
        results = tuple(Result.model_validate_json(line) for line in lines[1:-1])
        footer = Footer.model_validate_json(lines[-1])
    except ValidationError:
        said = "damaged or not finished: its last line is not that of a finished run, or another is no result"
        raise LogError(f"{path} is {said}; run it again") from None
    log = EvalLog(header=header, results=results, footer=footer)
    if footer.seal and footer.seal != seal_of(lines[:-1], footer):
        raise LogError(f"{path} was changed after it was written; run it again")
    if footer.digest != digest_of(header, map(mark_of, results), footer.metrics):
        raise LogError(f"{path} was changed after it was written; run it again")
    return log


def read_header(path: Path, line: str) -> Header:
    """The first line of a log. Raises LogError when it is none, or one of another format."""
    try:
        header = Header.model_validate_json(line)
    except ValidationError:
        raise LogError(f"{path} is no log of a run; {_LOGS}") from None
    if header.format != FORMAT:
        raise LogError(f"{path} has format {header.format}, this version reads {FORMAT}; run it again")
    return header


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise LogError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise LogError(f"{path} is no log of a run; {_LOGS}") from None


def write_log(path: Path, header: Header, results: Iterable[str], footer: Footer) -> Footer:
    """Write a finished log, whole or not at all; results as lines. Gives the footer with its seal.

    Raises LogError when there is one of this name.
    """
    if path.exists():
        raise LogError(f"{path} is there already, and a log is written once; name another file")
    beside = path.with_name(f"{path.name}.new")
    lines = [header.model_dump_json(), *results]
    sealed = footer.model_copy(update={"seal": seal_of(lines, footer)})
    lines.append(sealed.model_dump_json())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise LogError(f"{path} cannot be written: {error.strerror}") from error
    return sealed
