"""How alike examples are: the same whether all pairs are kept or the features that they are products of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.triage import similarity
from agent.triage.model import known_of, read
from agent.triage.similarity import Sources

TEXTS = st.lists(st.text(alphabet="aeé 1b", min_size=1, max_size=14), min_size=1, max_size=8)


def sources_of(texts: list[str]) -> Sources:
    vectors = np.random.default_rng(5).normal(size=(len(texts), 6)).astype(np.float32)
    return known_of([read(text) for text in texts], vectors, 2)[1]


@settings(deadline=None)  # the first example waits for scipy
@given(TEXTS, st.floats(0.5, 3))
def test_kept_as_features_or_as_pairs_they_are_the_same(texts: list[str], meaning: float) -> None:
    sources = sources_of(texts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(similarity, "_MOST_PAIRS", 0)
        features = sources.similarities(meaning)
    pairs = sources.similarities(meaning)
    assert type(features) is not type(pairs)
    table = np.arange(len(texts) * 3, dtype=np.float32).reshape(-1, 3)
    assert np.allclose(features @ table, pairs @ table, rtol=1e-4, atol=1e-4)


def test_what_shares_no_word_has_the_constant_alone_and_what_is_the_same_has_it_all() -> None:
    sources = sources_of(["mug", "mug", "hat box"])
    spelt = sources.spelling()
    assert spelt[0, 1] == pytest.approx(spelt[0, 0])
    assert spelt[0, 2] == pytest.approx(1)
    assert spelt[0, 0] > 2


def test_rows_beyond_one_block_are_put_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = sources_of([f"mug {word}" for word in ("red", "blue", "green", "oat", "black")])
    whole = sources.spelling()
    monkeypatch.setattr(similarity, "_ROWS_AT_ONCE", 2)
    assert np.allclose(sources.spelling(), whole)


def test_a_part_is_what_the_same_examples_are_among_all() -> None:
    sources = sources_of(["mug", "red mug", "hat", "box hat"])
    chosen = np.array([0, 2])
    assert np.allclose(sources.part(chosen).spelling(), sources.spelling()[np.ix_(chosen, chosen)], atol=1e-6)
