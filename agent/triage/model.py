"""The intent model: what it learned from labelled examples, and what it says of a message.

Words, pieces of words and a sentence vector go into one multinomial logistic regression. How sure it is comes from
probability times closeness to the nearest example, and the bar below which it abstains from the examples alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from agent.triage import linear, ngrams, training
from agent.triage.errors import TriageError
from agent.triage.examples import Example
from agent.triage.glossary import in_english
from agent.triage.language import OTHER, is_function_word, language_of
from agent.triage.ngrams import Rows, Vocabulary
from agent.triage.similarity import Sources, matrix
from agent.triage.tuned import Settled
from agent.triage.wording import named_orders

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embedding import Embedder

    Floats = NDArray[np.floating]
    Whole = NDArray[np.int64]

MOST_EXAMPLES = 50_000  # what is known of them takes 1.2 GB while training
_MOST_CELLS = 16_000_000  # of the n-gram weights: 64 MB
_AT_ONCE = 512
LIKELIEST = 5  # labels among whose examples the one most like a message is looked for
WORDS_WEIGHT = 1.3  # how much words count beside pieces of words


class Ranked(NamedTuple):
    """A label and its probability."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Prediction:
    """Every label, best first; how sure the model is, 0 to 1; and the example most like the message."""

    ranked: tuple[Ranked, ...]
    score: float
    abstained: bool
    nearest: Example
    closeness: float

    @property
    def label(self) -> str:
        """The best label, also when the model abstains."""
        return self.ranked[0].label

    @property
    def confidence(self) -> float:
        """The probability of the best label."""
        return self.ranked[0].confidence


@dataclass(frozen=True)
class Weights:
    """The regression: a table for each kind of feature [features, labels], a constant for each label."""

    words: Floats
    pieces: Floats
    meaning: Floats
    constant: Floats


class Facts(BaseModel):
    """What training settled and measured; `accuracy` is out of fold."""

    model_config = ConfigDict(frozen=True)

    labels: tuple[str, ...]
    meaning_weight: float
    sharpness: float
    bar: float
    accuracy: float


@dataclass(frozen=True)
class IntentModel:
    """A trained model. `train` makes one, `cache.load_or_train` keeps one."""

    facts: Facts
    vocabularies: tuple[Vocabulary, Vocabulary]
    weights: Weights
    vectors: Floats
    examples: tuple[Example, ...]
    embedder: Embedder

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the examples, in alphabetical order."""
        return self.facts.labels

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """One prediction for each text; about 3 ms for one, less in a batch. A blank one says little and abstains."""
        found: list[Prediction] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += self._predict(texts[start : start + _AT_ONCE])
        return found

    def ahead(self, texts: Sequence[str]) -> None:
        """These texts are judged soon: the slow part, their sentence vectors, may begin."""
        self.embedder.ahead([read(text).meaning for text in texts])

    def _predict(self, texts: Sequence[str]) -> list[Prediction]:
        import numpy as np

        readings = [read(text) for text in texts]
        vectors = embedded(self.embedder, readings)
        chances = linear.softmax(self._scores(readings, vectors) * np.float32(self.facts.sharpness))
        order = np.argsort(-chances, axis=1, kind="stable")
        return [self._prediction(chances[row], order[row], vectors[row]) for row in range(len(texts))]

    def _prediction(self, chances: Floats, order: Whole, vector: Floats) -> Prediction:
        ranked = tuple(Ranked(self.labels[at], float(chances[at])) for at in order.tolist())
        nearest, closeness = self._nearest(vector, [each.label for each in ranked[:LIKELIEST]])
        score = ranked[0].confidence * min(1.0, max(0.0, closeness))
        return Prediction(ranked, score, score < self.facts.bar, self.examples[nearest], closeness)

    def _nearest(self, vector: Floats, labels: Sequence[str]) -> tuple[int, float]:
        """The example of these labels most like a unit vector, and its cosine; all labels would take a millisecond."""
        best, closeness = 0, -1.0
        for label in labels:
            held = self._held[label]
            alike = self.vectors[held] @ vector
            at = int(alike.argmax())
            if float(alike[at]) > closeness:
                best, closeness = held.start + at, float(alike[at])
        return best, closeness

    @cached_property
    def _held(self) -> Mapping[str, slice]:
        """Where the examples of a label stand; `train` puts them side by side."""
        ends = {example.label: at for at, example in enumerate(self.examples, start=1)}
        starts = [0, *ends.values()]
        return {label: slice(start, end) for start, (label, end) in zip(starts, ends.items(), strict=False)}

    def _scores(self, readings: Sequence[Reading], vectors: Floats) -> Floats:
        words, pieces = weighed([reading.spelling for reading in readings], self.vocabularies)
        spelling = linear.times(words, self.weights.words) + linear.times(pieces, self.weights.pieces)
        return spelling + vectors @ self.weights.meaning + self.weights.constant

    def telling_words(self, text: str, label: str, most: int = 3) -> list[str]:
        """The words of a text that speak most for a label rather than for the others, strongest first."""
        language, parts = language_of(text), dict[str, list[str]]()
        for word in dict.fromkeys(ngrams.words(ngrams.fold(text))):
            if len(word) >= 3 and not is_function_word(word):
                parts[word] = ngrams.words(in_english(word, language))
        each = self._strengths([part for found in parts.values() for part in found], self.labels.index(label))
        strength = {word: sum(islice(each, len(found))) for word, found in parts.items()}
        telling = sorted((word for word in strength if strength[word] > 0), key=lambda word: -strength[word])
        return telling[:most]

    def _strengths(self, words: Sequence[str], at: int) -> Iterator[float]:
        """How much more each word speaks for a label than for the others on average; 0 for one that is not known."""
        import numpy as np

        vocabulary = self.vocabularies[0]
        place, known = vocabulary.places(np.array([ngrams.word_hash(word) for word in words], dtype=np.uint64))
        if not known.any():
            return repeat(0.0, len(words))
        rows = self.weights.words[place] * vocabulary.idf[place, None]
        return iter(np.where(known, rows[:, at] - rows.mean(axis=1), 0.0).tolist())


class Reading(NamedTuple):
    """A text as the two kinds of features see it: for the sentence vector, and folded for the n-grams."""

    meaning: str
    spelling: str


@lru_cache(maxsize=256)
def read(text: str) -> Reading:
    """English as it is, six other languages word by word in English (see `glossary`); "#2312" is "my order"."""
    language = language_of(text)
    told = named_orders(text)
    if language in ("en", OTHER):
        # A sentence encoder needs a word.
        return Reading(told if told.strip() else ".", ngrams.fold(told))
    english = in_english(told, language)
    return Reading(english, english)


def embedded(embedder: Embedder, readings: Sequence[Reading]) -> Floats:
    """The sentence vectors of texts."""
    return embedder.embed([reading.meaning for reading in readings])


def weighed(folded: Sequence[str], vocabularies: tuple[Vocabulary, Vocabulary]) -> tuple[Rows, Rows]:
    """Words and pieces of words of folded texts, as rows of the two vocabularies."""
    words, pieces = vocabularies
    return (
        words.weigh(*ngrams.word_grams(folded), len(folded)).times(WORDS_WEIGHT),
        pieces.weigh(*ngrams.piece_grams(folded), len(folded)),
    )


def train(examples: Sequence[Example], embedder: Embedder, settled: Settled | None = None) -> IntentModel:
    """Learn from examples: 2 to 200 labels, up to 50,000 examples; about 10 s for 2,000 on two cores.

    With `settled` nothing is chosen or measured here: an encoder tuned on these examples would flatter itself.

    Raises:
        TriageError: Fewer than two labels, too many examples, or an example without text or label.
    """
    import numpy as np

    kept = _checked(examples)
    labels = tuple(sorted({example.label for example in kept}))
    place = {label: at for at, label in enumerate(labels)}
    targets = np.array([place[example.label] for example in kept], dtype=np.int64)
    readings = [read(example.text) for example in kept]
    vectors = embedded(embedder, readings)
    vocabularies, sources = known_of(readings, vectors, len(labels))
    meaning = settled.meaning_weight if settled else training.choose_meaning(sources, targets, len(labels))
    similar = sources.similarities(meaning)
    fitted = settled or training.calibrate(similar, vectors, targets, len(labels))
    every = np.ones((len(kept), 1), dtype=bool)
    shares, _ = linear.fit(similar, targets, len(labels), training.STRENGTH, every)
    weights = _weights(sources, shares[:, 0], meaning)
    facts = Facts(
        labels=labels,
        meaning_weight=meaning,
        sharpness=fitted.sharpness,
        bar=fitted.bar,
        accuracy=fitted.accuracy,
    )
    return IntentModel(facts, vocabularies, weights, vectors, kept, embedder)


def _checked(examples: Sequence[Example]) -> tuple[Example, ...]:
    """By label, without exact repetitions, which would make the model look surer than it is."""
    kept = tuple(dict.fromkeys(Example(text.strip(), label.strip()) for text, label in examples))
    if len(kept) > MOST_EXAMPLES:
        raise TriageError(f"{len(kept)} different examples; at most {MOST_EXAMPLES} can be learned from, keep the best")
    for number, example in enumerate(kept, start=1):
        if not example.text or not example.label:
            raise TriageError(f"example {number} has no {'label' if example.text else 'text'}")
    labels = {example.label for example in kept}
    if len(labels) < 2:
        said = f"all examples are labelled `{next(iter(labels))}`" if labels else "there are no examples"
        raise TriageError(f"{said}; a classifier needs examples of at least two labels")
    return tuple(sorted(kept, key=lambda example: example.label))


def known_of(
    readings: Sequence[Reading], vectors: Floats, labels: int
) -> tuple[tuple[Vocabulary, Vocabulary], Sources]:
    """What is known of examples before anything is learned: their n-grams, weighed, beside their sentence vectors."""
    folded = [reading.spelling for reading in readings]
    vocabularies = _vocabularies(folded, labels)
    words, pieces = (
        matrix(rows, len(vocabulary.hashes))
        for rows, vocabulary in zip(weighed(folded, vocabularies), vocabularies, strict=True)
    )
    return vocabularies, Sources(words, pieces, vectors)


def _vocabularies(folded: Sequence[str], labels: int) -> tuple[Vocabulary, Vocabulary]:
    """All n-grams, or with very many labels only those seen in more than one example, so that the tables fit."""
    found = (
        Vocabulary.of(*ngrams.word_grams(folded), len(folded)),
        Vocabulary.of(*ngrams.piece_grams(folded), len(folded)),
    )
    seen = 1
    while sum(len(vocabulary.hashes) for vocabulary in found) * labels > _MOST_CELLS and seen < len(folded):
        seen += 1
        found = (found[0].seen_in(seen, len(folded)), found[1].seen_in(seen, len(folded)))
    return found


def _weights(sources: Sources, shares: Floats, meaning: float) -> Weights:
    import numpy as np

    return Weights(
        sources.words.transpose() @ shares,
        sources.pieces.transpose() @ shares,
        (sources.vectors.T @ shares) * np.float32(meaning**2),
        shares.sum(axis=0),
    )
