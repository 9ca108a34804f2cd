"""EvalLog: what a run gave, with the versions of all that it rests on. Written once and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import AwareDatetime, Field

from evals.episode import Episode
from evals.sample import Sample
from evals.score import Metric, Score
from tools.commerce import Noun

FORMAT = 1


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


class Footer(Noun):
    """The last line: what was computed over all results, and how long it took (never the same twice)."""

    metrics: tuple[Metric, ...] = ()
    digest: str = ""
    """sha256 over the header, the results without what was measured, and the metrics without `cost.*`."""
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    seconds: float = 0.0
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
