"""Classifying a file of messages with a brand's own labels: `countersign triage`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from agent.triage.cache import load_or_train, load_shipped
from agent.triage.errors import TriageError
from agent.triage.examples import Example, Message, read_examples, read_messages, shipped_examples

if TYPE_CHECKING:
    from agent.triage.model import IntentModel, Prediction
    from knowledge.embedding import Embedder


class TriageReport(BaseModel):
    """What was done: how many messages, what they are about, and what the model was learned from."""

    model_config = ConfigDict(frozen=True)

    messages: int
    abstained: int
    by_label: dict[str, int]
    examples: int
    labels: int
    bar: float
    accuracy_on_examples: float
    """In five-fold cross-validation, each example judged by a model that has not seen it."""
    notes: tuple[str, ...] = ()


def triage_file(examples: Path | None, messages: Path, out: Path, embedder: Embedder, cache_dir: Path) -> TriageReport:
    """Classify the messages of a CSV file (`id,text`) and write one JSON line for each, in their order.

    A line is `{"id", "label", "confidence", "abstained", "ranked": [{"label", "confidence"}]}`; the label is the best
    one also when the model abstains, as it does on an empty text. Without `examples` (a CSV file `text,label`) the
    labels are our own intents.

    Raises:
        TriageError: A file cannot be read or written, or the examples cannot be learned from.
    """
    asked = read_messages(messages)
    known = shipped_examples() if examples is None else read_examples(examples)
    model = _trained(known, examples, embedder, cache_dir)
    predictions = [
        prediction if message.text else replace(prediction, abstained=True)
        for message, prediction in zip(asked, model.predict([message.text for message in asked]), strict=True)
    ]
    _write(out, asked, predictions)
    return TriageReport(
        messages=len(asked),
        abstained=sum(prediction.abstained for prediction in predictions),
        by_label=dict(Counter(prediction.label for prediction in predictions).most_common()),
        examples=len(model.examples),
        labels=len(model.labels),
        bar=model.facts.bar,
        accuracy_on_examples=model.facts.accuracy,
        notes=(*notes_on(known), *_blank(asked)),
    )


def notes_on(examples: tuple[Example, ...]) -> tuple[str, ...]:
    """What a person should know about examples that were accepted all the same."""
    notes: list[str] = []
    repeated = len(examples) - len(set(examples))
    if repeated:
        notes.append(f"{repeated} repeated examples were counted once")
    labels_of = Counter(text for text, _ in set(examples))
    both = [text for text, times in labels_of.items() if times > 1]
    if both:
        notes.append(f"{len(both)} texts carry several labels, the first is: {both[0][:80]}")
    few = sorted(label for label, times in Counter(label for _, label in set(examples)).items() if times < 5)
    if few:
        notes.append(
            f"{len(few)} labels have fewer than 5 examples; answers with them are less sure: {', '.join(few[:10])}"
        )
    return tuple(notes)


def _blank(asked: tuple[Message, ...]) -> tuple[str, ...]:
    blank = [message.id for message in asked if not message.text]
    named = f"{', '.join(blank[:10])}{' ...' if len(blank) > 10 else ''}"
    return (f"{len(blank)} messages have no text and abstain: {named}",) if blank else ()


def _trained(known: tuple[Example, ...], path: Path | None, embedder: Embedder, cache_dir: Path) -> IntentModel:
    try:
        return load_or_train(known, embedder, cache_dir) if path else load_shipped(embedder, cache_dir)
    except TriageError as error:
        raise TriageError(f"{path}: {error}") if path else error from None


def _write(out: Path, asked: tuple[Message, ...], predictions: list[Prediction]) -> None:
    lines = (_line(message, prediction) for message, prediction in zip(asked, predictions, strict=True))
    part = out.with_name(f"{out.name}.part")
    try:
        part.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        part.replace(out)
    except OSError as error:
        raise TriageError(f"{out}: cannot be written ({error.strerror or error})") from None


def _line(message: Message, prediction: Prediction) -> str:
    ranked = [{"label": label, "confidence": round(confidence, 6)} for label, confidence in prediction.ranked]
    content = {
        "id": message.id,
        "label": prediction.label,
        "confidence": round(prediction.confidence, 6),
        "abstained": prediction.abstained,
        "ranked": ranked,
    }
    return json.dumps(content, ensure_ascii=False)
