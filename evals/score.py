"""Score: what one scorer says about one episode; Scorer: what gives it; Metric: a figure over many samples."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field, JsonValue, model_validator

from evals.episode import Episode
from evals.sample import Sample
from tools.commerce import Identifier, Noun

Fraction = Annotated[float, Field(ge=0, le=1)]


class Score(Noun):
    """How right one episode is in one respect, 1 being wholly right. `value` None means unscored, which is not wrong.

    `explanation` is for people and names the facts. `parts` hold what metrics over many samples need, such as
    `{"expected": "refund_request", "found": "refund_status"}` or counts; JSON values.
    """

    scorer: Identifier
    version: int = 1
    value: Fraction | None = None
    reason: str = ""
    """Why it is unscored."""
    explanation: str = ""
    parts: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_why(self) -> Score:
        if self.value is None and not self.reason:
            raise ValueError("an unscored score says why in `reason`")
        return self

    @property
    def passed(self) -> bool:
        """Wholly right; an unscored one did not pass and did not fail either."""
        return self.value == 1


class Scorer(Protocol):
    """Scores episodes in one respect. Pure and picklable (a frozen dataclass): it runs in worker processes.

    A change that can give another score for the same episode is another `version`.
    """

    @property
    def name(self) -> str:
        """A word, such as `end_state`; metrics and thresholds refer to it."""
        ...

    @property
    def version(self) -> int:
        """Grows with every change of meaning: scores of two versions are not comparable."""
        ...

    @property
    def needs(self) -> frozenset[str]:
        """Fields of `Expected` without which a sample is left unscored (`Expected.labelled`)."""
        ...

    def score(self, sample: Sample, episode: Episode) -> Score:
        """The score. Called only for episodes without an error whose sample labels all that it `needs`."""
        ...


def scored(scorer: Scorer, sample: Sample, episode: Episode) -> Score:
    """The score of any episode: unscored, with the reason, where the machinery failed or a label is missing."""
    if episode.error:
        return unscored(scorer, f"the run failed: {episode.error}")
    missing = sorted(scorer.needs - sample.expected.labelled)
    if missing:
        return unscored(scorer, f"the sample does not label {', '.join(missing)}")
    return scorer.score(sample, episode)


def unscored(scorer: Scorer, reason: str) -> Score:
    """Neither right nor wrong, and why."""
    return Score(scorer=scorer.name, version=scorer.version, reason=reason)


class Metric(Noun):
    """A figure over many samples. `low` and `high` are its 95 % interval where one was computed.

    `name` is `<scorer>` for the mean of a scorer, else `<scorer>.<figure>`, such as `triage.macro_f1`.
    """

    name: Identifier
    value: float | None
    n: int
    unscored: int = 0
    low: float | None = None
    high: float | None = None
    unit: str = ""
    higher_is_better: bool = True
