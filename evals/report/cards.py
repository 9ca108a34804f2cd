"""Cards: one result as a person reads it, with its outcome, and what was expected beside what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from agent.case import ProposedResolution
from evals.log import EvalLog, Result
from evals.quality import Quality, quality_of
from evals.report.pieces import Piece, pieces_of
from evals.sample import Expected, Split
from evals.score import Score
from tools.actions import Action

GRADED = frozenset({"tone", "cost", "latency", "readability", "lookups", "asks", "quality", "draft_quality", "reply"})
"""Scorers whose figure is a degree: short of 1 is worse, and no failure."""
PROPOSED = "_proposed"
"""Ends the name of a scorer that judges what the reasoner wrote, before the guard."""


class Outcome(StrEnum):
    """What may be said about a result as a whole; failures first."""

    FAILED = "failed"
    """Some scorer that judges right or wrong gave less than 1."""
    ERROR = "error"
    """The machinery failed: neither right nor wrong."""
    UNSCORED = "unscored"
    PASSED = "passed"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One noun of the world that is not as it was: every field that differs, as text, before and after."""

    noun: str
    id: str
    how: str
    """`new`, `gone` or `changed`."""
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Card:
    """A result with everything a page shows of it. `anchors` leads from the id of a source to its place on the page."""

    number: int
    result: Result
    outcome: Outcome
    failed: tuple[str, ...]
    short: tuple[str, ...]
    """Scorers whose figure is below 1 without making it a failure."""
    expected: tuple[tuple[str, str], ...]
    draft: tuple[Piece, ...]
    meant: tuple[Piece, ...]
    """The first draft of the reasoner, where it is another than the one that left."""
    changes: tuple[Changed, ...]
    anchors: dict[str, str]

    @property
    def name(self) -> str:
        """Sample id, and the epoch from the second on."""
        sample, epoch = self.result.key
        return sample if epoch == 1 else f"{sample} (epoch {epoch})"

    @property
    def quality(self) -> Quality | None:
        """How good the draft is, with its parts; None when none was scored."""
        return None if self.result.episode.error else quality_of(self.result.scores)

    @property
    def objections(self) -> tuple[Score, ...]:
        """The scores below 1."""
        return tuple(score for score in self.result.scores if score.scorer in (*self.failed, *self.short))

    @property
    def intent(self) -> str:
        """The labelled intent, or what was understood where none is labelled."""
        said = self.result.episode.classification
        return self.result.sample.expected.intent or (said.intent if said else "")

    @property
    def why(self) -> str:
        """The first objection, for a list."""
        if self.outcome is Outcome.ERROR:
            return self.result.episode.error
        found = (score for score in self.result.scores if score.scorer in self.failed)
        return next((f"{score.scorer}: {score.explanation}" for score in found), "")


def counts_against(score: Score) -> bool:
    """Whether a score makes its result a failure: it judges what left the product, right or wrong, and it was wrong."""
    judged = score.scorer not in GRADED and not score.scorer.endswith(PROPOSED)
    return judged and score.value is not None and score.value < 1


def cards_of(log: EvalLog) -> tuple[Card, ...]:
    """Every result, failures first, then errors, unscored ones and the rest; by id within."""
    order = tuple(Outcome)
    ranked = sorted(log.results, key=lambda result: (order.index(outcome_of(result)), result.key))
    return tuple(_card(number, result) for number, result in enumerate(ranked, start=1))


def shown_of(cards: Iterable[Card], *, held_out: bool) -> tuple[Card, ...]:
    """The cards that may be read one by one: who tunes must not see what is held out, unless they ask for it."""
    return tuple(card for card in cards if held_out or card.result.sample.split is not Split.HELD_OUT)


def outcome_of(result: Result) -> Outcome:
    """Failed, error, unscored or passed."""
    if result.episode.error:
        return Outcome.ERROR
    if any(counts_against(score) for score in result.scores):
        return Outcome.FAILED
    return Outcome.PASSED if any(score.value is not None for score in result.scores) else Outcome.UNSCORED


def _card(number: int, result: Result) -> Card:
    episode = result.episode
    first = episode.proposed[0] if episode.proposed else None
    draft = _pieces(episode.proposal, result)
    meant = _pieces(first, result)
    return Card(
        number=number,
        result=result,
        outcome=outcome_of(result),
        failed=tuple(score.scorer for score in result.scores if counts_against(score)),
        short=tuple(
            score.scorer
            for score in result.scores
            if score.value is not None and score.value < 1 and not counts_against(score)
        ),
        expected=tuple(expectations(result.sample.expected)),
        draft=draft,
        meant=meant if first and first.reply and _text(meant) != _text(draft) else (),
        changes=tuple(_changes(result)),
        anchors=_anchors(number, result),
    )


def _pieces(proposal: ProposedResolution | None, result: Result) -> tuple[Piece, ...]:
    """The objections stand where they do only in the draft that was judged."""
    if proposal is None or proposal.reply is None:
        return ()
    judged = proposal is result.episode.proposal and result.episode.verdict is not None
    found = result.episode.verdict.every_violation() if judged and result.episode.verdict else ()
    return pieces_of(proposal.reply, found)


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _changes(result: Result) -> Iterator[Changed]:
    for change in result.episode.diff:
        how = "new" if change.before is None else "gone" if change.after is None else "changed"
        fields = ((name, as_text(old), as_text(new)) for name, (old, new) in change.fields().items())
        yield Changed(noun=change.noun, id=change.id, how=how, fields=tuple(fields))


def _anchors(number: int, result: Result) -> dict[str, str]:
    known = result.episode.investigation
    if known is None:
        return {}
    ids = [*(item.id for item in known.evidence), *(passage.passage_id for passage in known.passages)]
    return {source: f"c{number}-s{place}" for place, source in enumerate(dict.fromkeys(ids), start=1)}


def as_text(value: JsonValue) -> str:
    """Texts as they are, nothing for None, texts of a list with commas between, everything else as JSON."""
    if value is None:
        return ""
    if isinstance(value, list):
        texts = [each for each in value if isinstance(each, str)]
        return ", ".join(texts) if len(texts) == len(value) else json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def arguments_of(action: Action) -> dict[str, str]:
    """What an action would do, without its kind and what is left at its default."""
    said: dict[str, JsonValue] = action.model_dump(mode="json", exclude_defaults=True)
    return {name: as_text(value) for name, value in said.items() if name != "kind"}


def expectations(expected: Expected) -> Iterator[tuple[str, str]]:
    """What a sample labels, in words: (what, value)."""
    plain = {
        "intent": expected.intent,
        "further asks": ", ".join(expected.secondary),
        "language": expected.language,
        "resolution": expected.resolution.value if expected.resolution else "",
        "never": ", ".join(expected.forbidden),
        "may also happen": ", ".join(expected.optional),
        "the reply says": "; ".join(" or ".join(fact) for fact in expected.facts),
        "the reply never says": "; ".join(expected.absent),
        "cites": ", ".join(expected.cites),
        "looked up": ", ".join(expected.lookups),
    }
    if expected.effects is not None:
        effects = (f"{effect.kind} {as_text(effect.arguments)}" for effect in expected.effects)
        plain["effects"] = "; ".join(effects) or "nothing changes"
    if expected.asked is not None:
        plain["signed by"] = expected.asked or "nobody is asked"
    yield from ((what, value) for what, value in plain.items() if value)
