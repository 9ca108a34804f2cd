"""The tuned encoder: for our own intents, from the pinned file, and never in the place of the fallback."""

import json
import shutil
from pathlib import Path

import pytest

from agent.triage import Triage, TriageError
from agent.triage.cache import key_of
from agent.triage.model import train
from agent.triage.tuned import HERE, Settled, read_settled, tuned
from knowledge.embedding import HashingEmbedder
from knowledge.errors import ModelCorrupt
from knowledge.minilm import FINGERPRINT, MiniLMEmbedder
from tests.agent.triage.conftest import SMALL

SETTLED = Settled(sha256="0" * 64, meaning_weight=0.5, sharpness=2.0, bar=0.25, accuracy=0.75, judged=100)
MOST_BYTES = 2 * 1024 * 1024


class Plain(HashingEmbedder):
    """What says that it is the local model: enough to be replaced."""

    def __init__(self) -> None:
        super().__init__(128)
        self.fingerprint = FINGERPRINT


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("tuned.npz", "tuned.json"):
        shutil.copyfile(HERE / name, folder / name)
    return folder


def test_what_is_shipped_is_small_and_settled_on_enough() -> None:
    settled = read_settled()
    assert (HERE / "tuned.npz").stat().st_size <= MOST_BYTES
    assert settled.judged >= 1000
    assert settled.accuracy > 0.8


def test_our_intents_use_it_and_a_brand_s_own_labels_do_not(shipped: Triage, tmp_path: Path) -> None:
    assert shipped.model.embedder.fingerprint != FINGERPRINT
    facts, settled = shipped.model.facts, read_settled()
    assert (facts.meaning_weight, facts.sharpness, facts.bar) == (
        settled.meaning_weight,
        settled.sharpness,
        settled.bar,
    )
    plain = MiniLMEmbedder(tmp_path)
    assert Triage.load(plain, tmp_path, SMALL).model.embedder is plain


def test_the_fallback_stays_the_fallback(hashing: HashingEmbedder, tmp_path: Path) -> None:
    assert tuned(hashing, tmp_path) == (hashing, None)
    assert not list(tmp_path.iterdir())


def test_a_changed_file_is_refused_by_name(files: Path, tmp_path: Path) -> None:
    with (files / "tuned.npz").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelCorrupt, match=r"tuned\.npz is not the pinned file \(its sha256 differs\)"):
        tuned(Plain(), tmp_path / "cache", files)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"sharpness": 0}, "greater than 0"), ({"sha256": "x"}, "match pattern"), ({"bar": None}, "valid number")],
)
def test_damaged_settings_are_a_clear_error(change: dict[str, object], said: str, files: Path, tmp_path: Path) -> None:
    path = files / "tuned.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(TriageError, match=rf"tuned\.json is damaged .*{said}.*install Countersign again"):
        tuned(Plain(), tmp_path, files)


def test_missing_settings_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TriageError, match=r"tuned\.json cannot be read"):
        tuned(Plain(), tmp_path, tmp_path)


def test_training_takes_what_is_settled_and_measures_nothing(hashing: HashingEmbedder) -> None:
    facts = train(SMALL, hashing, SETTLED).facts
    assert (facts.meaning_weight, facts.sharpness, facts.bar, facts.accuracy) == (0.5, 2.0, 0.25, 0.75)
    assert train(SMALL, hashing).facts != facts


def test_other_settings_are_another_model(hashing: HashingEmbedder) -> None:
    other = SETTLED.model_copy(update={"bar": 0.3})
    assert len({key_of(SMALL, hashing), key_of(SMALL, hashing, SETTLED), key_of(SMALL, hashing, other)}) == 3
