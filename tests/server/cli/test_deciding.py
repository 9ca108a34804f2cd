"""From a request to what happened: approvals, the switch, and the log of it all, over the demo brand."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.server.cli.conftest import Command


def requests(countersign: Command) -> list[dict[str, Any]]:
    return countersign("approvals", "list", "--limit", 1000, "--json").json


def of_kind(countersign: Command, kind: str) -> dict[str, Any]:
    """The first request that asks for an action of this kind."""
    found = [r for r in requests(countersign) if {each["kind"] for each in r["effects"]} == {kind, "send_reply"}]
    assert found, f"the first tickets of the demo ask for no {kind}"
    return found[0]


def test_the_list_has_signatures_first_and_says_what_to_type(countersign: Command, brand: Path) -> None:
    kinds = [request["kind"] for request in requests(countersign)]
    assert kinds == sorted(kinds, key=lambda kind: kind != "sign")
    assert set(kinds) == {"sign", "review"}
    listed = countersign("approvals", "list").out
    assert listed.splitlines()[-1] == f"Next: countersign approvals show {requests(countersign)[0]['id']}"


@pytest.mark.system("U6")
def test_the_card_shows_the_very_call_its_amount_and_who_may_sign(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")
    shown = countersign("approvals", "show", request["id"])
    assert request["amount"]
    assert any(line == _amount(request) for line in shown.out.splitlines())
    assert f'"order_id":"{_refund(request)["order_id"]}","amount":"{_amount(request)}"' in shown.out
    assert f"Signing does this: Refund {_amount(request)} to " in shown.out
    flat = " ".join(shown.out.split())
    assert re.search(rf"for order #\d+ \({_refund(request)['order_id']}\)", flat), flat
    assert "priya (Priya Raman, admin)" in shown.out
    last = shown.out.splitlines()[-1]
    assert last.startswith(f"Next: countersign approvals approve {request['id']} --as ")


def _amount(request: dict[str, Any]) -> str:
    return str(request["amount"])


def _refund(request: dict[str, Any]) -> dict[str, Any]:
    return next(effect for effect in request["effects"] if effect["kind"] == "refund_order")


def _is_no_demo(_: object) -> bool:
    return False


def test_a_shop_of_its_own_is_told_what_to_do_there_after_a_signature(
    countersign: Command, brand: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = of_kind(countersign, "refund_order")
    monkeypatch.setattr("server.brand.is_demo", _is_no_demo)
    signed = countersign("approvals", "approve", request["id"], "--as", "priya").out
    assert f"To do in your shop: Pay back {_amount(request)} for " in " ".join(signed.split())
    assert signed.count("To do in your shop") == sum(each["kind"] != "send_reply" for each in request["effects"])


def test_a_signature_makes_it_happen_once(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")
    done = countersign("approvals", "approve", request["id"], "--as", "priya", "--json")
    assert done.code == 0
    assert done.json["request"]["status"] == "executed"
    happened = {each["action"]["kind"]: each["status"] for each in done.json["case"]["executions"]}
    assert (happened["refund_order"], happened["send_reply"]) == ("succeeded", "succeeded")
    again = countersign("approvals", "approve", request["id"], "--as", "dana")
    assert (again.code, "Priya Raman already approved" in again.err) == (2, True)
    assert "Priya Raman: approve on" in countersign("approvals", "show", request["id"]).out
    assert "Priya Raman" in countersign("audit", "show", "--limit", 1000).out
    noted = countersign("audit", "show", "--limit", 1000, "--json").json
    assert "priya" in {each["actor"] for each in noted}, "programs keep the id"
    countersign("store", "export", "after")
    refunds = [line for line in Path("after/refunds.jsonl").read_text().splitlines() if '"2026-11-16T15:' in line]
    assert len(refunds) == 1


def test_who_may_not_sign_is_told_why(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")
    assert request["required_role"] != "agent"
    refused = countersign("approvals", "approve", request["id"], "--as", "noor")
    assert (refused.code, f"needs {request['required_role']} or above" in refused.err) == (2, True)
    nobody = countersign("approvals", "approve", request["id"], "--as", "mallory")
    assert (nobody.code, "there are: noor, sam, dana, priya" in nobody.err) == (2, True)
    assert countersign("approvals", "show", request["id"], "--json").json["status"] == "awaiting"


def test_who_may_sign_is_read_off_the_accounts(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")["id"]
    assert "dana (Dana Whitfield, lead)" in countersign("approvals", "show", request).out
    countersign("people", "add", "dana@alderandwren.example", "--name", "Dana Whitfield", "--role", "viewer")
    countersign("people", "add", "kim@alderandwren.example", "--name", "Kim Lee", "--role", "admin")
    shown = countersign("approvals", "show", request).out
    assert "kim (Kim Lee, admin)" in shown
    assert "dana (Dana" not in shown


def test_a_card_that_changed_is_not_signed(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    stale = countersign("approvals", "approve", request["id"], "--as", "priya", "--digest", "0" * 64)
    assert (stale.code, "is not what you were shown" in stale.err) == (2, True)


def test_a_rejection_needs_a_reason(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    bare = countersign("approvals", "reject", request["id"], "--as", "dana")
    assert (bare.code, "--reason" in bare.err) == (2, True)
    empty = countersign("approvals", "reject", request["id"], "--as", "dana", "--reason", " ")
    assert (empty.code, empty.err) == (2, "say why you reject it, in a few words\n")


def test_escalating_hands_the_case_to_a_person(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    told = countersign("approvals", "escalate", request["id"], "--as", "noor", "--reason", "knows them", "--json")
    assert told.json["case"]["status"] == "escalated"


def test_another_reply_is_asked_again_and_then_sent_as_it_stands(countersign: Command, brand: Path) -> None:
    request = next(r for r in requests(countersign) if r["kind"] == "review")
    text = "Thank you for your message. A person on our team reads it and answers you."
    Path("reply.txt").write_text(text, encoding="utf-8")
    changed = countersign("approvals", "modify", request["id"], "--as", "noor", "--reply", "@reply.txt")
    assert changed.code == 0
    assert "it is asked again" in changed.out
    assert text.partition(".")[0] in changed.out
    new = countersign("approvals", "show", request["id"], "--json").json
    assert new["status"] != "awaiting"
    asked = next(r for r in requests(countersign) if r["case_id"] == request["case_id"])
    assert asked["id"] != request["id"]
    assert [effect["text"] for effect in asked["effects"] if effect["kind"] == "send_reply"] == [text]
    sent = countersign("approvals", "approve", asked["id"], "--as", "noor", "--json").json["case"]
    assert {each["action"]["kind"]: each["status"] for each in sent["executions"]}["send_reply"] == "succeeded"


def test_another_amount_is_asked_again_and_the_reply_says_it_too(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")
    too_much = countersign("approvals", "modify", request["id"], "--as", "dana", "--amount", "99999.00 USD")
    assert (too_much.code, "that is not possible" in too_much.err) == (2, True)
    assert ".;" not in too_much.err
    assert not re.search(r"\b[a-z_]+\.[a-z_]+: ", too_much.err)  # names of rules are for programs
    words = "A person on our team looked at this. It is all done."
    changed = countersign(
        "approvals", "modify", request["id"], "--as", "dana", "--amount", "5.00 USD", "--reply", words, "--json"
    )
    assert changed.code == 0, changed.err
    assert (changed.json["new"]["amount"], changed.json["new"]["status"]) == ("5.00 USD", "awaiting")
    assert changed.json["request"]["status"] == "superseded"
    signed = countersign("approvals", "approve", changed.json["new"]["id"], "--as", "priya", "--json").json
    paid = [each for each in signed["case"]["executions"] if each["action"]["kind"] == "refund_order"]
    assert [(each["action"]["amount"], each["status"]) for each in paid] == [("5.00 USD", "succeeded")]


def test_an_alternative_is_taken_with_its_reply(countersign: Command, brand: Path) -> None:
    cases = countersign("cases", "list", "--status", "awaiting_approval", "--limit", 1000, "--json").json
    full = [countersign("cases", "show", case["case_id"], "--json").json for case in cases]
    with_options = [case for case in full if case["proposal"]["alternatives"]]
    assert with_options, "the first tickets of the demo leave no choice"
    case = with_options[0]
    changed = countersign("approvals", "modify", case["approval_id"], "--as", "dana", "--alternative", 1, "--json")
    assert changed.code == 0, changed.err
    wanted = [action["kind"] for action in case["proposal"]["alternatives"][0]["actions"]]
    assert set(wanted) <= {action["kind"] for action in changed.json["case"]["proposal"]["actions"]}
    assert changed.json["new"]["status"] == "awaiting"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say one change"),
        (("--reply", "Hi", "--alternative", "1"), "say one change"),
        (("--amount", "ten"), '"ten" is not money'),
        (("--alternative", "9"), "there is no alternative 9"),
        (("--reply", "@nowhere.txt"), "nowhere.txt: does not exist"),
        (("--reply", "@."), "is a folder"),
        (("--reply", "@latin.txt"), "latin.txt is not UTF-8"),
        (("--reply", " "), "the reply needs a text"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    countersign: Command, brand: Path, words: tuple[str, ...], said: str
) -> None:
    Path("latin.txt").write_bytes(b"Gr\xfc\xdfe")
    request = requests(countersign)[0]
    refused = countersign("approvals", "modify", request["id"], "--as", "dana", *words)
    assert (refused.code, said in refused.err) == (2, True), refused.err
    assert countersign("approvals", "show", request["id"], "--json").json["status"] == "awaiting"


def test_an_unknown_request_is_said(countersign: Command, brand: Path) -> None:
    for verb in (("show",), ("approve", "--as", "dana"), ("escalate", "--as", "dana")):
        refused = countersign("approvals", verb[0], "ap-none", *verb[1:])
        assert (refused.code, 'there is no request "ap-none"' in refused.err) == (2, True)


@pytest.mark.system("L13")
def test_a_stop_holds_what_is_signed_until_go(countersign: Command, brand: Path) -> None:
    request = of_kind(countersign, "refund_order")
    assert countersign("stop", "--as", "dana", "--reason", "odd refunds").code == 0
    assert "Stopped: everything, by Dana Whitfield: odd refunds" in countersign("approvals", "list").err
    signed = countersign("approvals", "approve", request["id"], "--as", "priya", "--json").json
    assert signed["case"]["status"] == "working"
    assert "odd refunds" in signed["case"]["outcome"]
    assert [each for each in signed["case"]["executions"] if each["action"]["kind"] == "refund_order"] == []
    arrived = countersign("ticket", "Where is order #2075?", "--from", "x@example.com", "--json")
    assert (arrived.code, arrived.json["notices"]) == (
        0,
        ["Stopped: everything, by Dana Whitfield: odd refunds. Drafts are made, nothing happens."],
    )
    gone = countersign("go", "--as", "priya", "--json")
    assert gone.json["carried_on"] >= 1
    assert countersign("approvals", "show", request["id"], "--json").json["status"] == "executed"
    events = [entry["event"] for entry in countersign("audit", "show", "--limit", 1000, "--json").json]
    assert "switch.stopped" in events
    assert "switch.resumed" in events


@pytest.mark.system("L13")
def test_one_intent_can_be_stopped(countersign: Command, brand: Path) -> None:
    stopped = countersign("stop", "--as", "dana", "--reason", "new rules", "--intent", "refund_request", "--json")
    assert stopped.json["scope"] == "intent:refund_request"
    other = countersign("go", "--as", "dana", "--intent", "thanks")
    assert "Still stopped: intent refund_request, by Dana Whitfield: new rules" in other.err


def test_who_may_not_stop_on_the_page_may_not_on_the_command_line(countersign: Command, brand: Path) -> None:
    countersign("stop", "--as", "dana", "--reason", "odd refunds")
    for refused in (countersign("go", "--as", "sam"), countersign("stop", "--as", "sam", "--reason", "x")):
        assert (refused.code, "Sam Okafor is agent" in refused.err) == (2, True)
    assert "Stopped: everything, by Dana Whitfield" in countersign("doctor").out


def test_a_second_go_carries_nothing_on_again(countersign: Command, brand: Path) -> None:
    countersign("go", "--as", "dana")
    assert countersign("go", "--as", "dana", "--json").json["carried_on"] == 0


def test_a_stop_of_an_intent_that_is_none_is_refused(countersign: Command, brand: Path) -> None:
    refused = countersign("stop", "--as", "dana", "--reason", "x", "--intent", "refunds")
    assert (refused.code, "refund_request" in refused.err) == (2, True)


@pytest.mark.system("L13")
def test_a_stop_is_possible_with_limits_that_cannot_be_read(countersign: Command, brand: Path) -> None:
    (brand / "limits.yaml").write_text("people: [", encoding="utf-8")
    stopped = countersign("stop", "--as", "dana", "--reason", "broken rules")
    assert (stopped.code, "nobody could check" in stopped.err) == (0, True)
    assert countersign("go", "--as", "dana").code == 2


def test_the_log_is_whole_and_an_edited_row_is_named(countersign: Command, brand: Path) -> None:
    whole = countersign("audit", "verify", "--json")
    assert (whole.code, whole.json["ok"]) == (0, True)
    with sqlite3.connect(brand / "countersign.db") as database:
        for trigger in [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("UPDATE audit SET actor = 'mallory' WHERE seq = 7")
    database.close()
    broken = countersign("audit", "verify")
    assert (broken.code, "entry 7 was changed" in broken.err) == (1, True)
    assert countersign("audit", "verify", "--json").json["seq"] == 7
    assert "mallory" in countersign("audit", "show", "--after", 5, "--limit", 3).out


def test_the_log_of_one_case(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    entries = countersign("audit", "show", "--case", request["case_id"], "--json").json
    assert {entry["case_id"] for entry in entries} == {request["case_id"]}
    assert "approval.awaiting" in [entry["event"] for entry in entries]


def test_time_never_runs_backwards_between_commands(countersign: Command, brand: Path) -> None:
    countersign("stop", "--as", "dana", "--reason", "x")
    entries = countersign("audit", "show", "--limit", 2, "--json").json
    assert entries[0]["at"] <= entries[1]["at"]


def test_a_case_that_was_handed_over_is_given_back(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    countersign("approvals", "escalate", request["id"], "--as", "noor", "--reason", "knows them")
    back = countersign("cases", "release", request["case_id"], "--as", "noor", "--json")
    assert (back.code, back.json["case_id"]) == (0, request["case_id"])


def test_a_case_that_a_person_has_is_finished(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    waits = countersign("cases", "finish", request["case_id"], "--as", "noor")
    assert (waits.code, "is not done: it waits for an answer" in waits.out) == (0, True)
    countersign("approvals", "escalate", request["id"], "--as", "noor", "--reason", "knows them")
    done = countersign("cases", "finish", request["case_id"], "--as", "noor", "--reason", "called her", "--json")
    assert (done.code, done.json["status"], done.json["outcome"]) == (0, "resolved", "noor finished it: called her")
    log = countersign("audit", "show", "--limit", 3, "--json").json
    assert "case.finished" in [entry["event"] for entry in log]


def test_a_case_that_was_rejected_is_worked_on_anew(countersign: Command, brand: Path) -> None:
    request = requests(countersign)[0]
    for _ in range(2):
        asked = [each for each in requests(countersign) if each["case_id"] == request["case_id"]]
        for each in asked:
            countersign("approvals", "reject", each["id"], "--as", "dana", "--reason", "not like this")
    anew = countersign("cases", "again", request["case_id"], "--json")
    assert (anew.code, anew.json["case_id"]) == (0, request["case_id"])
    assert anew.json["status"] != "rejected"


@pytest.mark.parametrize(
    "words", [("again", "x"), ("release", "x", "--as", "dana"), ("finish", "x", "--as", "dana"), ("show", "x")]
)
def test_a_case_that_is_not_there_is_said(countersign: Command, brand: Path, words: tuple[str, ...]) -> None:
    refused = countersign("cases", *words)
    assert (refused.code, 'there is no case "x"' in refused.err) == (2, True)


def test_a_list_says_what_was_not_answered_in_time_and_shows_it_last(countersign: Command, brand: Path) -> None:
    assert "expired" not in countersign("approvals", "list").out
    clock = json.loads((brand / "clock.json").read_text())
    later = datetime.fromisoformat(clock["starts_at"]) + timedelta(hours=13)
    (brand / "clock.json").write_text(json.dumps({"starts_at": later.isoformat()}))
    soon = countersign("approvals", "list", "--limit", 1000)
    rows = [line for line in soon.out.splitlines() if line.startswith("ap-")]
    late = [line.rstrip().endswith("expired") for line in rows]
    assert late == sorted(late)
    assert (f"{sum(late)} not answered in time, so the answer is no" in soon.err) is any(late)
    (brand / "clock.json").write_text(json.dumps({"starts_at": (later + timedelta(days=9)).isoformat()}))
    over = countersign("approvals", "list", "--limit", 1000)
    assert all(line.rstrip().endswith("expired") for line in over.out.splitlines() if line.startswith("ap-"))
    assert f"{len(rows)} not answered in time" in over.err
