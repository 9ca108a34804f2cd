"""A small change to the sentence encoder: products of two thin matrices, and shifts of its short vectors."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from knowledge.errors import ModelCorrupt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

# An array `left|encoder.layer.0.output.dense.weight` belongs to the tensor behind the bar.
LEFT: Final = "left|"
RIGHT: Final = "right|"
SHIFT: Final = "shift|"


@dataclass(frozen=True)
class Delta:
    """A file of float16 arrays (npz), and the sha256 it must have: that is also its fingerprint.

    A tensor of the encoder changes by `left @ right` ([outputs, rank], [rank, inputs]) or by a `shift` of its shape.
    """

    path: Path
    sha256: str

    def applied(self, weights: "dict[str, Array]") -> "dict[str, Array]":
        """The weights with the change, as new arrays where they change.

        Raises:
            ModelCorrupt: The file is missing or not the pinned one, or belongs to another encoder.
        """
        stored = self._stored()
        changed = dict(weights)
        for name in sorted(stored):
            kind, bar, tensor = name.partition("|")
            if kind + bar == RIGHT:
                continue
            change = stored[name] @ stored[RIGHT + tensor] if kind + bar == LEFT else stored[name]
            if tensor not in weights or change.shape != weights[tensor].shape:
                raise ModelCorrupt(f"{self.path} changes `{tensor}`, which the installed encoder has not: {_AGAIN}")
            changed[tensor] = weights[tensor] + change
        return changed

    def _stored(self) -> "dict[str, Array]":
        import io

        import numpy as np

        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise ModelCorrupt(f"{self.path} cannot be read ({error.strerror}): {_AGAIN}") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ModelCorrupt(f"{self.path} is not the pinned file (its sha256 differs): {_AGAIN}")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = cast("dict[str, NDArray[np.float16]]", dict(arrays))
        return {name: array.astype(np.float32) for name, array in found.items()}


_AGAIN = "install Countersign again"
