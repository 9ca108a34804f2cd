"""Choosing the settings of a model, its temperature and its bar, from the examples alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from agent.triage import linear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agent.triage.similarity import Similarities, Sources

    Floats = NDArray[np.floating]
    Whole = NDArray[np.int64]
    Mask = NDArray[np.bool_]

FOLDS = 5
MEANING_WEIGHTS = (0.7, 0.9, 1.2, 1.7, 2.4)  # how much sentence vectors count beside words and pieces of words
STRENGTH = 10.0  # of the log loss against the length of the weights; 3 to 30 give the same within 0.5 points (README)
BAR_PERCENTILE = 10
LEAST_RIGHT = 0.5  # of the answers above the bar, out of fold: what is more often wrong than right is not said
_TUNING_CELLS = (
    900_000_000  # pairs of examples times labels that choosing a setting may cost: 6,100 examples of 24 labels
)
_ALL_FOLDS = 1500  # of more examples, two folds of the five are judged: as telling as all of fewer
_ALL_CALIBRATED = 5000  # the same for the sharpness and the bar, which are found once
_CELLS_AT_ONCE = 8_000_000
_TWINS = 0.9  # the cosine from which two examples of a label are one message; of those written one by one 4 % are
_MOST_COMPARED = 4_000
_SEED = 20260
_LEAST_ODDS = 1e-9


class Calibration(NamedTuple):
    """How scores become a confidence: a factor on the scores, the bar, and what was measured out of fold."""

    sharpness: float
    bar: float
    accuracy: float


def folds_of(targets: Whole, vectors: Floats | None = None) -> Whole:
    """A fold for each example, every label spread evenly; the same examples always give the same folds.

    With `vectors`, one message in several wordings ("I lost my card", "hello, I lost my card") is in one fold: judged
    by a model that knows its twin, it would look surer and closer than any new message can be.
    """
    import numpy as np

    random = np.random.default_rng(_SEED)
    folds = np.empty(len(targets), dtype=np.int64)
    start = 0
    for label in np.unique(targets):
        members = random.permutation(np.flatnonzero(targets == label))
        kinds = np.arange(len(members)) if vectors is None else kinds_of(vectors[members])
        folds[members] = (kinds + start) % FOLDS
        start += int(kinds.max()) + 1
    return folds


def kinds_of(vectors: Floats) -> Whole:
    """The number of the message that each of one label is a wording of, by first appearance.

    Each is its own where there are too many to compare, or all would be wordings of fewer than there are folds.
    """
    import numpy as np
    from scipy.sparse import csgraph, csr_array

    own = np.arange(len(vectors))
    if len(vectors) > _MOST_COMPARED:
        return own
    alike: object = csr_array(vectors @ vectors.T >= _TWINS)
    # It carries no types: how many groups there are, and the group of each.
    count, kinds = cast("tuple[int, Whole]", csgraph.connected_components(alike, directed=False))  # pyright: ignore[reportUnknownMemberType]
    return kinds if count >= FOLDS else own


def choose_meaning(sources: Sources, targets: Whole, classes: int) -> float:
    """How much sentence vectors count, by cross-validation on as many examples as `_TUNING_CELLS` allows."""
    import numpy as np

    chosen = _spread(targets, int((_TUNING_CELLS / classes) ** 0.5))
    part = sources.part(chosen)
    spelling, meaning = part.spelling(), part.vectors @ part.vectors.T
    kept = targets[chosen]
    folds = folds_of(kept, part.vectors)
    judged = folds < (FOLDS if len(kept) <= _ALL_FOLDS else 2)

    def loss(weight: float) -> float:
        scores = out_of_fold(spelling + np.float32(weight**2) * meaning, kept, classes, folds, judged)[judged]
        # Equals are parted by the log loss.
        return float((scores.argmax(axis=1) != kept[judged]).mean()) + sharpened(scores, kept[judged])[1] / 100

    return min(MEANING_WEIGHTS, key=loss)


def out_of_fold(similar: Similarities, targets: Whole, classes: int, folds: Whole, judged: Mask) -> Floats:
    """Scores [n, classes] of each `judged` example by a model that has not seen its fold."""
    import numpy as np

    found = np.zeros((len(targets), classes), dtype=np.float32)
    kinds = np.unique(folds[judged])
    together = max(1, _CELLS_AT_ONCE // found.size)
    for start in range(0, len(kinds), together):
        held = folds[:, None] == kinds[None, start : start + together]
        _, scores = linear.fit(similar, targets, classes, STRENGTH, ~held)
        rows, problems = np.nonzero(held)
        found[rows] = scores[rows, problems]
    return found


def calibrate(similar: Similarities, vectors: Floats, targets: Whole, classes: int) -> Calibration:
    """The sharpness with the least log loss out of fold, and the bar (see `bar_of`)."""
    import numpy as np

    folds = folds_of(targets, vectors)
    judged = folds < (FOLDS if len(targets) <= _ALL_CALIBRATED else 2)
    scores = out_of_fold(similar, targets, classes, folds, judged)[judged]
    wanted = targets[judged]
    # The only example of a label is judged by a model that never heard of it: that says nothing about sharpness.
    told = np.bincount(targets, minlength=classes)[wanted] > 1
    sharpness = sharpened(scores[told], wanted[told])[0] if told.any() else 1.0
    sure = linear.softmax(scores * np.float32(sharpness)).max(axis=1)
    near = sure * np.maximum(nearest_out_of_fold(vectors, folds, judged)[judged], 0)
    right = scores.argmax(axis=1) == wanted
    return Calibration(sharpness, bar_of(near, right), float(right.mean()))


def bar_of(near: Floats, right: Mask) -> float:
    """The 10th percentile of the scores out of fold, or what it takes for half of the answers above to be right.

    With a handful of examples for each label most answers are wrong; then the bar stands above nearly all of them.
    """
    import numpy as np

    order = np.argsort(-near, kind="stable")
    enough = np.flatnonzero(np.cumsum(right[order]) >= LEAST_RIGHT * np.arange(1, len(order) + 1))
    least = near[order[enough[-1]]] if len(enough) else np.nextafter(near.max(), np.float32(2))
    return max(float(np.percentile(near, BAR_PERCENTILE)), float(least))


def nearest_out_of_fold(vectors: Floats, folds: Whole, judged: Mask) -> Floats:
    """The cosine of each `judged` example to the nearest one of another fold."""
    import numpy as np

    nearest = np.zeros(len(vectors), dtype=np.float32)
    for fold in np.unique(folds[judged]):
        held = folds == fold
        if not held.all():
            others = vectors[~held]
            for rows in np.array_split(np.flatnonzero(held), 1 + int(held.sum()) // 512):
                nearest[rows] = (vectors[rows] @ others.T).max(axis=1)
    return nearest


def sharpened(scores: Floats, targets: Whole) -> tuple[float, float]:
    """The factor on the scores with the least log loss, and that loss; 1 where the scores say nothing."""
    import numpy as np

    best, least = 1.0, np.inf
    for factor in np.geomspace(0.2, 20, 41):
        odds = linear.softmax(scores * np.float32(factor))[np.arange(len(targets)), targets]
        loss = float(-np.log(np.maximum(odds, _LEAST_ODDS)).mean())
        if loss < least - 1e-6:
            best, least = float(factor), loss
    return best, float(least)


def _spread(targets: Whole, most: int) -> Whole:
    """At most `most` examples, every label in its share, in their order."""
    import numpy as np

    if len(targets) <= most:
        return np.arange(len(targets))
    random = np.random.default_rng(_SEED)
    rank = np.empty(len(targets))
    for label in np.unique(targets):
        members = np.flatnonzero(targets == label)
        rank[members] = (random.permutation(len(members)) + 0.5) / len(members)
    return np.sort(np.argsort(rank, kind="stable")[:most])
