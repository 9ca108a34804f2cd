"""A changed encoder: beside the plain one, never in its place, and only from the pinned file."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.delta import LEFT, RIGHT, SHIFT, Delta
from knowledge.errors import ModelCorrupt
from knowledge.minilm import FINGERPRINT, MiniLMEmbedder, fingerprint_of, prepare_model

if TYPE_CHECKING:
    from knowledge.delta import Array

MATRIX = "encoder.layer.5.output.dense.weight"
BIAS = "encoder.layer.5.output.dense.bias"


def delta_of(path: Path, arrays: "dict[str, Array]") -> Delta:
    np.savez(path, allow_pickle=False, **{name: array.astype(np.float16) for name, array in arrays.items()})
    return Delta(path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def small(tmp_path: Path) -> Delta:
    left, right = np.full((384, 1), 0.25, np.float32), np.full((1, 1536), 0.125, np.float32)
    return delta_of(
        tmp_path / "small.npz",
        {LEFT + MATRIX: left, RIGHT + MATRIX: right, SHIFT + BIAS: np.linspace(0, 1, 384, dtype=np.float32)},
    )


def test_products_and_shifts_are_added_and_the_rest_stays(small: Delta) -> None:
    weights = {
        MATRIX: np.ones((384, 1536), np.float32),
        BIAS: np.ones(384, np.float32),
        "other": np.ones(2, np.float32),
    }
    changed = small.applied(weights)
    np.testing.assert_array_equal(changed[MATRIX], 1.03125)
    np.testing.assert_allclose(changed[BIAS], 1 + np.linspace(0, 1, 384), atol=1e-3)
    assert changed["other"] is weights["other"]
    np.testing.assert_array_equal(weights[MATRIX], 1)


def test_a_changed_encoder_stands_beside_the_plain_one(
    small: Delta, model_cache: Path, minilm: MiniLMEmbedder, tmp_path: Path
) -> None:
    changed = MiniLMEmbedder(tmp_path / "cache", small)
    assert changed.fingerprint == fingerprint_of(small) != FINGERPRINT == minilm.fingerprint
    assert prepare_model(tmp_path / "cache", small).name != prepare_model(model_cache).name
    texts = ["where is my parcel", "I want my money back"]
    vectors = changed.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (vectors * minilm.embed(texts)).sum(axis=1).max() < 0.99


def test_another_file_another_fingerprint(small: Delta) -> None:
    other = Delta(small.path, small.sha256[::-1])
    assert fingerprint_of(other) != fingerprint_of(small)


def test_a_file_that_is_not_the_pinned_one_is_refused(small: Delta, tmp_path: Path) -> None:
    content = bytearray(small.path.read_bytes())
    content[len(content) // 2] ^= 1
    small.path.write_bytes(content)
    with pytest.raises(ModelCorrupt, match=r"small\.npz is not the pinned file \(its sha256 differs\)"):
        prepare_model(tmp_path / "cache", small)
    assert not list((tmp_path / "cache").glob("*.onnx"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelCorrupt, match=r"gone\.npz cannot be read"):
        Delta(tmp_path / "gone.npz", "0" * 64).applied({})


@pytest.mark.parametrize("name", ["encoder.layer.9.output.dense.bias", MATRIX])
def test_a_change_of_another_encoder_is_refused(name: str, tmp_path: Path) -> None:
    foreign = delta_of(tmp_path / "foreign.npz", {SHIFT + name: np.ones(3, np.float32)})
    with pytest.raises(ModelCorrupt, match="which the installed encoder has not"):
        foreign.applied({MATRIX: np.ones((384, 1536), np.float32)})
