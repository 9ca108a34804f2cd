"""The fallback without a model."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from knowledge.embedding import HashingEmbedder


def test_spelling_mistakes_stay_near() -> None:
    right, wrong, other = HashingEmbedder().embed(["exchange a voucher", "exchnge a vouchers", "delivery to Canada"])
    assert right @ wrong > 0.5 > 0.2 > right @ other


def test_vectors_are_unit_rows_and_wordless_texts_zero() -> None:
    vectors = HashingEmbedder(64).embed(["hello there", "?!", ""])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0], atol=1e-6)


def test_same_vector_in_every_process() -> None:
    code = (
        "from knowledge.embedding import HashingEmbedder as H; print(H().embed(['where is my order']).tobytes().hex())"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert bytes.fromhex(said) == HashingEmbedder().embed(["where is my order"]).tobytes()


def test_fingerprints_differ_by_size() -> None:
    assert HashingEmbedder(64).fingerprint != HashingEmbedder(128).fingerprint


def test_importing_the_package_is_cheap() -> None:
    heavy = "{'numpy', 'onnxruntime', 'onnx', 'tokenizers', 'chromadb', 'sklearn'}"
    modules = "documents, ingest, index, embedding, minilm, search, errors, corpus"
    code = f"import sys; from knowledge import {modules}; print(sorted({heavy} & set(sys.modules)))"
    root = Path(__file__).parents[2]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
