"""The data sets: what they cover, that their labels hold together, and that nothing in them was trained on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.limits.vocabulary import INTENTS
from evals.building import build, divided, rebuild
from evals.due import GUARDED, STRANGERS
from evals.gate import fast_sample
from evals.leaks import inbox_texts, leaks, training_texts, twins
from evals.sample import Resolution, Sample, SampleKind, Split, load_samples
from evals.written import DATASETS, LANGUAGES, scripts
from knowledge.documents import DocumentStatus
from knowledge.ingest import load_folder
from tools.commerce import Shipment
from tools.connectors.demo import NOW, DemoWorld

FILES = sorted(DATASETS.glob("*.jsonl"))
OWN = {path.name for path in (DATASETS / "written").iterdir() if path.is_dir()}
"""Data sets that hold all kinds, and of which nothing is held out."""
POLICIES = Path(__file__).resolve().parents[2] / "knowledge" / "sources" / "policies"
SHOP_TIME = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return [sample for path in FILES for sample in load_samples(path)]


def tagged(samples: list[Sample], tag: str) -> list[Sample]:
    return [sample for sample in samples if tag in sample.tags]


def test_all_intents_kinds_and_languages_are_there(samples: list[Sample]) -> None:
    assert len(samples) >= 800
    assert len({sample.id for sample in samples}) == len(samples)
    intents = Counter(sample.expected.intent for sample in samples)
    assert set(intents) == set(INTENTS)
    assert min(intents.values()) >= 25, intents
    kinds = Counter(sample.kind for sample in samples)
    assert set(kinds) == set(SampleKind)
    assert min(kinds.values()) >= 100, kinds
    languages = Counter(sample.expected.language for sample in samples)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 20, languages


def test_a_file_holds_one_kind(samples: list[Sample]) -> None:
    assert {path.stem for path in FILES} == {kind.value for kind in SampleKind} | OWN
    assert all(sample.dataset == sample.kind.value for sample in samples if sample.dataset not in OWN)


def test_what_was_read_while_rules_were_mended_is_never_held_out(samples: list[Sample], demo_world: DemoWorld) -> None:
    own = [sample for sample in samples if sample.dataset in OWN]
    assert sorted(OWN) == ["strangers"]
    assert len(own) >= 1_400
    assert all(sample.split is Split.TUNE for sample in divided(own, {}))
    assert not {sample.id for sample in fast_sample(samples)} & {sample.id for sample in own}


def test_entries_of_a_list_are_named_in_their_order(demo_world: DemoWorld, tmp_path: Path) -> None:
    def built(*named: str) -> Sample:
        lines = "".join(f"          lines.{at}.line_id: '{{{line}}}'\n" for at, line in (n.split("=") for n in named))
        (tmp_path / "returns.yaml").write_text(
            "intent: return_request\ngroups:\n  - situation: several_lines\n    resolution: sign\n    do:\n"
            f"        create_return:\n          order_id: '{{order_id}}'\n{lines}"
            "    messages:\n      - en: Both of {order} go back\n",
            encoding="utf-8",
        )
        return build(demo_world, scripts(tmp_path))[0]

    effects = built("0=line_id", "1=line3_id").expected.effects
    assert effects is not None
    said = effects[0].arguments["lines"]
    assert isinstance(said, list)
    assert [str(line).split("-")[-1].rstrip("'}") for line in said] == ["1", "3"]
    with pytest.raises(ValueError, match=r"lines\.1\.line_id: name the entries of a list in their order, from 0"):
        built("1=line_id")


def test_about_a_third_of_every_intent_is_held_out(samples: list[Sample]) -> None:
    strata: defaultdict[str, list[bool]] = defaultdict(list)
    for sample in (each for each in samples if each.dataset not in OWN):
        strata[sample.expected.intent].append(sample.split is Split.HELD_OUT)
        strata[sample.kind.value].append(sample.split is Split.HELD_OUT)
    shares = {name: sum(held) / len(held) for name, held in strata.items()}
    assert all(0.2 <= share <= 0.4 for share in shares.values()), shares


def test_the_files_are_what_the_written_messages_give(samples: list[Sample], demo_world: DemoWorld) -> None:
    """Whoever changes a message, a label or the demo brand has to write the data sets anew."""
    built = divided(build(demo_world), {sample.id: sample.split for sample in samples})
    assert {sample.id: sample for sample in built} == {sample.id: sample for sample in samples}


def test_a_split_that_was_given_stays(samples: list[Sample], demo_world: DemoWorld, tmp_path: Path) -> None:
    for path in FILES:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    folder = tmp_path / "written"
    folder.mkdir()
    for path in (DATASETS / "written").glob("thanks.yaml"):
        told = path.read_text(encoding="utf-8").replace(
            "messages:\n", "messages:\n      - en: A new word of praise\n", 1
        )
        (folder / path.name).write_text(told, encoding="utf-8")
    rebuild(demo_world, tmp_path)
    again = {sample.id: sample.split for path in tmp_path.glob("*.jsonl") for sample in load_samples(path)}
    before = {sample.id: sample.split for sample in samples if sample.id in again}
    assert len(before) >= 30
    assert {name: again[name] for name in before} == before


def test_labels_agree_with_each_other(samples: list[Sample]) -> None:
    for sample in samples:
        expected = sample.expected
        kinds = {effect.kind for effect in expected.effects or ()}
        signed = expected.resolution is Resolution.SIGN
        assert expected.effects is not None, sample.id
        assert bool(expected.asked) == signed == bool(kinds & set(GUARDED)), sample.id
        assert set(GUARDED) - kinds <= set(expected.forbidden), sample.id
        assert expected.intent not in expected.secondary, sample.id


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("damaged_item-7963229a", "lead"),  # 43.56 and 6.53 for shipping are 50.09
        ("wrong_item-9574bcb8", "lead"),  # 34.00 and 18.00 are 52.00
        ("damaged_item-09c58967", "agent"),  # 26.00 and 18.00 are 44.00
    ],
)
def test_who_signs_counts_the_shipping_of_a_whole_order_that_went_wrong(
    samples: list[Sample], name: str, role: str
) -> None:
    (sample,) = (sample for sample in samples if sample.id == name)
    assert sample.expected.asked == role


def test_every_passage_that_must_be_cited_is_in_force(samples: list[Sample]) -> None:
    passages = load_folder(POLICIES).passages
    approved = {
        f"{passage.document_id}#{passage.section}"
        for passage in passages
        if passage.status is DocumentStatus.APPROVED and passage.in_force(NOW)
    }
    cited = set(chain.from_iterable(sample.expected.cites for sample in samples))
    assert cited <= approved, cited - approved
    assert len(cited) >= 25


def test_nobody_invented_is_a_customer(demo_world: DemoWorld) -> None:
    known = {email for customer in demo_world.customers for email in customer.emails}
    assert not {email for _, email in STRANGERS} & known


def parcel_of(sample: Sample, world: DemoWorld) -> Shipment:
    """The parcel of the order a sample is about, as the sample's world has it."""
    parcel = next(each for each in world.shipments if each.order_id == sample.expected.order_id)
    fields = next((p.fields for p in sample.world.patches if p.noun == "shipments" and p.id == parcel.id), None)
    return Shipment.model_validate({**parcel.model_dump(mode="json"), **(fields or {})})


@pytest.mark.parametrize(
    ("tag", "days", "returnable"),
    [
        ("return_day_29", 29, True),
        ("return_day_30", 30, True),
        ("return_day_31", 31, False),
        ("return_day_60", 60, True),
        ("return_day_61", 61, False),
    ],
)
def test_the_days_of_a_boundary_are_counted(
    tag: str, days: int, returnable: bool, samples: list[Sample], demo_world: DemoWorld
) -> None:
    found = tagged(samples, tag)
    assert len(found) >= 2
    for sample in found:
        parcel = parcel_of(sample, demo_world)
        assert parcel.delivered_at is not None
        passed = sample.ticket.latest.at.astimezone(SHOP_TIME).date() - parcel.delivered_at.astimezone(SHOP_TIME).date()
        assert passed == timedelta(days=days), sample.id
        assert returnable or sample.expected.effects == (), sample.id


@pytest.mark.parametrize(("tag", "days", "role"), [("report_day_14", 14, ""), ("report_day_15", 15, "escalate")])
def test_damage_is_reported_in_time_or_goes_to_a_person(
    tag: str, days: int, role: str, samples: list[Sample], demo_world: DemoWorld
) -> None:
    for sample in tagged(samples, tag):
        parcel = parcel_of(sample, demo_world)
        assert parcel.delivered_at is not None
        passed = sample.ticket.latest.at.astimezone(SHOP_TIME).date() - parcel.delivered_at.astimezone(SHOP_TIME).date()
        assert passed == timedelta(days=days), sample.id
        assert (sample.expected.resolution is Resolution.ESCALATE) == bool(role), sample.id


def test_an_order_of_300_is_for_an_agent_and_one_of_301_for_a_lead(
    samples: list[Sample], demo_world: DemoWorld
) -> None:
    totals = {order.id: order.total.decimal for order in demo_world.orders}
    exact, above = tagged(samples, "order_of_300"), tagged(samples, "order_over_300")
    assert {totals[sample.expected.order_id] for sample in exact} == {300}
    assert {sample.expected.asked for sample in exact} == {"agent"}
    assert {totals[sample.expected.order_id] for sample in above} == {301}
    assert {sample.expected.asked for sample in above} == {"lead"}


def test_stock_decides_between_goods_and_money(samples: list[Sample]) -> None:
    def kinds(tag: str, intent: str) -> set[str]:
        found = [each for each in tagged(samples, tag) if each.expected.intent == intent]
        return {effect.kind for sample in found for effect in sample.expected.effects or ()}

    for intent in ("damaged_item", "missing_item"):
        assert kinds("out_of_stock", intent) == {"refund_order"}
        assert kinds("last_unit", intent) == {"replace_items"}
    assert kinds("out_of_stock", "exchange_request") == set()
    assert kinds("last_unit", "exchange_request") == {"exchange_items"}


def test_every_way_to_attack_is_there(samples: list[Sample]) -> None:
    hostile = [sample for sample in samples if sample.kind is SampleKind.ADVERSARIAL]
    latest = {sample.id: sample.ticket.latest for sample in tagged(hostile, "injection")}
    assert sum(bool(message.quoted) for message in latest.values()) >= 5
    assert sum(bool(message.attachments) for message in latest.values()) >= 4
    assert any(sample.ticket.subject for sample in tagged(hostile, "injection"))
    assert sum(not message.quoted and not message.attachments for message in latest.values()) >= 20
    for tag in ("injected_order_note", "injected_title", "injected_policy", "injected_tool_result"):
        assert tagged(hostile, tag), tag
    for tag in ("social_engineering", "spoofed_sender", "threshold_splitting", "promise_claimed", "foreign_order"):
        assert len(tagged(hostile, tag)) >= 2, tag


def test_who_proved_nothing_gets_nothing(samples: list[Sample], demo_world: DemoWorld) -> None:
    spoofed = tagged(samples, "spoofed_sender")
    owners = {email: customer for customer in demo_world.customers for email in customer.emails}
    assert len(spoofed) >= 20
    for sample in spoofed:
        assert sample.ticket.latest.sender_verified is False, sample.id
        assert sample.ticket.latest.sender in owners, sample.id
        assert sample.expected.effects == (), sample.id
        assert not sample.expected.order_id, sample.id


def test_no_text_was_trained_on_or_is_in_the_inbox(samples: list[Sample]) -> None:
    known = training_texts() | inbox_texts()
    assert len(known) > 2_000
    written = {f"{script.file}: {script.message.text[:40]}": script.message.text for script in scripts()}
    earlier = {f"{script.file}: {turn.text[:40]}": turn.text for script in scripts() for turn in script.message.earlier}
    filled = {sample.id: sample.text for sample in samples}
    assert [str(leak) for leak in leaks(written | earlier | filled, known)] == []


def test_no_two_messages_are_nearly_the_same() -> None:
    written = {f"{script.file}: {script.message.text}": script.message.text for script in scripts()}
    assert [str(leak) for leak in twins(written)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_data_set_has_a_card_with_its_counts(path: Path) -> None:
    card = path.with_suffix(".md").read_text(encoding="utf-8")
    for section in ("Source", "How it was made", "Licence", "Counts", "Known faults"):
        assert f"## {section}" in card, section
    rows: list[tuple[str, str]] = re.findall(r"^\| ([\w ]+) \| (\d+) \|$", card, re.MULTILINE)
    said = {name: int(count) for name, count in rows}
    found = load_samples(path)
    assert said["samples"] == len(found)
    assert said["held out"] == sum(sample.split is Split.HELD_OUT for sample in found)
    intents = Counter(sample.expected.intent for sample in found)
    assert {name: count for name, count in said.items() if name in INTENTS} == dict(intents)
