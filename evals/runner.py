"""Runs a task on several processes, keeps every result as it comes, and goes on where an interrupted run stopped."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from agent.deps import SystemClock
from evals.crew import Craft, work_through
from evals.log import (
    EvalLog,
    Footer,
    Header,
    LogError,
    Result,
    digest_of,
    header_of,
    mark_of,
    read_header,
    write_log,
)
from evals.sample import DatasetError
from evals.score import Metric, scored
from evals.task import Session, Task

TAKEN_UP = '{"taken up": true}'
Key = tuple[str, int]
Progress = Callable[[int, int, int], None]
"""Told at the start and after every result: how many are done, of how many, and in how many the machinery failed."""
Figures = Callable[[Sequence[Result]], Sequence[Metric]]
"""What is computed over all results."""


@dataclass(frozen=True, kw_only=True)
class Clockwork:
    """When it is, and how long something took; given from outside, because only the edge asks the machine."""

    now: Callable[[], datetime]
    seconds: Callable[[], float]


def the_machine() -> Clockwork:
    """The real time, to say when a run was made and how long it took; the tickets' own clock stands."""
    return Clockwork(now=SystemClock().now, seconds=time.perf_counter)


def run(
    task: Task,
    path: Path,
    figures: Figures,
    clockwork: Clockwork,
    *,
    processes: int = 2,
    progress: Progress | None = None,
) -> EvalLog:
    """Run the task and write its log to `path`.

    Interrupted, it leaves what is done beside it (`.part`); the same call goes on from there, and the log is the same
    as if nothing had happened. Raises LogError when `path` exists or what is left is of another run, DatasetError for
    a sample whose world cannot be made, Broken when a process died.
    """
    if path.exists():
        raise LogError(f"{path} is there already, and a log is written once; name another file")
    with Kept.open(path.with_name(f"{path.name}.part"), header_of(task)) as kept:
        return _run(task, path, figures, clockwork, kept, processes, progress)


def _run(
    task: Task,
    path: Path,
    figures: Figures,
    clockwork: Clockwork,
    kept: Kept,
    processes: int,
    progress: Progress | None,
) -> EvalLog:
    started, began = clockwork.now(), clockwork.seconds()
    keys = _keys(task)
    if progress:
        progress(len(kept.lines), len(keys), kept.errors)
    for line in _lines(task, [key for key in keys if key not in kept.lines], processes):
        kept.add(line)
        if progress:
            progress(len(kept.lines), len(keys), kept.errors)
    lines = [kept.lines[key] for key in keys]
    results = tuple(Result.model_validate_json(line.text) for line in lines)
    metrics = tuple(figures(results))
    footer = Footer(
        metrics=metrics,
        digest=digest_of(kept.header, (line.mark for line in lines), metrics),
        started_at=started,
        finished_at=clockwork.now(),
        seconds=round(clockwork.seconds() - began, 3),
        interrupted=kept.interrupted,
    )
    sealed = write_log(path, kept.header, (line.text for line in lines), footer)
    kept.path.unlink()
    return EvalLog(header=kept.header, results=results, footer=sealed)


@dataclass(frozen=True)
class Line:
    """A result as it is kept: written once, by the process that made it."""

    key: Key
    text: str
    mark: str
    failed: bool

    @classmethod
    def of(cls, result: Result) -> Line:
        """The line of a result."""
        return cls(result.key, result.model_dump_json(), mark_of(result), bool(result.episode.error))


def _keys(task: Task) -> list[Key]:
    """Every sample in every epoch, in the order of a log."""
    return sorted(product((sample.id for sample in task.samples), range(1, task.epochs + 1)))


@dataclass
class Kept:
    """What is done so far, on disk as it comes: a line each, the header first, and one for every taking up."""

    path: Path
    file: IO[str]
    header: Header
    lines: dict[Key, Line]
    interrupted: int = 0

    @property
    def errors(self) -> int:
        """In how many the machinery failed."""
        return sum(line.failed for line in self.lines.values())

    @classmethod
    @contextmanager
    def open(cls, path: Path, header: Header) -> Generator[Kept]:
        """A new file, or what an interrupted run of exactly the same thing left. One run at a time has it."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a+", encoding="utf-8", newline="\n")
        except OSError as error:
            raise LogError(f"{path} cannot be written: {error.strerror}") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise LogError(f"another run is writing {path}; wait for it, or name another file") from None
            yield cls._taken_up(path, file, header)

    @classmethod
    def _taken_up(cls, path: Path, file: IO[str], header: Header) -> Kept:
        file.seek(0)
        text = file.read()
        # The last line may have been cut off by what stopped the run; what is whole ends with a line break.
        end = text.rfind("\n") + 1
        file.truncate(len(text[:end].encode()))
        if not end:  # new, or killed in the middle of the header
            kept = cls(path, file, header, {})
            kept._write(header.model_dump_json())
            return kept
        first, *lines = text[:end].split("\n")
        before = read_header(path, first)
        if before != header:
            what = ", ".join(differences(before, header))
            raise LogError(
                f"{path} is what an interrupted run of something else left ({what}); delete it to begin anew"
            )
        # Where the machinery failed, it is given another chance.
        whole = [Line.of(result) for line in lines if (result := _whole(line)) and not result.episode.error]
        kept = cls(path, file, header, {line.key: line for line in whole}, lines.count(TAKEN_UP) + 1)
        kept._write(TAKEN_UP)
        return kept

    def add(self, line: Line) -> None:
        """One more."""
        self._write(line.text)
        self.lines[line.key] = line

    def _write(self, line: str) -> None:
        self.file.write(f"{line}\n")
        self.file.flush()


def _whole(line: str) -> Result | None:
    try:
        return Result.model_validate_json(line)
    except ValidationError:
        return None


def differences(one: Header, other: Header) -> list[str]:
    """What two headers do not share, in words."""
    found = [name for name in Header.model_fields if name != "versions" and getattr(one, name) != getattr(other, name)]
    if one.versions.dataset != other.versions.dataset:
        found.append("data set")
    for kind in ("solver", "scorers"):
        before, after = dict(getattr(one.versions, kind)), dict(getattr(other.versions, kind))
        names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        found += [name if kind == "solver" else f"scorer {name}" for name in names]
    return found


def solve(task: Task, session: Session, key: Key) -> Line:
    """One sample in one epoch, with every score."""
    sample = next(sample for sample in task.samples if sample.id == key[0])
    seed = int.from_bytes(sha256(f"{task.seed}/{key[0]}/{key[1]}".encode()).digest()[:4])
    episode = session.solve(sample, task.approver, epoch=key[1], seed=seed)
    scores = tuple(scored(each, sample, episode) for each in task.scorers)
    return Line.of(Result(sample=sample, episode=episode, scores=scores))


def _lines(task: Task, jobs: Sequence[Key], processes: int) -> Iterator[Line]:
    for line in _answers(partial(_solving, task), jobs, processes) if jobs else ():
        if isinstance(line, str):
            raise DatasetError(line)
        yield line


def _answers(craft: Craft[Key, Line | str], jobs: Sequence[Key], processes: int) -> Iterator[Line | str]:
    if processes > 1:
        yield from work_through(jobs, craft, processes)
        return
    with craft() as answer:
        yield from map(answer, jobs)


@contextmanager
def _solving(task: Task) -> Generator[Callable[[Key], Line | str]]:
    """Turns keys into lines, or into what is wrong with a sample: an error would end a process of its own."""
    with task.solver.open() as session:

        def solved(key: Key) -> Line | str:
            try:
                return solve(task, session, key)
            except DatasetError as error:
                return str(error)

        yield solved
