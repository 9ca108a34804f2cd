"""How alike the examples are that a model learns from: by their words, the pieces of these, and their meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from agent.triage.ngrams import Rows

    Floats = NDArray[np.floating]
    Whole = NDArray[np.int64]

_MOST_PAIRS = (
    6_000**2
)  # of more, a product of the features is sooner made than one of all pairs, which take 4 bytes each
_ROWS_AT_ONCE = 1024  # a sparse product takes three times the memory of the dense one that it nearly is


class Similarities(Protocol):
    """What the regression asks of the similarities of all pairs of n examples: a product with a table [n, columns]."""

    def __matmul__(self, table: Floats, /) -> Floats: ...


class Sparse(Protocol):
    """What is used of `scipy.sparse.csr_array`, which carries no types."""

    @overload
    def __matmul__(self, table: Floats, /) -> Floats: ...
    @overload
    def __matmul__(self, table: Sparse, /) -> Sparse: ...
    def __getitem__(self, rows: Whole, /) -> Sparse: ...
    def transpose(self) -> Sparse: ...  # noqa: D102
    def tocsr(self) -> Sparse: ...  # noqa: D102
    def toarray(self) -> Floats: ...  # noqa: D102


class Sources(NamedTuple):
    """What is known of each of n examples: words and pieces of words (sparse), and unit vectors [n, width]."""

    words: Sparse
    pieces: Sparse
    vectors: Floats

    def part(self, chosen: Whole) -> Sources:
        """The same of some examples."""
        return Sources(self.words[chosen], self.pieces[chosen], self.vectors[chosen])

    def spelling(self) -> Floats:
        """How alike all pairs are spelt [n, n], with the constant feature."""
        import numpy as np

        spelt = _beside(self.words, self.pieces)
        columns = spelt.transpose().tocsr()
        found = np.empty((len(self.vectors), len(self.vectors)), dtype=np.float32)
        for rows in np.array_split(np.arange(len(found)), 1 + len(found) // _ROWS_AT_ONCE):
            found[rows] = (spelt[rows] @ columns).toarray() + 1
        return found

    def similarities(self, meaning: float) -> Similarities:
        """How alike all pairs are, when sentence vectors count `meaning` times."""
        if len(self.vectors) ** 2 <= _MOST_PAIRS:
            return self.spelling() + self.vectors @ self.vectors.T * meaning**2
        spelt = _beside(self.words, self.pieces)
        return _Features(spelt, spelt.transpose().tocsr(), self.vectors * meaning)


@dataclass(frozen=True)
class _Features:
    """Similarities as the features that they are the products of."""

    spelt: Sparse
    transposed: Sparse
    vectors: Floats

    def __matmul__(self, table: Floats, /) -> Floats:
        spelling = self.spelt @ (self.transposed @ table)
        return spelling + self.vectors @ (self.vectors.T @ table) + table.sum(axis=0, keepdims=True)


def matrix(rows: Rows, width: int) -> Sparse:
    """The rows as a matrix of scipy's."""
    import numpy as np
    from scipy.sparse import csr_array

    parts = (rows.values, rows.columns.astype(np.int32), rows.starts.astype(np.int32))
    return cast("Sparse", csr_array(parts, shape=(len(rows), width)))


def _beside(words: Sparse, pieces: Sparse) -> Sparse:
    from scipy import sparse

    return cast("Sparse", sparse.hstack((words, pieces), format="csr"))  # pyright: ignore[reportUnknownMemberType]
