"""How the shipped change of the sentence encoder is made: the same examples and seed give the same file.

Twice: once without a fifth of the examples, which says how far such an encoder can be trusted, and once with all.
Some 15 minutes of one core and 3 GB; `knowledge` and `agent` use the files without torch.
"""

# The types of tokenizers are partial.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import hashlib
import importlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agent.triage.examples import Example
from agent.triage.tuned import Settled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evals.tuning.network import Network

    Floats = NDArray[np.float32]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

TORCH = "torch==2.13.0"
MEANING_WEIGHTS = (0.5,)
"""What is tried. The examples that are held back are of the same writers as the others, and ask for 0.7; messages of
other writers (samples to tune on, demo inbox) are read better with less."""
HELD_FOLD = 0
MODESTY = 0.8
"""Customers are other writers than those of the examples, held back or not: on the samples to tune on the log loss
is least at this share of the sharpness that the held-back examples ask for."""
_BATCHES_SORTED = 25  # texts of like length stand together within so many batches
_WARM_UP = 0.06
_LEAST_TOKENS = 6  # a shorter text loses none

Told = Callable[[str], None]


class TorchMissing(Exception):
    """Torch is not installed. The message says how to install it."""


@dataclass(frozen=True)
class Recipe:
    """The settings; chosen on the samples to tune on."""

    rank: int = 16
    epochs: int = 3
    batch: int = 32
    speed: float = 1e-3
    head_speed: float = 5e-3
    decay: float = 0.01
    dropout: float = 0.05
    lost_tokens: float = 0.1
    """How many tokens a text loses on average before it is learned from: words that other customers do not use."""
    smoothing: float = 0.1
    scale: float = 16.0
    seed: int = 1


@dataclass(frozen=True)
class Lesson:
    """Examples as the encoder reads them: tokens, and the place of the label."""

    tokens: tuple[tuple[int, ...], ...]
    targets: Whole
    labels: int

    def part(self, chosen: Whole) -> Lesson:
        """Only these examples."""
        places = cast("list[int]", chosen.tolist())
        return Lesson(tuple(self.tokens[at] for at in places), self.targets[chosen], self.labels)


def lesson_of(examples: Sequence[Example]) -> Lesson:
    """What there is to learn from examples."""
    import numpy as np

    from agent.triage.model import read
    from knowledge.minilm import open_tokenizer

    tokenizer = open_tokenizer()
    labels = sorted({example.label for example in examples})
    texts = [read(example.text).meaning for example in examples]
    tokens = tuple(tuple(tokenizer.encode(text).ids) for text in texts)
    return Lesson(tokens, np.array([labels.index(example.label) for example in examples]), len(labels))


def learned(lesson: Lesson, recipe: Recipe, told: Told) -> bytes:
    """The change (npz, float16) that makes texts of one label alike and others not.

    Raises:
        TorchMissing: Torch is not installed.
    """
    import numpy as np

    from evals.tuning.network import Network
    from knowledge.minilm import wheel_file
    from knowledge.minilm_graph import read_weights

    torch = _torch()
    # One thread and one seed: sums are taken in the same order every time.
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    weights = read_weights(wheel_file("model.safetensors"))
    network = Network.of(torch, weights, lesson.labels, rank=recipe.rank, dropout=recipe.dropout)
    _learn(network, lesson, recipe, told)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **network.arrays())
    return file.getvalue()


def _torch() -> Any:  # see Tensor
    try:
        return importlib.import_module("torch")
    except ModuleNotFoundError:
        raise TorchMissing(
            f"Tuning needs {TORCH}, which the product does not: install it into an environment of its own beside the "
            "product's packages, and run this there"
        ) from None


def _learn(network: Network, lesson: Lesson, recipe: Recipe, told: Told) -> None:
    import numpy as np

    torch, random = network.torch, np.random.default_rng(recipe.seed)
    groups = [
        {"params": list(network.change.values()), "lr": recipe.speed},
        {"params": list(network.head.values()), "lr": recipe.head_speed},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.decay, betas=(0.9, 0.98), fused=True)
    steps = recipe.epochs * len(list(_batches(lesson, recipe.batch, np.random.default_rng(0))))
    pace = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(_pace, steps=steps))
    for epoch in range(recipe.epochs):
        losses: list[float] = []
        for rows in _batches(lesson, recipe.batch, random):
            texts = lesson.part(rows).tokens
            ids, mask = _padded([_lossy(tokens, recipe.lost_tokens, random) for tokens in texts])
            scores = network.scores(network.vectors(torch.from_numpy(ids), torch.from_numpy(mask)), recipe.scale)
            targets = torch.from_numpy(lesson.targets[rows])
            loss = torch.nn.functional.cross_entropy(scores, targets, label_smoothing=recipe.smoothing)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(groups[0]["params"], 1.0)
            optimizer.step()
            pace.step()
            losses.append(loss.item())
        told(f"epoch {epoch + 1} of {recipe.epochs}: loss {np.mean(losses):.3f}")


def _pace(step: int, *, steps: int) -> float:
    """The share of the learning speed: up over the first steps, then down to almost nothing."""
    return min(1.0, (step + 1) / (_WARM_UP * steps)) * max(0.0, 1 - step / (1.02 * steps))


def _batches(lesson: Lesson, size: int, random: np.random.Generator) -> Iterator[Whole]:
    import numpy as np

    lengths = np.array([len(tokens) for tokens in lesson.tokens])
    order = random.permutation(len(lengths))
    parts = np.array_split(order, max(1, len(order) // (size * _BATCHES_SORTED)))
    alike = [part[np.argsort(lengths[part], kind="stable")] for part in parts]
    batches = [part[start : start + size] for part in alike for start in range(0, len(part), size)]
    for at in random.permutation(len(batches)).tolist():
        yield batches[at]


def _lossy(tokens: tuple[int, ...], share: float, random: np.random.Generator) -> tuple[int, ...]:
    """A text without some of its tokens, the first and last of which only mark its ends."""
    if len(tokens) < _LEAST_TOKENS:
        return tokens
    lost = random.random(len(tokens)) < share * 2 * random.random()
    inner = tuple(token for token, gone in zip(tokens[1:-1], lost[1:-1].tolist(), strict=True) if not gone)
    return (tokens[0], *inner, tokens[-1]) if len(inner) > 1 else tokens


def _padded(texts: Sequence[tuple[int, ...]]) -> tuple[Whole, Mask]:
    import numpy as np

    lengths = np.array([len(tokens) for tokens in texts])
    mask: Mask = np.arange(int(lengths.max())) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=np.int64)
    ids[mask] = [token for tokens in texts for token in tokens]
    return ids, mask


def tune_encoder(examples: Sequence[Example], folder: Path, scratch: Path, recipe: Recipe, told: Told) -> Settled:
    """Write `tuned.npz` and `tuned.json` into `folder`; `scratch` takes the graph of the encoder that is judged.

    Raises:
        TorchMissing: Torch is not installed.
    """
    import numpy as np

    from agent.triage.training import folds_of

    known = tuple(dict.fromkeys(Example(text.strip(), label.strip()) for text, label in examples))
    lesson = lesson_of(known)
    held: Mask = folds_of(lesson.targets) == HELD_FOLD
    told(f"without {int(held.sum())} of {len(held)} examples, to judge by them")
    judged = scratch / "judged.npz"
    judged.write_bytes(learned(lesson.part(np.flatnonzero(~held)), recipe, told))
    settled = settled_on(known, lesson, held, judged, scratch)
    told(f"right of those it had not seen: {settled.accuracy:.3f}; now with all examples")
    content = learned(lesson, recipe, told)
    settled = settled.model_copy(update={"sha256": hashlib.sha256(content).hexdigest()})
    (folder / "tuned.npz").write_bytes(content)
    (folder / "tuned.json").write_text(settled.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return settled


def settled_on(known: Sequence[Example], lesson: Lesson, held: Mask, file: Path, scratch: Path) -> Settled:
    """The settings for messages that the encoder has not seen, by the examples it was not tuned on."""
    import numpy as np

    from agent.triage import linear, model, training
    from knowledge.delta import Delta
    from knowledge.minilm import MiniLMEmbedder

    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    embedder = MiniLMEmbedder(scratch, Delta(file, sha256))
    readings = [model.read(example.text) for example in known]
    vectors = model.embedded(embedder, readings)
    _, sources = model.known_of(readings, vectors, lesson.labels)
    targets = lesson.targets[held]
    found: list[tuple[float, float, float, Floats]] = []
    for weight in MEANING_WEIGHTS:
        similar = sources.similarities(weight)
        _, scores = linear.fit(similar, lesson.targets, lesson.labels, training.STRENGTH, ~held[:, None])
        judged = scores[held, 0]
        sharpness, loss = training.sharpened(judged, targets)
        found.append((float((judged.argmax(axis=1) != targets).mean()) + loss / 100, weight, sharpness, judged))
    _, weight, sharpness, judged = min(found, key=lambda each: each[0])
    sharpness *= MODESTY
    sure = linear.softmax(judged * np.float32(sharpness)).max(axis=1)
    near = sure * np.maximum((vectors[held] @ vectors[~held].T).max(axis=1), 0)
    return Settled(
        sha256=sha256,
        meaning_weight=weight,
        sharpness=sharpness,
        bar=float(np.percentile(near, training.BAR_PERCENTILE)),
        accuracy=float((judged.argmax(axis=1) == targets).mean()),
        judged=len(targets),
    )
