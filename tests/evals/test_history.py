"""What people decided becomes samples: masked, labelled with what they said, and only once a lead stands for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.case import Classification
from agent.reasoners.vocabulary import vocabulary
from agent.repositories import CaseRecord
from evals import history
from evals.history import Candidate, Decided, Past, approved, candidates, past_of, write_candidates
from evals.sample import DatasetError
from knowledge.embedding import HashingEmbedder
from knowledge.index import InMemoryIndex
from knowledge.ingest import ingest_folder
from knowledge.playbooks import load_playbooks
from server.settings import SOURCES
from tests.journeys.shop import LIMITS, Brand, Shop
from tools.connectors.demo import DemoWorld


@pytest.fixture(scope="module")
def premises(demo_world: DemoWorld, demo_database: Path) -> Brand:
    """The demo brand with its knowledge and playbooks, ready to open a shop over."""
    index = InMemoryIndex(HashingEmbedder())
    ingest_folder(SOURCES / "policies", index)
    book = load_playbooks(SOURCES / "playbooks", SOURCES / "macros", vocabulary(LIMITS))
    return Brand(demo_world, demo_database, index, book)


@pytest.fixture
def shop(premises: Brand, tmp_path: Path) -> Iterator[Shop]:
    with premises.open(tmp_path) as opened:
        yield opened


def past(shop: Shop) -> list[Past]:
    return list(past_of(shop.database.cases, shop.database.approvals, shop.readers))


def asked(shop: Shop) -> CaseRecord:
    """A customer asks for a return and signs with everything that is personal about them."""
    order = shop.planted("return_ok")
    owner = shop.owner(order)
    home = owner.default_address
    assert home is not None
    text = (
        f"I'd like to return everything of {order.number}.\n{owner.name}\n{home.line1}, {home.postal_code} {home.city}"
        f"\n{owner.emails[0]}\ncall me: +1 512 555 0147"
    )
    return shop.ask(text, order, "return_request")


def one(shop: Shop) -> Candidate:
    (found,) = candidates(past(shop))
    return found


def test_what_was_accepted_labels_the_intent_and_hides_the_person(shop: Shop) -> None:
    record = asked(shop)
    shop.sign(record)
    found = one(shop)
    owner = shop.owner(shop.planted("return_ok"))
    assert found.decided is Decided.ACCEPTED
    assert found.decided_by == "dana"
    assert found.approved_by == ""
    assert found.sample.expected.intent == "return_request"
    assert found.sample.expected.effects is None
    whole = found.sample.model_dump_json()
    assert owner.default_address is not None
    for secret in (*owner.emails, *owner.name.split(), owner.default_address.line1, "512 555 0147"):
        assert secret not in whole, secret
    assert shop.planted("return_ok").number in found.sample.text


def test_what_was_edited_is_told_apart(shop: Shop) -> None:
    from agent import edits

    record = asked(shop)
    assert record.proposal is not None
    assert record.proposal.reply is not None
    text = record.proposal.reply.text.replace("Pack the items", "Please pack the items")
    edited = shop.change(record, lambda proposal: edits.with_reply(proposal, text, "dana"))
    shop.sign(edited)
    assert one(shop).decided is Decided.EDITED


def test_what_was_refused_forbids_the_effects_and_leaves_the_intent_to_the_reader(shop: Shop) -> None:
    record = asked(shop)
    owner = shop.owner(shop.planted("return_ok"))
    shop.reject(record, reason=f"{owner.name} only asked for the rules")
    (rejected,) = past(shop)
    drafted_anew = rejected.requests[-1].model_copy(update={"decision": None, "effects": ()})
    (found,) = candidates([replace(rejected, requests=[rejected.requests[0], drafted_anew])])
    assert found.decided is Decided.REJECTED
    assert found.sample.expected.intent == ""
    assert found.sample.expected.forbidden == ("create_return",)
    assert "only asked for the rules" in found.sample.note
    assert owner.name not in found.sample.note


def test_who_a_message_says_it_is_from_is_hidden_without_a_customer_record(shop: Shop) -> None:
    record = asked(shop)
    shop.sign(record)
    (each,) = past(shop)
    sender = {"sender_name": "Wolfgang Quist", "sender": "quist@elsewhere.example", "text": "thanks, wolfgang quist"}
    message = each.ticket.latest.model_copy(update=sender)
    stranger = replace(each, customer=None, ticket=each.ticket.model_copy(update={"messages": (message,)}))
    (found,) = candidates([stranger])
    assert "quist" not in found.sample.model_dump_json().casefold()


def test_what_somebody_has_read_and_named_is_never_written_over(file: Path, shop: Shop) -> None:
    named(file, "dana")
    with pytest.raises(DatasetError, match="is there already, perhaps with names"):
        write_candidates(candidates(past(shop)), file)
    assert len(approved(file, LIMITS)[0]) == 1


def test_what_was_written_after_the_answer_is_in_no_sample(shop: Shop) -> None:
    """A newer message, understood as something else, that nobody has decided about."""
    record = asked(shop)
    shop.sign(record)
    (each,) = past(shop)
    newer = each.ticket.latest.model_copy(update={"id": "newer", "text": "Encore une question: où est mon colis ?"})
    said = Classification(intent="order_status", confidence=0.9, language="fr")
    ticket = each.ticket.model_copy(update={"messages": (*each.ticket.messages, newer)})
    case = each.case.model_copy(update={"classification": said})
    (found,) = candidates([replace(each, case=case, ticket=ticket)])
    assert (found.sample.expected.intent, found.sample.expected.language) == ("return_request", "en")
    assert len(found.sample.ticket.messages) == 1


def test_what_nobody_answered_is_no_history(shop: Shop) -> None:
    asked(shop)
    assert len(past(shop)) == 1
    assert list(candidates(past(shop))) == []


def test_all_pages_of_cases_are_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 1)
    for order_id in shop.world.planted["return_ok"][:3]:
        shop.ask("Please take it back", shop.order(order_id), "return_request")
    assert len({each.case.case_id for each in past(shop)}) == 3


def named(path: Path, name: str) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("".join(json.dumps({**row, "approved_by": name}) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def file(shop: Shop, tmp_path: Path) -> Path:
    record = asked(shop)
    shop.sign(record)
    path = tmp_path / "candidates.jsonl"
    assert write_candidates(candidates(past(shop)), path) == 1
    return path


def test_nothing_becomes_a_sample_unread(file: Path) -> None:
    assert approved(file, LIMITS) == ([], [])


def test_a_lead_makes_it_a_sample(file: Path) -> None:
    named(file, "Dana Whitfield")
    samples, problems = approved(file, LIMITS)
    assert problems == []
    assert [sample.expected.intent for sample in samples] == ["return_request"]
    assert samples[0].dataset == "history"


@pytest.mark.parametrize(("name", "said"), [("noor", "takes the name of lead"), ("mallory", "nobody in `people`")])
def test_nobody_else_does(name: str, said: str, file: Path) -> None:
    named(file, name)
    samples, problems = approved(file, LIMITS)
    assert samples == []
    assert [problem.column for problem in problems] == ["approved_by"]
    assert said in str(problems[0])


def test_a_spoilt_line_is_named_and_the_rest_counts(file: Path) -> None:
    named(file, "dana")
    file.write_text('{"sample": 1}\n' + file.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    samples, problems = approved(file, LIMITS)
    assert len(samples) == 1
    assert [problem.line for problem in problems] == [1, 3]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        approved(tmp_path / "none.jsonl", LIMITS)
