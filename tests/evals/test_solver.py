"""Real graph, store, guard, desk and executor; each test says what of a sample reaches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from pydantic import JsonValue

from agent.case import CaseStatus
from agent.reasoners.llm.chat import ModelFailed, ModelTurn, Question
from agent.reasoners.playbook import PlaybookReasoner
from evals.approvers import approver_named
from evals.episode import Episode, Measured
from evals.reasoners import HeardChat, LanguageModel, with_model
from evals.recording import RecordingReasoner
from evals.sample import DatasetError, Sample
from evals.solver import BrandSession


def cancelling(brand: BrandSession, **world: JsonValue) -> Sample:
    """Who placed an order that has not shipped asks to cancel it."""
    return asking(brand, "Please cancel my order {number}, I ordered it by mistake.", "pending", **world)


def asking(brand: BrandSession, text: str, stage: str, **world: JsonValue) -> Sample:
    import sqlite3

    with sqlite3.connect(brand.worlds.template) as connection:
        found = connection.execute(
            "SELECT json_extract(o.body, '$.number'), o.id, json_extract(c.body, '$.emails[0]') "
            "FROM orders o JOIN customers c ON c.id = o.customer_id "
            "WHERE json_extract(o.body, '$.stage') = ? AND json_extract(o.body, '$.hold') IS NULL "
            "AND coalesce(json_extract(o.body, '$.fraud'), 'low') = 'low' ORDER BY o.placed_at DESC",
            (stage,),
        ).fetchone()
    number, order_id, sender = (str(each) for each in found)
    message: dict[str, JsonValue] = {"text": text.format(number=number), "sender": sender, "sender_verified": True}
    return Sample.model_validate(
        {
            "id": "t-1",
            "ticket": {"messages": [message]},
            "world": world,
            "expected": {
                "effects": [{"kind": "cancel_order", "arguments": {"order_id": order_id}}],
                "order_id": order_id,
            },
        }
    )


def solved(brand: BrandSession, sample: Sample, approver: str = "approve_all") -> Episode:
    return brand.solve(sample, approver_named(approver))


def kinds(episode: Episode) -> set[str]:
    return {entry.action.kind for entry in episode.effects}


def changed(episode: Episode) -> Mapping[str, int]:
    tables = [change.noun for change in episode.diff]
    return {table: tables.count(table) for table in dict.fromkeys(tables)}


def test_what_is_signed_happens_and_the_diff_shows_it(brand: BrandSession) -> None:
    sample = cancelling(brand)
    episode = solved(brand, sample)
    assert "cancel_order" in kinds(episode)
    assert episode.status is CaseStatus.ANSWERED
    (order,) = [change for change in episode.diff if change.noun == "orders"]
    assert order.id == sample.expected.order_id
    assert order.fields()["stage"] == ("pending", "cancelled")
    assert [request.decided_by for request in episode.signatures] != [""]
    assert episode.replies
    assert episode.error == ""
    assert episode.proposed[0].actions


def test_the_same_sample_gives_the_same_episode_but_for_the_time_it_took(brand: BrandSession) -> None:
    first, again = (solved(brand, cancelling(brand)) for _ in range(2))
    assert first.measured.seconds != again.measured.seconds
    assert first.model_copy(update={"measured": Measured()}) == again.model_copy(update={"measured": Measured()})


def test_a_world_is_fresh_after_one_in_which_much_happened(brand: BrandSession) -> None:
    solved(brand, cancelling(brand))
    assert cancelling(brand) == cancelling(brand)
    assert "cancel_order" in kinds(solved(brand, cancelling(brand)))


def test_who_signs_nothing_gets_nothing_done(brand: BrandSession) -> None:
    for approver in ("reject_all", "adversarial"):
        episode = solved(brand, cancelling(brand), approver)
        assert "cancel_order" not in kinds(episode)
        assert "orders" not in changed(episode)
        assert not episode.replies


def test_every_attempt_to_sign_without_the_right_is_turned_away_with_the_reason(brand: BrandSession) -> None:
    episode = solved(brand, cancelling(brand), "adversarial")
    said = " ".join(episode.turned_away)
    assert 'answers to "mallory"' in said
    assert "is not what you were shown" in said
    assert [request.decided_by for request in episode.requests] == [""]


def test_by_label_signs_what_is_expected_and_turns_the_rest_down(brand: BrandSession) -> None:
    sample = cancelling(brand)
    assert "cancel_order" in kinds(solved(brand, sample, "by_label"))
    none_due = sample.model_copy(update={"expected": sample.expected.model_copy(update={"effects": ()})})
    assert "cancel_order" not in kinds(solved(brand, none_due, "by_label"))


def test_a_patch_changes_the_world_that_the_sample_meets(brand: BrandSession) -> None:
    order = cancelling(brand).expected.order_id
    shipped = cancelling(brand, patches=[{"noun": "orders", "id": order, "fields": {"stage": "shipped"}}])
    episode = solved(brand, shipped)
    assert "cancel_order" not in kinds(episode)
    assert "orders" not in changed(episode)
    gone = cancelling(brand, patches=[{"noun": "orders", "id": order, "fields": None}])
    assert "cancel_order" not in kinds(solved(brand, gone))


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ({"noun": "orders", "id": "ord_none", "fields": {"stage": "shipped"}}, "there is none with this id"),
        ({"noun": "orders", "id": "ord_none", "fields": None}, "there is no orders ord_none to take away"),
        ({"noun": "orders", "id": "ord_1042", "fields": {"stage": "lost"}}, "orders ord_1042: stage"),
        ({"noun": "orders", "id": "ord_1042", "fields": {"id": "ord_1"}}, "the fields change its id to ord_1"),
    ],
)
def test_a_patch_that_fits_nothing_is_an_error_of_the_sample(
    brand: BrandSession, patch: dict[str, JsonValue], said: str
) -> None:
    with pytest.raises(DatasetError, match="sample t-1") as caught:
        solved(brand, cancelling(brand, patches=[patch]))
    assert said in str(caught.value)


def test_limits_of_a_world_are_a_leads_changes_and_checked_as_such(brand: BrandSession) -> None:
    forbidden = cancelling(brand, limits={"actions": {"cancel_order": {"verdict": "block", "role": None}}})
    assert "cancel_order" not in kinds(solved(brand, forbidden))
    with pytest.raises(DatasetError, match="sample t-1: limits"):
        solved(brand, cancelling(brand, limits={"actions": {"cancel_order": {"verdict": "perhaps"}}}))


def test_a_passage_of_a_world_is_found_and_only_there(brand: BrandSession) -> None:
    changed_rule: list[JsonValue] = [
        {"document": "orders", "anchor": "cancel-before-shipping", "text": "Orders are never cancelled. Zebra."}
    ]
    passages = solved(brand, cancelling(brand, passages=changed_rule)).investigation
    plain = solved(brand, cancelling(brand)).investigation
    assert passages is not None
    assert plain is not None
    assert any("Zebra" in passage.text for passage in passages.passages)
    assert not any("Zebra" in passage.text for passage in plain.passages)


def test_a_port_that_is_down_is_what_the_sample_wanted_and_no_error(brand: BrandSession) -> None:
    episode = solved(brand, cancelling(brand, down=["orders"]))
    assert episode.error == ""
    assert "cancel_order" not in kinds(episode)


def test_what_was_asked_before_counts_and_is_not_in_the_diff(brand: BrandSession) -> None:
    sample = cancelling(brand)
    earlier = sample.ticket.model_copy(update={"id": "t-0"})
    before = sample.world.model_copy(update={"before": (earlier,)})
    episode = solved(brand, sample.model_copy(update={"world": before}))
    assert "cancel_order" not in kinds(episode)
    assert "orders" not in changed(episode)


@pytest.mark.system("U14")
def test_a_model_that_cannot_be_reached_is_an_error_and_no_wrong_answer(brand: BrandSession) -> None:
    model = LanguageModel(kind="llm", model="tiny", base_url="http://127.0.0.1:9/v1", seconds=2)
    playbook = brand.reasoner.inner
    assert isinstance(playbook, PlaybookReasoner)
    chat = HeardChat(Unreachable())
    reasoner = RecordingReasoner(with_model(playbook, brand.limits, model, chat))
    session = replace(brand, solver=replace(brand.solver, model=model), reasoner=reasoner, chat=chat)
    asked = cancelling(brand)
    episode = session.solve(asked, approver_named("approve_all"))
    assert episode.error == "the model could not be asked: nobody is there"
    assert solved(brand, asked).error == ""


@dataclass
class Unreachable:
    """`agent.reasoners.llm.chat.Chat` without an endpoint."""

    model: str = "tiny"

    def ask(self, question: Question) -> ModelTurn:
        raise ModelFailed("nobody is there")


def test_what_a_model_costs_is_rounded_up_to_a_millionth() -> None:
    model = LanguageModel(kind="llm", model="m", base_url="http://x", input_price=150_000, output_price=600_000)
    assert model.cost_micros(1_000_000, 0) == 150_000
    assert model.cost_micros(1, 0) == 1
    assert model.cost_micros(1_000, 500) == 450
