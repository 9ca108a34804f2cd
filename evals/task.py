"""Task: which samples, run by which solver, answered by which approver, judged by which scorers, how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from agent.approvals.request import ApprovalRequest, DecisionKind
from evals.episode import Episode
from evals.sample import Sample
from evals.score import Scorer

if TYPE_CHECKING:
    from agent.limits import PolicyLimits


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a scripted person does with a request. `by` is a person id of limits.yaml.

    `text` is the reply in other words, for a `modify`; `digest` that of the card which was seen, empty for this one.
    """

    kind: DecisionKind
    by: str
    reason: str = ""
    text: str = ""
    digest: str = ""


class Approver(Protocol):
    """Answers requests in place of a person. Pure and picklable."""

    @property
    def name(self) -> str:
        """A word; recorded with every episode."""
        ...

    def answers(self, request: ApprovalRequest, sample: Sample, limits: PolicyLimits) -> Sequence[Answer]:
        """What is tried, in order, until one counts; nothing, or nothing that counts, leaves the request waiting."""
        ...


class Session(Protocol):
    """A solver with everything built that all samples share."""

    def solve(self, sample: Sample, approver: Approver, *, epoch: int, seed: int) -> Episode:
        """Run one sample in a fresh world. Never raises for one sample: what goes wrong is `Episode.error`."""
        ...


class Solver(Protocol):
    """How samples are run. Picklable: every worker process opens its own session."""

    @property
    def name(self) -> str:
        """A word, such as `playbook`, or the name of a deliberately broken reasoner."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """What the result rests on, by name: code, playbooks, prompts, limits, voice, model, embedder, world."""
        ...

    def open(self) -> AbstractContextManager[Session]:
        """Build what all samples share, once per process."""
        ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """One evaluation. `epochs` runs every sample that many times; pass^k is computed over them."""

    name: str
    samples: tuple[Sample, ...]
    solver: Solver
    approver: Approver
    scorers: tuple[Scorer, ...] = field(default=())
    epochs: int = 1
    seed: int = 20261116
