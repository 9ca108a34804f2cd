"""Learning from any brand's labels, and keeping what was learned."""

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from agent.triage import Example, TriageError, linear, training
from agent.triage.cache import key_of, load_or_train, load_shipped
from agent.triage.intents import Intent
from agent.triage.model import IntentModel, train
from knowledge.embedding import HashingEmbedder
from tests.agent.triage.conftest import SMALL


def test_finds_the_label_and_ranks_all(small_model: IntentModel) -> None:
    found = small_model.predict(["where is my parcel", "refund please", "is paypal ok for the payment"])
    assert [prediction.label for prediction in found] == ["tracking", "refund", "payment"]
    for prediction in found:
        assert [label for label, _ in prediction.ranked] == sorted(
            (label for label, _ in prediction.ranked), key=lambda label: -dict(prediction.ranked)[label]
        )
        assert sum(sure for _, sure in prediction.ranked) == pytest.approx(1, abs=1e-4)
    assert found[0].nearest.label == "tracking"


def test_a_batch_says_what_single_messages_say(small_model: IntentModel) -> None:
    texts = [example.text for example in SMALL] * 40
    together = small_model.predict(texts)
    for at in (0, 7, 511, 512, 599):
        alone = small_model.predict([texts[at]])[0]
        assert together[at].label == alone.label
        assert together[at].confidence == pytest.approx(alone.confidence, abs=1e-4)


def test_abstains_on_what_is_unlike_all_examples(small_model: IntentModel) -> None:
    unlike, like = small_model.predict(["zebra xylophone quartz", "where is my order"])
    assert unlike.abstained
    assert not like.abstained
    assert unlike.label in small_model.labels


def test_the_bar_lets_nine_of_ten_examples_pass(small_model: IntentModel) -> None:
    passed = [not prediction.abstained for prediction in small_model.predict([example.text for example in SMALL])]
    assert sum(passed) >= 0.9 * len(SMALL)


def test_one_example_for_each_label_answers_next_to_nothing(hashing: HashingEmbedder) -> None:
    single = [Example(each.text, f"label {number}") for number, each in enumerate(SMALL)]
    model = train(single, hashing)
    asked = ["do you sell lamps", "my cat is ill", "is the shop open today", "your site is slow", "thanks a lot"]
    assert sum(each.abstained for each in model.predict(asked)) >= 4
    assert sum(each.abstained for each in model.predict([text for text, _ in single])) <= 2


def test_wordings_of_one_message_share_a_fold() -> None:
    apart = np.eye(12, dtype=np.float32)
    vectors = np.concatenate([apart, apart, apart])
    folds = training.folds_of(np.zeros(36, dtype=np.int64), vectors)
    assert len(set(folds.tolist())) == training.FOLDS
    assert (folds[:12] == folds[12:24]).all()
    assert (folds[:12] == folds[24:]).all()
    nearest = training.nearest_out_of_fold(vectors, folds, np.ones(36, dtype=bool))
    assert nearest.max() < 0.5
    assert (training.folds_of(np.zeros(36, dtype=np.int64)) == training.folds_of(np.zeros(36, dtype=np.int64))).all()


def test_examples_that_are_all_one_message_are_spread_over_the_folds() -> None:
    alike = np.ones((10, 1), dtype=np.float32)
    assert training.kinds_of(alike).tolist() == list(range(10))


def test_above_the_bar_half_of_the_answers_are_right() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05])
    mostly_wrong = np.array([True, False, True, False, False, False, False, False, False, False])
    assert training.bar_of(sure, mostly_wrong) == pytest.approx(0.6)
    assert training.bar_of(sure, np.zeros(10, dtype=bool)) > 0.9
    usual = float(np.percentile(sure, training.BAR_PERCENTILE))
    assert training.bar_of(sure, np.array([False] * 5 + [True] * 5)) == pytest.approx(usual)
    assert training.bar_of(sure, np.ones(10, dtype=bool)) == pytest.approx(usual)


def test_names_the_words_that_spoke_for_it(small_model: IntentModel) -> None:
    assert "refund" in small_model.telling_words("can i get a refund for the mug", "refund")
    assert small_model.telling_words("zzz", "refund") == []


def test_words_of_six_languages_count_like_english_ones(hashing: HashingEmbedder) -> None:
    model = train(SMALL, hashing)
    asked = ["quiero mi reembolso", "je veux un remboursement", "wo ist mein Paket", "dov'è il mio ordine"]
    assert [found.label for found in model.predict(asked)] == ["refund", "refund", "tracking", "tracking"]


@pytest.mark.parametrize("labels", [2, 60, 200])
def test_few_and_many_labels(labels: int, hashing: HashingEmbedder) -> None:
    examples = [
        Example(f"word{label} about thing{label} {more}", f"L{label}") for label in range(labels) for more in "ab"
    ]
    model = train(examples, hashing)
    assert len(model.labels) == labels
    assert model.predict(["word1 thing1"])[0].label == "L1"
    assert len(model.predict(["anything"])[0].ranked) == labels


def test_odd_sets_are_learned_from(hashing: HashingEmbedder) -> None:
    train([Example("a", "x"), Example("b", "y")], hashing)  # one example a label
    train([*SMALL, Example("lonely", "single")], hashing)
    train([*SMALL, *SMALL, Example("where is my order", "refund")], hashing)  # repeated and contradicting
    unbalanced = [Example(f"where is order {'x' * (at % 7)} {at}", "big") for at in range(60)]
    model = train([*unbalanced, Example("refund please", "small"), Example("money back", "small")], hashing)
    assert model.predict(["refund please"])[0].label == "small"


def test_blank_and_endless_texts_are_judged(small_model: IntentModel) -> None:
    for text in ("", "   \n", "\0", "🐶" * 50, "where is my order " * 5000, "\ud800"):
        assert small_model.predict([text])[0].label in small_model.labels


def test_what_cannot_be_learned_from_is_refused(hashing: HashingEmbedder) -> None:
    with pytest.raises(TriageError, match="all examples are labelled `x`"):
        train([Example("a", "x"), Example("b", "x")], hashing)
    with pytest.raises(TriageError, match="there are no examples"):
        train([], hashing)
    with pytest.raises(TriageError, match="example 2 has no text"):
        train([Example("a", "x"), Example("  ", "y")], hashing)
    with pytest.raises(TriageError, match="at most 50000"):
        train([Example(str(at), "x") for at in range(50_001)], hashing)


@pytest.mark.parametrize("strength", [0.05, 10, 1000])
def test_the_solver_ends_where_the_slope_is_flat(strength: float) -> None:
    chance = np.random.default_rng(3)
    features = np.hstack([chance.normal(size=(90, 12)), np.ones((90, 1))]).astype(np.float32)
    targets = (features @ chance.normal(size=(13, 3))).argmax(axis=1)
    used = np.ones((90, 2), dtype=bool)
    used[60:, 1] = False
    weights, scores = linear.fit(features @ features.T, targets, 3, strength, used)
    for problem, rows in enumerate((slice(0, 90), slice(0, 60))):
        coefficients = features.T @ weights[:, problem]
        assert np.allclose(scores[:, problem], features @ coefficients, rtol=1e-3, atol=1e-3)
        wanted = np.eye(3)[targets][rows]
        first = strength * features[rows].T @ (1 / 3 - wanted)
        last = coefficients + strength * features[rows].T @ (linear.softmax(scores[rows, problem]) - wanted)
        assert np.linalg.norm(last) < 0.02 * np.linalg.norm(first)
    assert not weights[60:, 1].any()


def test_training_twice_gives_the_same_model(hashing: HashingEmbedder) -> None:
    first, second = train(SMALL, hashing), train(SMALL, hashing)
    assert first.facts == second.facts
    assert np.array_equal(first.weights.words, second.weights.words)


def test_a_kept_model_is_read_back_the_same(hashing: HashingEmbedder, tmp_path: Path) -> None:
    made = load_or_train(SMALL, hashing, tmp_path)
    read = load_or_train(SMALL, hashing, tmp_path)
    assert read.facts == made.facts
    assert read.examples == made.examples
    assert read.predict(["refund?"])[0].ranked == made.predict(["refund?"])[0].ranked
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_a_kept_model_is_read_not_trained(
    hashing: HashingEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_or_train(SMALL, hashing, tmp_path)

    def refuse(*_: object) -> IntentModel:
        raise AssertionError

    monkeypatch.setattr("agent.triage.cache.train", refuse)
    load_or_train(SMALL, hashing, tmp_path)


def test_the_shipped_examples_are_read_only_when_their_files_changed(
    hashing: HashingEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "examples"
    shipped.mkdir()
    for intent in Intent:
        rows = "\n".join(f"{intent.value} {text},{intent.value}" for text in ("please", "now", "tomorrow"))
        (shipped / f"{intent.value}.csv").write_text(f"text,label\n{rows}\n", encoding="utf-8")
    monkeypatch.setattr("agent.triage.examples.SHIPPED", shipped)
    made = load_shipped(hashing, tmp_path / "kept")
    with monkeypatch.context() as patched:
        patched.setattr("agent.triage.cache.shipped_examples", list)
        assert load_shipped(hashing, tmp_path / "kept").examples == made.examples
    with (shipped / "thanks.csv").open("a", encoding="utf-8") as file:
        file.write("cheers,thanks\n")
    assert Example("cheers", "thanks") in load_shipped(hashing, tmp_path / "kept").examples
    (shipped / "thanks.csv").unlink()
    with pytest.raises(TriageError, match="thanks"):
        load_shipped(hashing, tmp_path / "kept")


def test_the_key_depends_on_examples_and_embedder() -> None:
    one, other = HashingEmbedder(64), HashingEmbedder(128)
    keys = {key_of(SMALL, one), key_of(SMALL, other), key_of(SMALL[1:], one)}
    assert len(keys) == 3
    assert key_of([Example("a", "bc")], one) != key_of([Example("ab", "c")], one)


def test_a_damaged_file_is_replaced(hashing: HashingEmbedder, tmp_path: Path) -> None:
    made = load_or_train(SMALL, hashing, tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    damages = random.Random(5)  # noqa: S311
    for damaged in (
        b"",
        b"PK\x03\x04",
        whole[: len(whole) // 2],
        whole[:-20],
        *(_flipped(whole, damages) for _ in range(5)),
    ):
        path.write_bytes(damaged)
        assert load_or_train(SMALL, hashing, tmp_path).predict(["refund"])[0].label == "refund"
    assert load_or_train(SMALL, hashing, tmp_path).facts == made.facts


def test_a_pickle_in_its_place_is_not_opened(hashing: HashingEmbedder, tmp_path: Path) -> None:
    load_or_train(SMALL, hashing, tmp_path)
    (path,) = tmp_path.iterdir()
    np.savez(path.with_name("evil.npz"), about=np.array([{"a": 1}], dtype=object))
    shutil.move(path.with_name("evil.npz"), path)
    assert load_or_train(SMALL, hashing, tmp_path).predict(["refund"])[0].label == "refund"


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(200):
        changed[chance.randrange(len(changed))] ^= 0xFF
    return bytes(changed)
