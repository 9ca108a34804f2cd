"""Making the change of the encoder: needs torch, which the product has not, and says so."""

import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from agent.triage import Example
from evals.__main__ import app
from evals.tuning.recipe import Recipe, TorchMissing, learned, lesson_of, settled_on
from knowledge.delta import SHIFT, Delta

EXAMPLES = tuple(
    Example(text.format(thing), label)
    for thing in ("mug", "lamp", "chair", "rug", "clock")
    for text, label in (("where is my {}", "tracking"), ("refund the {} please", "refund"), ("is the {} blue", "ask"))
)


def test_without_torch_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(TorchMissing, match=r"torch==\d+\.\d+"):
        learned(lesson_of(EXAMPLES), Recipe(), lambda _: None)
    result = CliRunner().invoke(app, ["tune-encoder", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "install it into an environment of its own" in result.output
    assert not list(tmp_path.iterdir())


def test_settings_rest_on_the_examples_that_were_left_out(tmp_path: Path) -> None:
    file = tmp_path / "judged.npz"
    np.savez(file, allow_pickle=False, **{f"{SHIFT}encoder.layer.5.output.dense.bias": np.zeros(384, np.float16)})
    held = np.arange(len(EXAMPLES)) >= 12
    settled = settled_on(EXAMPLES, lesson_of(EXAMPLES), held, file, tmp_path)
    assert settled.judged == 3
    assert settled.accuracy == 1
    assert 0 < settled.bar < 1
    assert Delta(file, settled.sha256).applied({"encoder.layer.5.output.dense.bias": np.ones(384, np.float32)})


def test_the_same_examples_and_seed_give_the_same_file() -> None:
    pytest.importorskip("torch", reason="tuning needs torch, which is installed by hand")
    lesson, recipe = lesson_of(EXAMPLES), Recipe(epochs=1)
    first = learned(lesson, recipe, lambda _: None)
    assert learned(lesson, recipe, lambda _: None) == first
    assert learned(lesson, Recipe(epochs=1, seed=2), lambda _: None) != first
