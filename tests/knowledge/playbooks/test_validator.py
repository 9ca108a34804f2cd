"""Every fault of a playbook or macro is found before a customer writes, with its file and line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.playbooks import PlaybooksInvalid, Vocabulary, check_playbooks, load_playbooks
from knowledge.playbooks.schema import SHARED

WORDS = Vocabulary(
    lookups=frozenset({"order", "shipment"}),
    actions={
        "open_carrier_trace": frozenset({"shipment_id", "reason"}),
        "refund_order": frozenset({"order_id", "amount"}),
        "create_return": frozenset({"order_id", "lines"}),
    },
    objects={"order": frozenset({"number", "total", "pending"}), "shipment": frozenset({"carrier", "delivered"})},
    lists={"items": frozenset({"title", "sku"})},
    variables=frozenset({"today", "items_value", "colours"}),
    promises={
        "trace": frozenset({"open_carrier_trace"}),
        "refund": frozenset({"refund_order"}),
        "label": frozenset({"create_return"}),
        "handover": frozenset({"escalate_to_human"}),
        "follow_up": frozenset({"follow_up"}),
    },
    anchors=frozenset({"shipping#tracking", "returns#window"}),
    languages=("en", "de"),
)

PLAYBOOK = """\
---
intent: not_received
version: 1
title: Parcel not there
queue: shipping
lookups: [order, shipment]
needs_identity: true
cites: [shipping#tracking]
branches:
  - name: ask
    when: not order
    reply: ask
  - name: rest
    do: [open_carrier_trace]
    reply: traced
---
Believe the customer first.
"""
MACROS = """\
ask:
  en: Which order is it?
  de: Um welche Bestellung geht es?
traced:
  en: |
    We have opened a trace for {{ order.number }}.
  de: |
    Wir haben für {{ order.number }} einen Nachforschungsauftrag gestellt.
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "macros").mkdir()
    write(tmp_path)
    return tmp_path


def write(shop: Path, playbook: str = PLAYBOOK, macros: str = MACROS) -> None:
    (shop / "playbooks" / "not_received.md").write_text(playbook, encoding="utf-8")
    (shop / "macros" / "not_received.yaml").write_text(macros, encoding="utf-8")


def problems(shop: Path, vocabulary: Vocabulary = WORDS) -> list[str]:
    """`not_received.md:9: message`, as a person reads them."""
    found = check_playbooks(shop / "playbooks", shop / "macros", vocabulary)
    return [f"{Path(problem.file).name}:{problem.line}: {problem.message}" for problem in found]


def test_a_good_folder_loads_and_its_digest_is_stable(shop: Path) -> None:
    book = load_playbooks(shop / "playbooks", shop / "macros", WORDS)
    assert book.get("not_received").branches[1].do[0].kind == "open_carrier_trace"
    assert book.get("not_received").prose == "Believe the customer first."
    assert book.macro("ask", "not_received").text("fr") == "Which order is it?"
    again = load_playbooks(shop / "playbooks", shop / "macros", WORDS)
    assert again.digest == book.digest
    write(shop, macros=MACROS.replace("Which order", "What order"))
    assert load_playbooks(shop / "playbooks", shop / "macros", WORDS).digest != book.digest


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("intent: not_received", "intent: not_recieved", "2: intent not_recieved does not match the file name"),
        ("queue: shipping", "queue: shiping", "5: unknown queue shiping; did you mean shipping?"),
        ("[order, shipment]", "[order, shipments]", "6: unknown lookup shipments; did you mean shipment?"),
        ("[shipping#tracking]", "[shipping#traking]", "8: no approved passage shipping#traking; did you mean"),
        ("needs_identity: true", "need_identity: true", "7: unknown key need_identity; did you mean needs_identity?"),
        ("needs_identity: true\n", "", "2: needs_identity is missing"),
        ("needs_identity: true", "needs_identity: yes", "7: needs_identity: has to be true or false"),
        ("version: 1", "version: one", "3: version: has to be a whole number"),
        ("when: not order", "when: not ordr", "11: unknown variable ordr; did you mean order?"),
        ("when: not order", "when: order.nmber", "11: order has no field nmber; did you mean number?"),
        ("when: not order", "when: order.number.x", "11: order.number has no fields"),
        ("when: not order", "when: items.title", "11: items has no fields; use a for loop or `| each(...)`"),
        ("when: not order", "when: (not order", "11: syntax: "),
        ("when: not order", "wen: not order", "11: unknown key wen; did you mean when?"),
        ("reply: ask", "reply: aks", "12: unknown macro aks; did you mean ask?"),
        ("[open_carrier_trace]", "[open_carier_trace]", "14: unknown action open_carier_trace; did you mean"),
        ("[open_carrier_trace]", "[{refund_order: {amout: order.total}}]", "refund_order takes no argument amout"),
        ("[open_carrier_trace]", "[{refund_order: {amount: order.totl}}]", "14: order has no field totl"),
        ("[open_carrier_trace]", "[{a: {}, b: {}}]", "14: write an action as its name, or as {name:"),
        ("    reply: traced", "    follow_up: {in_days: 0, text: x}", "follow_up.in_days: has to be greater"),
        ("    reply: traced\n", "", "13: branch rest has no outcome: give it reply, escalate or ignore"),
        ("    reply: traced", "    reply: traced\n    ignore: x", "13: branch rest is ignored and yet replies"),
        ("  - name: rest", "  - name: rest\n    when: order", "14: the last branch must have no `when`"),
        ("    when: not order\n", "", "10: the branches after ask can never apply: it has no `when`"),
        ("  - name: rest", "  - name: ask", "13: a second branch is named ask"),
        (
            "  - name: rest",
            "  - name: b\n    when: not  order\n    reply: ask\n  - name: rest",
            "14: b can never apply: ask has the same condition",
        ),
        ("    do: [open_carrier_trace]\n", "", "14: macro traced (en) promises a trace ('We have opened a trace')"),
        (
            "    reply: traced",
            "    reply: traced\n    cites: [{returns#windw: order}]",
            "16: no approved passage returns#windw",
        ),
        (
            "    reply: traced",
            "    reply: traced\n    cites: [{returns#window: ordr}]",
            "16: unknown variable ordr; did",
        ),
        (
            "    reply: traced",
            "    reply: traced\n    cites: [{a#b: order, c#d: order}]",
            "write a passage as document#",
        ),
        ("Believe the customer first.\n", "", "17: there is no text after the front matter"),
    ],
)
def test_a_wrong_playbook_is_reported_with_its_line(shop: Path, old: str, new: str, expected: str) -> None:
    assert old in PLAYBOOK
    write(shop, playbook=PLAYBOOK.replace(old, new, 1))
    assert any(f"not_received.md:{expected}" in problem or expected in problem for problem in problems(shop)), problems(
        shop
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  de: Um welche Bestellung geht es?\n", "", "1: macro ask lacks de: write it in every language"),
        ("  de: Um", "  dee: Um", "3: macro ask: unknown language dee; did you mean de?"),
        ("Which order is it?", '""', "2: macro ask: en must be a text"),
        ("{{ order.number }}.", "{{ order.nmber }}.", "6: macro traced (en): order has no field nmber; did you mean"),
        ("{{ order.number }}.", "{{ order }}.", "6: macro traced (en): order is an object: name one of its fields"),
        ("für {{ order.number }} ", "", "8: macro traced (de) states other facts than en: it lacks order.number"),
        ("Which order is it?", "Which order is it, {{ today | dat }}?", "2: macro ask (en): unknown filter dat; did"),
        ("Which order is it?", "Which {{ range(9) }}?", "2: macro ask (en): calls are not allowed"),
        ("Which order is it?", "Which {{ order.__class__ }}?", "order.__class__: names that begin with _ are not"),
        ("Which order is it?", "Which {{ order | attr('x') }}?", "2: macro ask (en): unknown filter attr"),
        ("Which order is it?", "Which {% if order %}?", "2: macro ask (en): syntax: "),
        ("Which order is it?", "We will write on {{ follow_up.at | date }}.", "macro ask names follow_up.at, and"),
        ("Which order is it?", "A colleague will answer.", "macro ask (en) promises a handover"),
        ("ask:", "Ask!:", "'Ask!' is no macro name: use small letters, digits and underscores"),
    ],
)
def test_a_wrong_macro_is_reported_with_its_line(shop: Path, old: str, new: str, expected: str) -> None:
    assert old in MACROS
    write(shop, macros=MACROS.replace(old, new, 1))
    assert any(expected in problem for problem in problems(shop)), problems(shop)


def test_all_faults_come_at_once_in_order(shop: Path) -> None:
    write(shop, PLAYBOOK.replace("shipping\n", "shiping\n").replace("not order", "not ordr"), MACROS + "extra: 5\n")
    found = problems(shop)
    assert [problem.split(": ")[0] for problem in found] == [
        "not_received.yaml:9",
        "not_received.md:5",
        "not_received.md:11",
    ]
    with pytest.raises(PlaybooksInvalid, match=r"3 problem\(s\)") as caught:
        load_playbooks(shop / "playbooks", shop / "macros", WORDS)
    assert len(caught.value.problems) == 3


def test_a_promise_is_kept_by_a_follow_up_or_an_escalation(shop: Path) -> None:
    macros = MACROS.replace("Which order is it?", "We will write to you on {{ follow_up.at | date }}.").replace(
        "Um welche Bestellung geht es?", "Wir melden uns am {{ follow_up.at | date }}."
    )
    write(shop, PLAYBOOK, macros)
    assert any("promises a follow_up" in problem for problem in problems(shop))
    write(shop, PLAYBOOK.replace("    reply: ask", "    reply: ask\n    follow_up: {in_days: 2, text: look}"), macros)
    assert problems(shop) == []
    handed = MACROS.replace("Which order is it?", "A colleague will answer you.").replace(
        "Um welche Bestellung geht es?", "Eine Kollegin meldet sich."
    )
    write(shop, PLAYBOOK.replace("    reply: ask", "    reply: ask\n    escalate: too hard for us"), handed)
    assert problems(shop) == []


def test_the_reply_of_an_alternative_is_held_to_its_own_actions(shop: Path) -> None:
    choice = "    reply: ask\n    alternatives:\n      - {title: Pay back, actions: [refund_order], reply: paid}"
    paid = "paid:\n  en: We have refunded {{ items_value }}.\n  de: Wir haben {{ items_value }} erstattet.\n"
    write(shop, PLAYBOOK.replace("    reply: ask", choice), MACROS + paid)
    assert problems(shop) == []
    write(shop, PLAYBOOK.replace("    reply: ask", choice.replace("refund_order", "create_return")), MACROS + paid)
    assert [problem.split(" (")[0] for problem in problems(shop)] == ["not_received.md:14: macro paid"] * 2


def test_a_shared_macro_serves_every_playbook(shop: Path) -> None:
    own, shared = MACROS.split("traced:")
    write(shop, macros=own)
    (shop / "macros" / f"{SHARED}.yaml").write_text("traced:" + shared, encoding="utf-8")
    assert problems(shop) == []


def test_a_macro_file_without_a_playbook_and_an_intent_without_a_file_are_reported(shop: Path) -> None:
    (shop / "macros" / "refunds.yaml").write_text("ask:\n  en: x y\n  de: x y\n", encoding="utf-8")
    assert problems(shop) == ["refunds.yaml:1: there is no playbook refunds: rename the file or add the playbook"]
    (shop / "macros" / "refunds.yaml").unlink()
    wanted = Vocabulary(
        lookups=WORDS.lookups,
        actions=WORDS.actions,
        objects=WORDS.objects,
        intents=frozenset({"not_received", "thanks"}),
        languages=("en", "de"),
    )
    assert problems(shop, wanted) == ["playbooks:1: there is no playbook for thanks: add thanks.md"]


def test_a_broken_file_is_not_called_missing_and_a_wrong_folder_is_one_line(shop: Path, tmp_path: Path) -> None:
    wanted = replace(WORDS, intents=frozenset({"not_received", "thanks"}))
    (shop / "playbooks" / "thanks.md").write_text("intent: thanks\n", encoding="utf-8")
    (shop / "macros" / "thanks.yaml").write_text("kind:\n  en: You are welcome.\n  de: Gern.\n", encoding="utf-8")
    assert problems(shop, wanted) == [
        "thanks.md:1: no front matter: begin with a --- line, the keys, and another --- line"
    ]
    found = check_playbooks(tmp_path / "nowhere", shop / "macros", wanted)
    assert [problem.message for problem in found] == ["there is no such folder"]


@pytest.mark.system("L11")
def test_a_playbook_that_nobody_can_follow_gets_advice(shop: Path) -> None:
    extra = "".join(
        f"  - name: b{n}\n    when: order and not shipment and today == {n}\n    reply: ask\n" for n in range(11)
    )
    write(shop, PLAYBOOK.replace("  - name: rest", extra + "  - name: rest"))
    (found,) = problems(shop)
    assert found.startswith("not_received.md:9: 13 branches are more than 12: split the intent, or join branches")
    long = "order and order and order and order and order and order and order and order"
    write(shop, PLAYBOOK.replace("when: not order", f"when: {long}"))
    (found,) = problems(shop)
    assert found.startswith("not_received.md:11: 7 operators in one condition are more than 6: split it into two")
    deep = "Which" + "{% if order %}" * 4 + " order?" + "{% endif %}" * 4
    write(shop, macros=MACROS.replace("Which order is it?", deep))
    (found,) = problems(shop)
    assert found == (
        "not_received.yaml:2: macro ask (en): blocks nest 4 deep, more than 3: "
        "write two macros and let the playbook choose"
    )


BOMB = "a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1: the file is empty"),
        (b"   \n", "1: the file is empty"),
        (PLAYBOOK.encode()[:60], "1: the front matter has no closing --- line: is the file truncated?"),
        (b"# Hello\n", "1: no front matter: begin with a --- line"),
        (PLAYBOOK.encode("utf-16"), "not UTF-8 text"),
        (PLAYBOOK.replace("Parcel", "Päckchen").encode("latin-1"), "4: not UTF-8 text: save the file as UTF-8"),
        (b"---\n" + BOMB.encode() + b"---\ntext\n", "2: a YAML anchor (&name) is not allowed"),
        (b"---\na: *x\n---\ntext\n", "2: a YAML alias (*name) is not allowed"),
        (b"---\na: !!python/object/apply:os.system [ls]\n---\ntext\n", "2: a YAML tag (!name) is not allowed"),
        (b"---\na: 1\na: 2\n---\ntext\n", "3: a is given twice"),
        (b"---\na: [1\n---\ntext\n", "not valid YAML"),
        (b"---\n" + b"[" * 5000 + b"\n---\ntext\n", "2: nested more than 12 levels deep"),
        (b"---\n- a\n- b\n---\ntext\n", "2: the front matter must be `key: value` lines"),
        (b"---\na: [" + b"1," * 30_000 + b"]\n---\ntext\n", "2: more than 20000 values: split the file"),
        (b"---\na: b\n---\n" + b"x" * 300_000, "1: more than 200000 characters: is this the right file?"),
        (b"---\na: \x07\n---\ntext\n", "not valid YAML"),
        (b"\x00\x01\x02", "not UTF-8 text"),
    ],
)
def test_a_hostile_or_broken_file_is_one_clear_line(shop: Path, content: bytes, expected: str) -> None:
    (shop / "playbooks" / "not_received.md").write_bytes(content)
    (shop / "macros" / "not_received.yaml").unlink()
    (shop / "macros" / f"{SHARED}.yaml").write_text(MACROS, encoding="utf-8")
    found = problems(shop)
    assert any(expected in problem for problem in found), found
    assert all("Traceback" not in problem and len(problem) < 400 for problem in found)


def test_a_missing_or_empty_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "macros").mkdir()
    found = [problem.message for problem in check_playbooks(tmp_path / "playbooks", tmp_path / "macros", WORDS)]
    assert sorted(found) == ["the folder holds no .yaml file", "there is no such folder"]


def test_a_read_me_and_hidden_files_are_left_alone(shop: Path) -> None:
    (shop / "playbooks" / "README.md").write_text("how to write one", encoding="utf-8")
    (shop / "playbooks" / ".draft.md").write_text("", encoding="utf-8")
    assert problems(shop) == []
