"""`python -m evals retrieval`, `intents`, `pii` and `autonomy`, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.cli import measuring
from evals.cli.choice import Place
from evals.cli.tables import aligned
from evals.tasks.lines import UnusableInput
from evals.versions import Sources
from tests.evals.tasks.test_autonomy import request

app = typer.Typer()
measuring.register(app)
SHIPPED = Sources.shipped()


@pytest.fixture
def place(tmp_path: Path, pytestconfig: pytest.Config) -> Place:
    cache = pytestconfig.cache
    assert cache is not None
    reviewed = [request(number) for number in range(3)]
    return Place(logs=tmp_path, models=cache.mkdir("minilm"), sources=SHIPPED, reviewed=lambda: reviewed)


def typed(place: Place, *words: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], obj=place)
    if isinstance(done.exception, UnusableInput):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.stdout


def test_the_policies_of_the_demo_brand_are_found(place: Place, tmp_path: Path) -> None:
    """102 questions nobody tuned on; one is 0.010."""
    out = tmp_path / "retrieval.md"
    found = json.loads(typed(place, "retrieval", "--on", "2026-11-16", "--json", "--out", out))
    assert found["overall"]["n"] == 102
    assert found["overall"]["ndcg"] >= 0.85
    assert found["overall"]["recall"]["5"] >= 0.88
    assert out.read_text(encoding="utf-8").startswith("## Retrieval (102 questions, all-MiniLM")


def test_documents_of_ones_own(place: Place, tmp_path: Path) -> None:
    folder, asked = tmp_path / "docs", tmp_path / "asked.jsonl"
    folder.mkdir()
    (folder / "a.md").write_text("---\nid: returns\ntitle: Returns\n---\nNo version.\n")
    asked.write_text('{"id": 1, "text": "returns", "relevant": ["returns"]}\n')
    with pytest.raises(UnusableInput, match=r"a\.md:\d+: "):
        typed(place, "retrieval", asked, "--documents", folder)


def test_intents_of_ones_own(place: Place, tmp_path: Path) -> None:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text(
        "text,label\n" + "".join(f"where is parcel {n},late\ngive me money {n},money\n" for n in range(8)), "utf-8"
    )
    test.write_text("text,label\nwhere is the parcel,late\nthe money please,money\n", encoding="utf-8")
    said = typed(place, "intents", test, "--train", train)
    assert "## Intents (2 messages, a held-out file, 2 labels)" in said
    assert "| late" in said
    crossed = json.loads(typed(place, "intents", train, "--folds", "2", "--json"))
    assert crossed["how"] == "2-fold cross-validation"
    assert crossed["accuracy"]["n"] == 16
    with pytest.raises(UnusableInput, match="message 1 is among those the model was trained on"):
        typed(place, "intents", train, "--train", train)
    typed(place, "intents", test, "--train", train, "--shipped", code=2)


def test_a_missed_name_of_the_record_ends_with_exit_code_1(place: Place, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    row = {"id": 1, "text": "I am Ana Ruiz.", "spans": [{"start": 5, "end": 13, "type": "person_name"}]}
    texts.write_text(json.dumps({**row, "known": {"names": ["Ana Ruiz"]}}))
    assert "Named by the customer record and missed: 0." in typed(place, "pii", texts)
    texts.write_text(json.dumps({**row, "known": {"names": ["am"]}, "spans": []}))
    said = typed(place, "pii", texts, code=1)
    assert "Named by the customer record and missed: 1." in said


@pytest.mark.system("A17")
def test_what_was_answered_here_or_in_a_file(place: Place, tmp_path: Path) -> None:
    said = typed(place, "autonomy", "--on", "2026-11-20T12:00:00")
    assert "- order_status: missing: 197 more reviewed drafts (3 of 200); an owner" in said
    path = tmp_path / "requests.jsonl"
    path.write_text("".join(f"{request(number).model_dump_json()}\n" for number in range(5)), encoding="utf-8")
    found = json.loads(typed(place, "autonomy", path, "--on", "2026-11-20T12:00:00", "--json"))
    assert [each["reviews"] for each in found["intents"]] == [5]


def test_tables_are_aligned_and_stay_markdown() -> None:
    lines = ["# Head", "| a | n |", "|---|--:|", r"| x \| y | 7 |", "", "| only |"]
    assert list(aligned(lines)) == [
        "# Head",
        "| a      |   n |",
        "| ------ | --: |",
        r"| x \| y |   7 |",
        "",
        "| only |",
    ]


@pytest.mark.parametrize(
    ("on", "said"),
    [("2026-11-16", "2026-11-16 00:00 UTC"), ("2026-11-16T02:00+05:00", "2026-11-15 21:00 UTC")],
)
def test_a_moment_with_an_offset_is_that_moment(place: Place, on: str, said: str) -> None:
    assert f"## Autonomy ({said}," in typed(place, "autonomy", "--on", on)
