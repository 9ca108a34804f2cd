"""One message in, everything triage says about it out: intents, language, mood, urgency and the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from agent.triage.examples import Example
from agent.triage.human import wants_human
from agent.triage.intents import Intent
from agent.triage.language import language_of
from agent.triage.mood import Mood, mood_of
from agent.triage.wording import asks, first_ask, own_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.triage.model import IntentModel, Prediction
    from knowledge.embedding import Embedder

Score = Annotated[float, Field(ge=0, le=1)]

TOP = 5
SURE_OF_ANOTHER = 0.7  # the probability from which a further ask counts
_SMALL_TALK = frozenset({Intent.THANKS.value, Intent.OTHER.value, Intent.COMPLAINT.value})
_SURE_OF_A_PERSON = 0.7
_SURE_OF_THE_FIRST = 0.5
# What is wrong with the goods and who is angry lead wherever in the message they are said.
_LEADS_ANYHOW = frozenset(
    intent.value
    for intent in (
        Intent.DAMAGED_ITEM, Intent.WRONG_ITEM, Intent.MISSING_ITEM, Intent.NOT_RECEIVED, Intent.COMPLAINT,
        Intent.HUMAN_REQUEST,
    )
)  # fmt: skip


class Likely(BaseModel):
    """An intent and its probability."""

    model_config = ConfigDict(frozen=True)

    intent: str
    confidence: Score


class TriageResult(BaseModel):
    """What a message is about. `intent` is the best one also when `abstained`."""

    model_config = ConfigDict(frozen=True)

    intent: str
    confidence: Score
    abstained: bool
    ranked: tuple[Likely, ...]
    """The five most likely intents, best first."""
    secondary: tuple[Likely, ...]
    """Further asks of the message, in the order they are written."""
    language: str
    """en, es, fr, de, it, pt, nl, or `other`."""
    sentiment: Annotated[float, Field(ge=-1, le=1)]
    high_emotion: bool
    legal_threat: bool
    human_request: bool
    urgency: str
    """low, normal, high or urgent."""
    reason: str
    """Why, in plain words."""


@dataclass(frozen=True)
class Triage:
    """Classifies messages with one model. Safe to share between threads."""

    model: IntentModel

    @classmethod
    def load(cls, embedder: Embedder, cache_dir: Path, examples: Sequence[Example] | None = None) -> Triage:
        """With the shipped examples and the encoder tuned to them, or a brand's own and the encoder as it is.

        Trained once, then read from `cache_dir`.

        Raises:
            TriageError: The examples cannot be learned from.
        """
        from agent.triage.cache import load_or_train, load_shipped

        if examples is None:
            return cls(load_shipped(embedder, cache_dir))
        return cls(load_or_train(examples, embedder, cache_dir))

    def ahead(self, text: str, subject: str = "") -> None:
        """This is classified soon: what takes longest may begin. Changes no answer."""
        self.model.ahead(_asked(own_words(text, subject)).texts)

    def classify(self, text: str, subject: str = "", hint_language: str = "") -> TriageResult:
        """Judge the newest message of a ticket; greetings, signatures and quoted text do not count.

        Args:
            text: What the customer wrote, as plain text.
            subject: The subject line; one that only answers an earlier message is ignored.
            hint_language: The language of the customer's record, for messages that tell too little.
        """
        words = own_words(text, subject)
        first, parts, texts = _asked(words)
        found = dict(zip(texts, self.model.predict(texts), strict=True))
        whole, pieces = found[words], [found[part] for part in parts]
        person = wants_human(words) or _is_for_a_person(whole)
        whole = _main(whole, found.get(first, whole), pieces, person=person)
        secondary = _further(whole, pieces)
        mood = mood_of(words)
        return TriageResult(
            intent=whole.label,
            confidence=min(1.0, whole.confidence),
            abstained=whole.abstained,
            ranked=tuple(Likely(intent=label, confidence=min(1.0, sure)) for label, sure in whole.ranked[:TOP]),
            secondary=secondary,
            language=language_of(words, hint_language),
            sentiment=mood.sentiment,
            high_emotion=mood.high_emotion,
            legal_threat=mood.legal_threat,
            human_request=person,
            urgency=_urgency(whole, mood),
            reason=self._reason(words, whole, secondary, mood, person=person),
        )

    def _reason(self, text: str, whole: Prediction, secondary: tuple[Likely, ...], mood: Mood, *, person: bool) -> str:
        telling = self.model.telling_words(text, whole.label)
        because = f"because of {_quoted(telling)}" if telling else "by its meaning"
        said = [
            f"{_named(whole.label)} ({whole.confidence:.0%}) {because}; "
            f"most like the example “{_short(whole.nearest.text)}” ({_named(whole.nearest.label)})"
        ]
        if whole.abstained:
            said.append(
                f"not sure enough: {_named(whole.ranked[1].label)} is possible too ({whole.ranked[1].confidence:.0%})"
            )
        if secondary:
            said.append(f"asks for more: {', '.join(_named(ask.intent) for ask in secondary)}")
        said += _findings(mood, person=person)
        return ". ".join(said) + "."


class _Asked(NamedTuple):
    """The first of several asks (or empty), the single asks, and all texts that are judged for a message."""

    first: str
    parts: tuple[str, ...]
    texts: tuple[str, ...]


def _asked(words: str) -> _Asked:
    first, parts = first_ask(words), asks(words)
    return _Asked(first, parts, tuple(dict.fromkeys((words, first or words, *parts))))


def _findings(mood: Mood, *, person: bool) -> list[str]:
    found: list[str] = []
    if mood.legal_threat or mood.high_emotion:
        kind = "legal threat" if mood.legal_threat else "strong emotion"
        found.append(f"{kind}: {_quoted(mood.signs[:3]) or 'the way it is written'}")
    if person:
        found.append("wants a person")
    if mood.urgency_reason:
        found.append(f"{mood.urgency} urgency: {mood.urgency_reason}")
    return found


def _main(whole: Prediction, lead: Prediction, pieces: Sequence[Prediction], *, person: bool) -> Prediction:
    """What is judged for the message: its first ask when others are added, and who wants a person above all that."""
    for piece in pieces if person else ():
        if piece.label == Intent.HUMAN_REQUEST:
            return piece
    kept = whole.label in _LEADS_ANYHOW or lead.label in _SMALL_TALK or lead.confidence < _SURE_OF_THE_FIRST
    return whole if kept else lead


def _further(whole: Prediction, pieces: Sequence[Prediction]) -> tuple[Likely, ...]:
    """Confident intents of single sentences other than the main one; small talk is no ask."""
    found: dict[str, float] = {}
    for piece in pieces:
        clear = piece.confidence >= SURE_OF_ANOTHER and not piece.abstained
        if clear and piece.label != whole.label and piece.label not in _SMALL_TALK:
            found[piece.label] = max(piece.confidence, found.get(piece.label, 0.0))
    return tuple(Likely(intent=label, confidence=min(1.0, sure)) for label, sure in found.items())


def _is_for_a_person(whole: Prediction) -> bool:
    return whole.label == Intent.HUMAN_REQUEST and whole.confidence >= _SURE_OF_A_PERSON and not whole.abstained


def _urgency(whole: Prediction, mood: Mood) -> str:
    """Thanks can wait."""
    return "low" if whole.label == Intent.THANKS and mood.urgency == "normal" else mood.urgency


def _named(label: str) -> str:
    return label.replace("_", " ")


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _short(text: str) -> str:
    line = re.sub(r"\s+", " ", text)
    return line if len(line) <= 80 else f"{line[:77]}..."
