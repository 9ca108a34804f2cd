"""What a command line names, turned into a task: samples, solver, approver, scorers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.approvals.request import ApprovalRequest
    from evals.history import Past
    from evals.reasoners import LanguageModel, Wrap
    from evals.sample import Sample
    from evals.task import Task
    from evals.versions import Sources

DATASETS = Path(__file__).resolve().parent.parent / "datasets"


class WrongChoice(ValueError):
    """What was asked for does not exist; the message says what does."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the environment says: where logs and models are, what the shop wrote, which reasoner is configured.

    `reviewed` reads the requests that people answered, with their answers; `past` the cases that they were about.
    """

    logs: Path
    models: Path
    sources: Sources
    model: LanguageModel | None = None
    reviewed: Callable[[], Sequence[ApprovalRequest]] = tuple
    past: Callable[[], Sequence[Past]] = tuple


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody wants to run. `dataset` empty means all that are shipped; `split` empty means both."""

    dataset: Sequence[Path] = ()
    split: str = ""
    ids: Sequence[str] = ()
    tags: Sequence[str] = ()
    fast: bool = False
    limit: int = 0
    approver: str = "approve_all"
    broken: str = ""
    epochs: int = 1
    seed: int = 20261116
    name: str = field(default="resolution")


def task_of(choice: Choice, place: Place) -> Task:
    """The task. Raises DatasetError, WrongChoice or UnknownApprover."""
    from evals.approvers import approver_named
    from evals.scorers import every_scorer
    from evals.solver import BrandSolver
    from evals.task import Task

    wrap = _wrap(choice.broken)
    solver = BrandSolver(
        name=choice.broken or (place.model.kind if place.model else "playbook"),
        sources=place.sources,
        models=place.models,
        model=None if wrap else place.model,
        wrap=wrap,
    )
    return Task(
        name=choice.name,
        samples=samples_of(choice),
        solver=solver,
        approver=approver_named(choice.approver),
        scorers=every_scorer(),
        epochs=choice.epochs,
        seed=choice.seed,
    )


def samples_of(choice: Choice) -> tuple[Sample, ...]:
    """The samples that were named. Raises WrongChoice when none is left, DatasetError for a bad file."""
    from evals.gate import fast_sample, shuffled
    from evals.sample import DatasetError, load_samples

    found: dict[str, Sample] = {}
    for path in choice.dataset or sorted(DATASETS.glob("*.jsonl")):
        for sample in load_samples(path):
            if sample.id in found:
                raise DatasetError(f"{path}: the id {sample.id} is in {found[sample.id].dataset} as well")
            found[sample.id] = sample
    kept = [sample for sample in found.values() if _wanted(sample, choice)]
    if not kept:
        raise WrongChoice("no sample is left; look at --split, --id, --tag and --dataset")
    chosen = fast_sample(kept) if choice.fast else shuffled(kept)[: choice.limit or None]
    return tuple(sorted(chosen, key=lambda sample: sample.id))


def _wanted(sample: Sample, choice: Choice) -> bool:
    said = {sample.kind.value, sample.expected.intent, *sample.tags}
    of_split = choice.split in ("", "all", sample.split.value)
    return of_split and (not choice.ids or sample.id in choice.ids) and set(choice.tags) <= said


def _wrap(broken: str) -> Wrap | None:
    if not broken:
        return None
    from evals.broken import FLAWS

    flaws = {flaw.name: flaw.wrap for flaw in FLAWS}
    if broken not in flaws:
        raise WrongChoice(f'no broken reasoner is called "{broken}"; there are {", ".join(flaws)}')
    return flaws[broken]
