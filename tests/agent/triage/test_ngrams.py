"""N-grams against a slow and obvious reading of the same definition."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.triage import linear
from agent.triage.ngrams import Rows, Vocabulary, fold, piece_grams, word_grams, words
from agent.triage.similarity import matrix

TEXTS = st.lists(st.text(alphabet="ab c'é1#ß", max_size=12), min_size=1, max_size=6)


def slow_pieces(text: str) -> list[str]:
    padded = [f" {word} " for word in text.split()]
    return [word[at : at + size] for word in padded for size in (2, 3, 4, 5) for at in range(len(word) - size + 1)]


def slow_words(text: str) -> list[str]:
    found = words(text)
    return [*found, *(f"{a} {b}" for a, b in pairwise(found))]


@given(TEXTS)
def test_pieces_and_words_are_counted_as_defined(texts: list[str]) -> None:
    folded = [fold(text) for text in texts]
    for fast, slow in ((piece_grams, slow_pieces), (word_grams, slow_words)):
        documents, hashes = fast(folded)
        for at, text in enumerate(folded):
            counted = Counter(str(code) for code in hashes[documents == at])
            assert sorted(counted.values()) == sorted(Counter(slow(text)).values())


def test_rows_are_weighted_as_defined() -> None:
    folded = ["red mug mug", "red hat"]
    vocabulary = Vocabulary.of(*word_grams(folded), 2)
    rows = vocabulary.weigh(*word_grams(["mug mug red"]), 1)
    rare, common = math.log(3 / 2) + 1, math.log(3 / 3) + 1
    weights = {"mug": (1 + math.log(2)) * rare, "red": common, "mug mug": rare, "mug red, unseen": rare}
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    expected = sorted(weights[name] / length for name in ("mug", "red", "mug mug"))
    assert np.allclose(sorted(rows.values), expected, atol=1e-6)


def test_numbers_links_addresses_and_accents_are_made_alike() -> None:
    assert fold("Où est N°1042?") == fold("ou est n°77?")
    assert fold("see https://a.example/x or mail me@b.example") == "see  weblink  or mail  mailaddress "


@settings(deadline=None)  # the first example waits for scipy
@given(TEXTS)
def test_products_of_sparse_rows_are_those_of_the_dense_ones(texts: list[str]) -> None:
    documents, hashes = piece_grams([fold(text) for text in texts])
    vocabulary = Vocabulary.of(documents, hashes, len(texts))
    rows, width = vocabulary.weigh(documents, hashes, len(texts)), len(vocabulary.hashes)
    dense = dense_of(rows, width)
    weights = np.arange(len(texts) * 2, dtype=np.float32).reshape(-1, 2)
    table = matrix(rows, width).transpose() @ weights
    assert np.allclose(table, dense.T @ weights, atol=1e-4)
    assert np.allclose(linear.times(rows, table), dense @ table, atol=1e-4)


def dense_of(rows: Rows, width: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    dense = np.zeros((len(rows), width), dtype=np.float32)
    for at in range(len(rows)):
        span = slice(int(rows.starts[at]), int(rows.starts[at + 1]))
        dense[at, rows.columns[span]] = rows.values[span]
    return dense
