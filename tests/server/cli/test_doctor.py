"""`countersign doctor`: what is configured, what is missing, what to do; looking changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from knowledge.embedding import HashingEmbedder
from server.lock import DataLock
from server.settings import SOURCES
from tests.fakes.model_server import ModelServer, says, status
from tests.knowledge.conftest import shared_index
from tests.server.cli.conftest import Command


def states(answer_json: list[dict[str, str]]) -> dict[str, str]:
    return {finding["name"]: finding["state"] for finding in answer_json}


def test_an_empty_folder_misses_a_store_and_knowledge_and_stays_empty(countersign: Command, work: Path) -> None:
    found = countersign("doctor", "--json")
    assert (found.code, found.err) == (1, "")
    assert {name for name, state in states(found.json).items() if state == "missing"} == {"Store", "Knowledge"}
    assert all(finding["do"] for finding in found.json if finding["state"] == "missing")
    assert list(work.iterdir()) == []


def test_the_demo_folder_misses_nothing(countersign: Command, brand: Path) -> None:
    found = countersign("doctor")
    assert found.code == 0
    assert "1,500 orders" in found.out
    assert "Everything that is needed is there." in found.out


def test_broken_limits_are_named_and_the_rest_is_looked_at(countersign: Command, brand: Path) -> None:
    (brand / "limits.yaml").write_text("version: 1\npeople: 3\n")
    found = countersign("doctor", "--json")
    assert found.code == 1
    limits = next(finding for finding in found.json if finding["name"] == "Limits")
    assert (limits["state"], limits["do"]) == ("missing", f"mend {brand / 'limits.yaml'}")
    assert "limits.yaml:1:1: " in limits["said"]
    assert states(found.json)["Store"] == "ok"


def test_own_limits_are_named(countersign: Command, brand: Path) -> None:
    (brand / "limits.yaml").write_bytes((SOURCES / "limits.yaml").read_bytes())
    assert f"Limits: {brand / 'limits.yaml'} (4 people)" in countersign("doctor").out


def test_a_shop_of_its_own_is_told_that_it_signs_as_the_demo_brand_until_it_has_its_own_voice(
    countersign: Command, work: Path
) -> None:
    found = countersign("doctor").out
    assert 'note  Voice: it is the demo brand\'s: replies are signed "The Alder & Wren team"' in found
    assert f"copy {SOURCES / 'voice.yaml'} to {work / 'data' / 'voice.yaml'}" in " ".join(found.split())
    own = (SOURCES / "voice.yaml").read_text(encoding="utf-8").replace("Alder & Wren", "Nimbus")
    (work / "data").mkdir()
    (work / "data" / "voice.yaml").write_text(own, encoding="utf-8")
    assert "Voice" not in states(countersign("doctor", "--json").json)


def test_the_demo_brand_signs_as_itself(countersign: Command, brand: Path) -> None:
    assert "Voice" not in states(countersign("doctor", "--json").json)


def test_a_stop_and_a_process_at_work_are_said(countersign: Command, brand: Path) -> None:
    countersign("stop", "--as", "dana", "--reason", "odd refunds")
    with DataLock(brand):
        found = countersign("doctor").out
    assert "Stopped: everything, by Dana Whitfield: odd refunds" in found
    assert f"is working on {brand}" in found


@pytest.mark.parametrize("damaged", ["countersign.db", "knowledge/chroma.sqlite3"])
def test_a_damaged_file_is_said(countersign: Command, brand: Path, damaged: str) -> None:
    (brand / damaged).write_bytes(b"nothing of this is a database" * 500)
    found = countersign("doctor", "--json")
    assert found.code == 1
    assert "missing" in states(found.json).values()


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("COUNTERSIGN_REASONER", "oracle", "Model"),
        ("COUNTERSIGN_REASONER", "llm", "Model"),
        ("COUNTERSIGN_BOGUS", "1", "Settings"),
        ("COUNTERSIGN_PLAYBOOKS_DIR", "/nowhere", "Playbooks"),
        ("COUNTERSIGN_LIMITS_FILE", "/nowhere.yaml", "Limits"),
        ("COUNTERSIGN_VOICE_FILE", "/nowhere.yaml", "Playbooks"),
    ],
)
def test_a_setting_that_cannot_work_is_said(
    countersign: Command, brand: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, finding: str
) -> None:
    monkeypatch.setenv(name, value)
    found = countersign("doctor", "--json")
    assert (found.code, states(found.json)[finding]) == (1, "missing")


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Generator[ModelServer]:
    """An endpoint on loopback that the settings name."""
    with ModelServer() as server:
        monkeypatch.setenv("COUNTERSIGN_REASONER", "hybrid")
        monkeypatch.setenv("COUNTERSIGN_MODEL", "fake")
        monkeypatch.setenv("COUNTERSIGN_MODEL_BASE_URL", server.base_url)
        yield server


def test_a_model_is_asked_one_tiny_question_and_where_texts_go_is_said(
    countersign: Command, brand: Path, model: ModelServer
) -> None:
    model.script(says({"ready": True}), status(401))
    well = countersign("doctor")
    assert (well.code, f"Model: fake at {model.base_url} answers" in well.out) == (0, True)
    assert "the text of tickets and the facts of their cases are sent to fake" in " ".join(well.out.split())
    ill = countersign("doctor", "--json")
    assert (ill.code, len(model.journal)) == (1, 2)
    [found] = [each for each in ill.json if each["state"] == "missing"]
    assert "a key is wanted, and none is set" in found["said"]
    assert found["do"] == "set COUNTERSIGN_MODEL_API_KEY"


def test_a_command_that_works_on_tickets_says_first_where_texts_go(
    countersign: Command, brand: Path, model: ModelServer
) -> None:
    told = countersign("ticket", "hello there", "--from", "nobody@example.com", "--json")
    assert any(f"are sent to fake at {model.base_url}" in notice for notice in told.json["notices"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_API_KEY", "sk-very-secret"),
        ("WEBHOOK_SECRETS", "helpdesk:a-very-secret-secret"),
        ("OIDC_CLIENT_SECRET", "very-secret"),
        ("OTEL_ENDPOINT", "https://shop:very-secret@traces.example.com"),
    ],
)
def test_a_secret_is_never_shown(
    countersign: Command, brand: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"COUNTERSIGN_{name}", value)
    found = countersign("doctor")
    assert f"COUNTERSIGN_{name}: set" in found.out
    assert "very-secret" not in found.out + countersign("doctor", "--json").out


def test_what_a_chroma_server_holds_is_looked_up_there(
    countersign: Command, brand: Path, chroma_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(brand / "knowledge")
    shared_index(chroma_server, HashingEmbedder()).close()
    monkeypatch.setenv("COUNTERSIGN_CHROMA_URL", chroma_server)
    missing = countersign("doctor", "--json")
    assert states(missing.json)["Knowledge"] == "missing"
    assert "the Chroma server holds no approved passage in force" in countersign("doctor").out
    countersign("knowledge", "ingest", str(SOURCES / "policies"))
    assert "Knowledge: the Chroma server" in countersign("doctor").out


def test_prepare_says_nothing_when_all_is_well(countersign: Command, work: Path) -> None:
    done = countersign("doctor", "--prepare")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert list(work.iterdir()) == []


def test_each_passage_that_no_document_has_is_named_once_with_who_needs_it(
    countersign: Command, work: Path, tmp_path: Path
) -> None:
    own = tmp_path / "policies"
    own.mkdir()
    (own / "ours.md").write_text(
        "---\nid: shipping\ntitle: Versand\nversion: 1\nstatus: approved\neffective_from: 2026-01-01\n---\n"
        "## Lieferzeit {#handling-time}\nWir packen am selben Tag.\n",
        encoding="utf-8",
    )
    countersign("knowledge", "ingest", own)
    found = [each for each in countersign("doctor", "--json").json if each["name"] == "Passage"]
    tracking = [each for each in found if "shipping#tracking " in each["said"]]
    assert [each["state"] for each in tracking] == ["missing"]
    assert "order_status" in tracking[0]["said"]
    assert not [each for each in found if "shipping#handling-time " in each["said"]]


def test_what_the_macros_say_of_the_demo_brands_shop_is_named_until_it_is_edited(
    countersign: Command, work: Path
) -> None:
    def said() -> str:
        found = countersign("doctor", "--json").json
        return next((each["said"] for each in found if each["name"] == "Macros"), "")

    assert "there is a Coffee Club (subscription/" in said()
    assert "return labels are free (" in said()
    own = work / "data" / "macros"
    shutil.copytree(SOURCES / "macros", own)
    path = own / "subscription.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Coffee Club", "Tea Circle"), encoding="utf-8")
    assert "Coffee Club" not in said()
    assert "WELCOME10" in said()


def test_the_demo_brand_is_told_nothing_of_its_macros(countersign: Command, brand: Path) -> None:
    assert "Macros" not in states(countersign("doctor", "--json").json)


def test_categories_with_rules_that_no_product_has_are_named(countersign: Command, brand: Path) -> None:
    assert "Categories" not in states(countersign("doctor", "--json").json)
    text = (SOURCES / "limits.yaml").read_text(encoding="utf-8")
    (brand / "limits.yaml").write_text(text.replace("coffee: 0", "kaffee: 0", 1), encoding="utf-8")
    found = next(each for each in countersign("doctor", "--json").json if each["name"] == "Categories")
    assert found["state"] == "note"
    assert 'no product is in "kaffee"' in found["said"]
    assert '"coffee"' in found["said"]
