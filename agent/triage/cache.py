"""Keeping a trained model in one file: arrays and JSON, never pickle. What cannot be read is trained anew."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel

from agent.triage.examples import Example, sha256_of_shipped, shipped_examples
from agent.triage.model import Facts, IntentModel, Weights, train
from agent.triage.ngrams import Vocabulary
from agent.triage.tuned import Settled, tuned

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embedding import Embedder

    Arrays = dict[str, NDArray[np.generic]]

# What numpy, zipfile and pydantic say of a file with wrong bytes in it.
_UNREADABLE = (
    OSError, EOFError, zipfile.BadZipFile, ValueError, LookupError, TypeError, AttributeError, RuntimeError,
    ArithmeticError, MemoryError, SyntaxError,
)  # fmt: skip

RECIPE = "9"  # raise it when features or training change: every model is then trained anew
CALIBRATION = "4"  # raise it when only the bar or the sharpness is found otherwise: our own, settled ones stay


class About(BaseModel):
    """What is kept beside the arrays."""

    facts: Facts
    examples: list[tuple[str, str]]


def load_shipped(embedder: Embedder, cache_dir: Path) -> IntentModel:
    """The model of our own intents, with the encoder tuned to them where `embedder` is the one that was tuned.

    Raises:
        TriageError: The shipped files are damaged.
        ModelCorrupt: The encoder's change is not the pinned one.
    """
    encoder, settled = tuned(embedder, cache_dir)
    # The files as they lie there: 27,000 examples take ten times as long to read as the model that they made.
    return _kept_or_made(_key([sha256_of_shipped()], encoder, settled), shipped_examples, encoder, cache_dir, settled)


def load_or_train(
    examples: Sequence[Example], embedder: Embedder, cache_dir: Path, settled: Settled | None = None
) -> IntentModel:
    """The model of these examples: read in some 30 ms when it was trained before, else trained and kept.

    Raises:
        TriageError: The examples cannot be learned from (see `train`).
    """
    return _kept_or_made(key_of(examples, embedder, settled), lambda: examples, embedder, cache_dir, settled)


def _kept_or_made(
    key: str, examples: Callable[[], Sequence[Example]], embedder: Embedder, cache_dir: Path, settled: Settled | None
) -> IntentModel:
    path = cache_dir / f"triage-{key}.npz"
    kept = _read(path, embedder)
    if kept is not None:
        return kept
    model = train(examples(), embedder, settled)
    _write(path, model)
    return model


def key_of(examples: Sequence[Example], embedder: Embedder, settled: Settled | None = None) -> str:
    """A hash of everything a model depends on."""
    return _key([list(example) for example in examples], embedder, settled)


def _key(examples: list[list[str]] | list[str], embedder: Embedder, settled: Settled | None) -> str:
    parts = [RECIPE, embedder.fingerprint, examples]
    content = json.dumps([*parts, settled.model_dump_json() if settled else CALIBRATION])
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _write(path: Path, model: IntentModel) -> None:
    """Beside its name first, so that a reader never sees half a file."""
    import numpy as np

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **_arrays(model))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _arrays(model: IntentModel) -> Arrays:
    import numpy as np

    about = About(facts=model.facts, examples=[(text, label) for text, label in model.examples])
    words, pieces = model.vocabularies
    return {
        "about": np.frombuffer(about.model_dump_json().encode(), dtype=np.uint8),
        "unseen": np.array([words.unseen_idf, pieces.unseen_idf]),
        "word_hashes": words.hashes,
        "word_idf": words.idf,
        "piece_hashes": pieces.hashes,
        "piece_idf": pieces.idf,
        "words": model.weights.words,
        "pieces": model.weights.pieces,
        "meaning": model.weights.meaning,
        "constant": model.weights.constant,
        "vectors": model.vectors,
    }


def _read(path: Path, embedder: Embedder) -> IntentModel | None:
    """None when there is no file, or one that is damaged or of another making."""
    try:
        found = path.stat()
        return _stored(path, (found.st_ino, found.st_mtime_ns, found.st_size))(embedder)
    except _UNREADABLE:
        return None


@lru_cache(maxsize=1)
def _stored(path: Path, _version: tuple[int, int, int]) -> Callable[[Embedder], IntentModel]:
    """The model in this version of the file: the web, its worker and a check of it open the same one."""
    import numpy as np

    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return _model({name: stored[name] for name in stored.files})


def _model(arrays: Arrays) -> Callable[[Embedder], IntentModel]:
    about = About.model_validate_json(arrays["about"].tobytes())
    unseen = [float(value) for value in cast("list[float]", arrays["unseen"].tolist())]
    floats = cast("dict[str, NDArray[np.float32]]", arrays)
    hashes = cast("dict[str, NDArray[np.uint64]]", arrays)
    return partial(
        IntentModel,
        about.facts,
        (
            Vocabulary(hashes["word_hashes"], floats["word_idf"], unseen[0]),
            Vocabulary(hashes["piece_hashes"], floats["piece_idf"], unseen[1]),
        ),
        Weights(floats["words"], floats["pieces"], floats["meaning"], floats["constant"]),
        floats["vectors"],
        tuple(map(Example._make, about.examples)),
    )
