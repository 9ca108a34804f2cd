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


def cancelling(session: BrandSession, **world: JsonValue) -> Sample:
    """Who placed an order that has not shipped asks to cancel it."""
    return asking(session, "Please cancel my order {number}, I ordered it by mistake.", "pending", **world)


def asking(session: BrandSession, text: str, stage: str, **world: JsonValue) -> Sample:
    import sqlite3

    with sqlite3.connect(session.worlds.template) as connection:
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


def solved(session: BrandSession, sample: Sample, approver: str = "approve_all") -> Episode:
    return session.solve(sample, approver_named(approver))


def kinds(episode: Episode) -> set[str]:
    return {entry.action.kind for entry in episode.effects}


def changed(episode: Episode) -> Mapping[str, int]:
    tables = [change.noun for change in episode.diff]
    return {table: tables.count(table) for table in dict.fromkeys(tables)}


def test_what_is_signed_happens_and_the_diff_shows_it(session: BrandSession) -> None:
    sample = cancelling(session)
    episode = solved(session, sample)
    assert "cancel_order" in kinds(episode)
    assert episode.status is CaseStatus.ANSWERED
    (order,) = [change for change in episode.diff if change.noun == "orders"]
    assert order.id == sample.expected.order_id
    assert order.fields()["stage"] == ("pending", "cancelled")
    assert [request.decided_by for request in episode.signatures] != [""]
    assert episode.replies
    assert episode.error == ""
    assert episode.proposed[0].actions


def test_the_same_sample_gives_the_same_episode_but_for_the_time_it_took(session: BrandSession) -> None:
    first, again = (solved(session, cancelling(session)) for _ in range(2))
    assert first.measured.seconds != again.measured.seconds
    assert first.model_copy(update={"measured": Measured()}) == again.model_copy(update={"measured": Measured()})


def test_a_world_is_fresh_after_one_in_which_much_happened(session: BrandSession) -> None:
    solved(session, cancelling(session))
    assert cancelling(session) == cancelling(session)
    assert "cancel_order" in kinds(solved(session, cancelling(session)))


def test_who_signs_nothing_gets_nothing_done(session: BrandSession) -> None:
    for approver in ("reject_all", "adversarial"):
        episode = solved(session, cancelling(session), approver)
        assert "cancel_order" not in kinds(episode)
        assert "orders" not in changed(episode)
        assert not episode.replies


def test_every_attempt_to_sign_without_the_right_is_turned_away_with_the_reason(session: BrandSession) -> None:
    episode = solved(session, cancelling(session), "adversarial")
    said = " ".join(episode.turned_away)
    assert 'answers to "mallory"' in said
    assert "is not what you were shown" in said
    assert [request.decided_by for request in episode.requests] == [""]


def test_by_label_signs_what_is_expected_and_turns_the_rest_down(session: BrandSession) -> None:
    sample = cancelling(session)
    assert "cancel_order" in kinds(solved(session, sample, "by_label"))
    none_due = sample.model_copy(update={"expected": sample.expected.model_copy(update={"effects": ()})})
    assert "cancel_order" not in kinds(solved(session, none_due, "by_label"))


def test_a_patch_changes_the_world_that_the_sample_meets(session: BrandSession) -> None:
    order = cancelling(session).expected.order_id
    shipped = cancelling(session, patches=[{"noun": "orders", "id": order, "fields": {"stage": "shipped"}}])
    episode = solved(session, shipped)
    assert "cancel_order" not in kinds(episode)
    assert "orders" not in changed(episode)
    gone = cancelling(session, patches=[{"noun": "orders", "id": order, "fields": None}])
    assert "cancel_order" not in kinds(solved(session, gone))


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
    session: BrandSession, patch: dict[str, JsonValue], said: str
) -> None:
    with pytest.raises(DatasetError, match="sample t-1") as caught:
        solved(session, cancelling(session, patches=[patch]))
    assert said in str(caught.value)


def test_limits_of_a_world_are_a_leads_changes_and_checked_as_such(session: BrandSession) -> None:
    forbidden = cancelling(session, limits={"actions": {"cancel_order": {"verdict": "block", "role": None}}})
    assert "cancel_order" not in kinds(solved(session, forbidden))
    with pytest.raises(DatasetError, match="sample t-1: limits"):
        solved(session, cancelling(session, limits={"actions": {"cancel_order": {"verdict": "perhaps"}}}))


def test_a_passage_of_a_world_is_found_and_only_there(session: BrandSession) -> None:
    changed_rule: list[JsonValue] = [
        {"document": "orders", "anchor": "cancel-before-shipping", "text": "Orders are never cancelled. Zebra."}
    ]
    passages = solved(session, cancelling(session, passages=changed_rule)).investigation
    plain = solved(session, cancelling(session)).investigation
    assert passages is not None
    assert plain is not None
    assert any("Zebra" in passage.text for passage in passages.passages)
    assert not any("Zebra" in passage.text for passage in plain.passages)


def test_a_port_that_is_down_is_what_the_sample_wanted_and_no_error(session: BrandSession) -> None:
    episode = solved(session, cancelling(session, down=["orders"]))
    assert episode.error == ""
    assert "cancel_order" not in kinds(episode)


def test_what_was_asked_before_counts_and_is_not_in_the_diff(session: BrandSession) -> None:
    sample = cancelling(session)
    earlier = sample.ticket.model_copy(update={"id": "t-0"})
    before = sample.world.model_copy(update={"before": (earlier,)})
    episode = solved(session, sample.model_copy(update={"world": before}))
    assert "cancel_order" not in kinds(episode)
    assert "orders" not in changed(episode)


@pytest.mark.system("U14")
def test_a_model_that_cannot_be_reached_is_an_error_and_no_wrong_answer(session: BrandSession) -> None:
    model = LanguageModel(kind="llm", model="tiny", base_url="http://127.0.0.1:9/v1", seconds=2)
    playbook = session.reasoner.inner
    assert isinstance(playbook, PlaybookReasoner)
    chat = HeardChat(Unreachable())
    reasoner = RecordingReasoner(with_model(playbook, session.limits, model, chat))
    away = replace(session, solver=replace(session.solver, model=model), reasoner=reasoner, chat=chat)
    asked = cancelling(session)
    episode = away.solve(asked, approver_named("approve_all"))
    assert episode.error == "the model could not be asked: nobody is there"
    assert solved(session, asked).error == ""


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
