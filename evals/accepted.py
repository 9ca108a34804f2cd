"""What a lead accepted last: the figures of a run and the versions it rested on.

A prompt that changed since has not been measured, and a test says so until somebody runs the evals and accepts what
came of them. `gate` also holds a run against these figures: what got clearly worse keeps it shut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from evals.log import EvalLog, LogError
from evals.score import Metric
from tools.commerce import Noun

SHIPPED = Path(__file__).parent / "accepted.json"
MEASURED = ("prompts",)
"""What may not change without a run."""
UNSTEADY = ("latency", "cost")


class Accepted(Noun):
    """The run that was accepted: which samples, on what it rested, what came of it."""

    task: str
    solver: str
    samples: int
    dataset: str
    versions: dict[str, str]
    metrics: tuple[Metric, ...]


def accepted_of(log: EvalLog) -> Accepted:
    """What is kept of a log. Raises LogError when its machinery failed somewhere: that was no whole measurement."""
    if log.errors:
        raise LogError(f"{len(log.errors)} samples ended with an error; run them again before you accept the figures")
    header = log.header
    return Accepted(
        task=header.task,
        solver=header.solver,
        samples=header.samples,
        dataset=header.versions.dataset,
        versions=header.versions.solver,
        metrics=tuple(each for each in log.footer.metrics if each.name.partition(".")[0] not in UNSTEADY),
    )


def read_accepted(path: Path = SHIPPED) -> Accepted:
    """Raises LogError when there is none."""
    try:
        return Accepted.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LogError(f"{path} cannot be read ({error.strerror}); accept a run first") from error
    except ValidationError as error:
        raise LogError(f"{path} is damaged ({error.errors()[0]['msg']}); accept a run again") from None


def write_accepted(accepted: Accepted, path: Path = SHIPPED) -> None:
    """Keep it, instead of what was accepted before."""
    path.write_text(f"{accepted.model_dump_json(indent=1)}\n", encoding="utf-8")


def unmeasured(accepted: Accepted, versions: Mapping[str, str]) -> list[str]:
    """What has changed since and must be measured first."""
    return [name for name in MEASURED if accepted.versions.get(name) != versions.get(name)]


def of_other_samples(accepted: Accepted, log: EvalLog) -> bool:
    """Whether the samples, or what they expect, are not those of the accepted run: then nothing can be compared."""
    return accepted.dataset != log.header.versions.dataset


def regressions(accepted: Accepted, log: EvalLog) -> Iterator[str]:
    """Figures that are clearly worse than accepted: the old value lies outside the new one's interval, on the bad side.

    Nothing is said about runs over other samples, which are not comparable.
    """
    if of_other_samples(accepted, log) or accepted.solver != log.header.solver:
        return
    for before in accepted.metrics:
        now = log.metrics.get(before.name)
        if now is None or now.value is None or before.value is None:
            continue
        if _worse(before.value, now):
            yield f"{now.name} was {before.value:.3f} and is {now.value:.3f} (n={now.n})"


def _worse(before: float, now: Metric) -> bool:
    if now.low is None or now.high is None:
        # Without an interval nothing is clear, but that what never happened has happened.
        return not now.higher_is_better and before == 0 and bool(now.value)
    return now.high < before if now.higher_is_better else now.low > before
