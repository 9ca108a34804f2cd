"""`countersign gate`: judging a snapshot or a data folder, and doing what may be done there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.limits import shipped_limits
from server.db.database import Database
from server.lock import DataLock
from server.settings import SOURCES
from tests.server.cli.conftest import CANCEL, NOTE, REFUND, STRANGER, Command, lines_of
from tools.actions import ACTIONS

Calls = Callable[..., Path]
SIGN = ("--apply", "--approve-as", "dana")


def verdicts(path: Path) -> dict[str, str]:
    return {line["id"]: line["verdict"] for line in lines_of(path)}


def test_judges_without_changing_anything(countersign: Command, snapshot: Path, calls: Calls, work: Path) -> None:
    answer = countersign(
        "gate", "--store", snapshot, "--calls", calls(NOTE, CANCEL, STRANGER), "--out", "v.jsonl", "--json"
    )
    assert answer.code == 0
    assert answer.err == ""
    assert verdicts(work / "v.jsonl") == {"note": "allow", "cancel": "require_approval", "stranger": "block"}
    assert (answer.json["judged"], answer.json["executed"]) == (3, 0)
    assert not (work / "data").exists()


def test_says_in_words_what_was_judged(countersign: Command, snapshot: Path, calls: Calls) -> None:
    answer = countersign("gate", "--store", snapshot, "--calls", calls(NOTE, CANCEL), "--out", "v.jsonl")
    assert answer.out.startswith("2 calls judged: 1 allow, 1 require approval, 0 block. Nothing was changed.")


def test_a_bad_line_is_named_and_the_rest_is_judged(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    path = calls(NOTE, "{broken", CANCEL)
    answer = countersign("gate", "--store", snapshot, "--calls", path, "--out", "v.jsonl")
    assert answer.code == 1
    assert f"{path}:2: not JSON" in answer.err
    assert set(verdicts(work / "v.jsonl")) == {"note", "cancel"}


def test_with_json_bad_lines_are_in_the_document(countersign: Command, snapshot: Path, calls: Calls) -> None:
    answer = countersign("gate", "--store", snapshot, "--calls", calls(NOTE, "[]"), "--out", "v.jsonl", "--json")
    assert (answer.code, answer.err) == (1, "")
    assert answer.json["bad_lines"] == 1
    assert ":2: " in answer.json["problems"][0]


def test_apply_on_a_snapshot_then_export(countersign: Command, snapshot: Path, calls: Calls, work: Path) -> None:
    before = {path.name: path.read_bytes() for path in snapshot.iterdir()}
    path = calls(NOTE, CANCEL, REFUND, STRANGER)
    answer = countersign("gate", "--store", snapshot, "--calls", path, "--out", "v.jsonl", *SIGN)
    assert answer.code == 0
    assert "3 done, 1 not" in answer.out
    assert answer.out.splitlines()[-1] == "Next: countersign store export world-after"
    assert countersign("store", "export", "after").code == 0
    orders = {order["id"]: order for order in lines_of(work / "after" / "orders.jsonl")}
    assert orders["o-1001"]["stage"] == "cancelled"
    assert orders["o-1003"]["stage"] == "shipped"
    assert [refund["amount"] for refund in lines_of(work / "after" / "refunds.jsonl") if refund["order_id"] == "o-1005"]
    assert {path.name: path.read_bytes() for path in snapshot.iterdir()} == before


def test_a_second_apply_starts_from_the_snapshot_again(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    gate = ("gate", "--store", snapshot, "--out", "v.jsonl", *SIGN)
    assert countersign(*gate, "--calls", calls(CANCEL)).code == 0
    assert countersign(*gate, "--calls", calls(NOTE)).code == 0
    countersign("store", "export", "after")
    assert {order["id"]: order for order in lines_of(work / "after" / "orders.jsonl")}["o-1001"]["stage"] == "pending"


def test_without_a_signer_nothing_that_needs_one_is_done(countersign: Command, snapshot: Path, calls: Calls) -> None:
    answer = countersign(
        "gate", "--store", snapshot, "--calls", calls(NOTE, CANCEL), "--out", "v.jsonl", "--apply", "--json"
    )
    assert (answer.json["executed"], answer.json["not_executed"]) == (1, 1)
    assert "waits for the signature" in lines_of(Path("v.jsonl"))[1]["error"]


def a_data_folder(countersign: Command, snapshot: Path, work: Path) -> Path:
    folder = work / "shop"
    assert countersign("store", "import", snapshot, "--store", folder).code == 0
    (folder / "clock.json").write_bytes((snapshot / "clock.json").read_bytes())
    return folder


def test_apply_on_a_data_folder_changes_that_folder(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    folder = a_data_folder(countersign, snapshot, work)
    answer = countersign("gate", "--store", folder, "--calls", calls(CANCEL), "--out", "v.jsonl", *SIGN)
    assert answer.out.splitlines()[-1] == f"Next: countersign store export world-after --store {folder}"
    assert not (work / "data").exists()
    assert countersign("store", "export", "after", "--store", folder).code == 0
    assert {order["id"]: order for order in lines_of(work / "after" / "orders.jsonl")}["o-1001"]["stage"] == "cancelled"


def test_the_same_id_has_no_effect_twice(countersign: Command, snapshot: Path, calls: Calls, work: Path) -> None:
    gate = ("gate", "--store", a_data_folder(countersign, snapshot, work), "--out", "v.jsonl", *SIGN)
    for _ in range(2):
        countersign(*gate, "--calls", calls(REFUND))
    countersign("store", "export", "after", "--store", work / "shop")
    refunds = [found for found in lines_of(work / "after" / "refunds.jsonl") if found["order_id"] == "o-1005"]
    assert len(refunds) == 1


def test_what_was_done_before_is_told_and_not_done_again(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    gate = ("gate", "--store", a_data_folder(countersign, snapshot, work), "--out", "v.jsonl", *SIGN)
    assert "1 done, 0 not." in countersign(*gate, "--calls", calls(NOTE)).out
    again = countersign(*gate, "--calls", calls(NOTE))
    assert "1 done (1 of them in an earlier run, and not again), 0 not." in again.out
    assert lines_of(work / "v.jsonl")[0]["repeated"] is True


def test_the_ceilings_of_a_person_and_of_the_shop_count_earlier_runs(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    folder = a_data_folder(countersign, snapshot, work)
    limits = (SOURCES / "limits.yaml").read_text(encoding="utf-8").replace("per_day: 150.00 USD", "per_day: 30.00 USD")
    (work / "tight.yaml").write_text(limits, encoding="utf-8")
    credit = {
        "id": "credit",
        "customer": "c-bob",
        "action": "issue_store_credit",
        "arguments": {"customer_id": "c-bob", "amount": "15.00 USD"},
    }
    gate = ("gate", "--store", folder, "--limits", "tight.yaml", "--out", "v.jsonl", "--apply", "--approve-as", "sam")
    assert countersign(*gate, "--calls", calls(REFUND)).code == 0
    assert lines_of(work / "v.jsonl")[0]["executed"] is True
    countersign(*gate, "--calls", calls(credit))
    [later] = lines_of(work / "v.jsonl")
    assert (later["executed"], "within a day; the most is 30.00 USD" in later["error"]) == (False, True)
    with Database.open(f"sqlite:///{folder / 'countersign.db'}") as database:
        [entry] = database.ledger.of_case("gate:refund")
        assert (entry.status.value, entry.approved_by, str(entry.amount)) == ("succeeded", "sam", "20.00 USD")


@pytest.mark.system("L13")
def test_a_stopped_data_folder_refuses_effects_and_still_judges(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    folder = a_data_folder(countersign, snapshot, work)
    gate = ("gate", "--store", folder, "--calls", calls(NOTE), "--out", "v.jsonl")
    assert countersign("stop", "--as", "dana", "--reason", "odd refunds", data=folder).code == 0
    refused = countersign(*gate, "--apply")
    assert refused.code == 2
    assert "dana stopped everything: odd refunds" in refused.err
    assert not (work / "v.jsonl").exists()
    assert countersign(*gate).code == 0
    with Database.open(f"sqlite:///{folder / 'countersign.db'}") as database:
        assert [entry.event for entry in database.audit.entries()] == ["switch.stopped"]


@pytest.mark.system("L13")
def test_a_stopped_folder_is_not_emptied_for_the_next_snapshot(
    countersign: Command, snapshot: Path, calls: Calls
) -> None:
    gate = ("gate", "--store", snapshot, "--calls", calls(NOTE), "--out", "v.jsonl", "--apply")
    assert countersign(*gate).code == 0
    countersign("stop", "--as", "dana", "--reason", "wait")
    refused = countersign(*gate)
    assert (refused.code, "countersign go" in refused.err) == (2, True)


def test_effects_of_the_gate_are_in_the_audit_log(countersign: Command, snapshot: Path, calls: Calls) -> None:
    countersign("gate", "--store", snapshot, "--calls", calls(NOTE, CANCEL), "--out", "v.jsonl", *SIGN)
    entries = [one for one in countersign("audit", "show", "--json").json if one["event"] == "gate.effect"]
    assert [(entry["actor"], json.loads(entry["payload"])["kind"]) for entry in entries] == [
        ("gate", "add_internal_note"),
        ("dana", "cancel_order"),
    ]


def test_a_real_store_is_not_overwritten_by_a_snapshot(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    countersign("store", "import", snapshot)
    before = (work / "data" / "countersign.db").read_bytes()
    refused = countersign("gate", "--store", snapshot, "--calls", calls(NOTE), "--out", "v.jsonl", "--apply")
    assert refused.code == 2
    assert f"--store {work / 'data'}" in refused.err
    assert (work / "data" / "countersign.db").read_bytes() == before


def test_a_folder_that_another_process_works_on_is_left_alone(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    folder = a_data_folder(countersign, snapshot, work)
    with DataLock(folder):
        refused = countersign("gate", "--store", folder, "--calls", calls(NOTE), "--out", "v.jsonl", "--apply")
        assert countersign("gate", "--store", folder, "--calls", calls(NOTE), "--out", "v.jsonl").code == 0
    assert (refused.code, "is working on" in refused.err) == (2, True)


def test_a_snapshot_with_a_bad_line_is_not_judged_against(countersign: Command, snapshot: Path, calls: Calls) -> None:
    with (snapshot / "orders.jsonl").open("a") as orders:
        orders.write("{}\n")
    refused = countersign("gate", "--store", snapshot, "--calls", calls(NOTE), "--out", "v.jsonl")
    assert refused.code == 2
    assert "orders.jsonl:6" in refused.err


def test_the_moment_can_be_given(countersign: Command, snapshot: Path, calls: Calls, work: Path) -> None:
    late = countersign(
        "gate",
        "--store",
        snapshot,
        "--calls",
        calls(REFUND),
        "--out",
        "v.jsonl",
        "--at",
        "2026-09-01T12:00:00Z",
        "--json",
    )
    assert late.json["block"] + late.json["require_approval"] == 1
    rules = {violation["rule"] for violation in lines_of(work / "v.jsonl")[0]["violations"]}
    countersign("gate", "--store", snapshot, "--calls", calls(REFUND), "--out", "w.jsonl")
    assert rules - {violation["rule"] for violation in lines_of(work / "w.jsonl")[0]["violations"]}


@pytest.mark.parametrize("moment", ["yesterday", "2026-03-10", "2026-03-10T12:00:00"])
def test_a_moment_without_a_zone_is_refused(countersign: Command, snapshot: Path, calls: Calls, moment: str) -> None:
    refused = countersign("gate", "--store", snapshot, "--calls", calls(NOTE), "--out", "v.jsonl", "--at", moment)
    assert (refused.code, "2026-03-10T12:00:00Z" in refused.err) == (2, True)


def test_describe_names_every_action_with_its_schema(countersign: Command) -> None:
    described = countersign("gate", "--describe").json
    assert set(described) == set(ACTIONS)
    assert all(each["does"] and each["arguments"]["properties"] for each in described.values())
    assert described["refund_order"]["gate"] == "sign"


@pytest.mark.parametrize("missing", ["--store", "--calls", "--out"])
def test_what_is_missing_is_named(countersign: Command, snapshot: Path, calls: Calls, missing: str) -> None:
    given = {"--store": snapshot, "--calls": calls(NOTE), "--out": "v.jsonl"}
    words = [word for name, value in given.items() if name != missing for word in (name, value)]
    refused = countersign("gate", *words)
    assert refused.code == 2
    assert refused.err.startswith(f"{missing} missing")


WRONG = {
    "no folder": {"--store": "nowhere"},
    "an empty folder": {"--store": "."},
    "calls are a folder": {"--calls": "snapshot"},
    "no calls": {"--calls": "nowhere.jsonl"},
    "out is a folder": {"--out": "snapshot"},
    "out is the store": {"--out": "snapshot/orders.jsonl"},
    "out lies in the store": {"--out": "snapshot/verdicts.jsonl"},
    "out is the limits": {"--out": "mine.yaml", "--limits": "mine.yaml"},
    "out in no folder": {"--out": "nowhere/v.jsonl"},
    "limits are a folder": {"--limits": "snapshot"},
    "no limits": {"--limits": "nowhere.yaml"},
    "a stranger signs": {"--approve-as": "mallory", "--apply": ""},
    "a signer without apply": {"--approve-as": "dana"},
    "a signer without a name": {"--approve-as=": "", "--apply": ""},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_used_is_said_in_one_line(
    countersign: Command, snapshot: Path, calls: Calls, work: Path, wrong: dict[str, str]
) -> None:
    (work / "elsewhere").mkdir()
    (work / "mine.yaml").write_bytes(shipped_limits().read_bytes())
    before = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    given = {"--store": snapshot, "--calls": calls(NOTE), "--out": "v.jsonl"} | wrong
    if given["--store"] == ".":
        given["--store"] = "elsewhere"
    refused = countersign("gate", *(word for pair in given.items() for word in pair if word != ""))
    assert refused.code == 2
    assert refused.out == ""
    assert 1 <= len(refused.err.splitlines()) <= 2
    assert "Traceback" not in refused.err
    assert "fault of ours" not in refused.err
    assert all(path.read_bytes() == content for path, content in before.items())


def test_verdicts_never_take_the_place_of_a_database(
    countersign: Command, snapshot: Path, calls: Calls, work: Path
) -> None:
    folder = a_data_folder(countersign, snapshot, work)
    gate = ("gate", "--store", folder, "--calls", calls(NOTE), "--out")
    refused = countersign(*gate, folder / "countersign.db")
    assert (refused.code, "lies in the store that is judged" in refused.err) == (2, True)
    assert countersign(*gate, folder / "v.jsonl").code == 0
    assert countersign("store", "show", "--store", folder).code == 0
