from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from agent.case import Identity, IdentityLevel, Investigation, LookupCall
from agent.investigation.asked import MOST_LOOKUPS, CaseLookups, case_lookups, with_answers
from knowledge.documents import DocumentKind, DocumentStatus, Passage
from tests.tools.conftest import fill
from tests.tools.world import ADA, NOW
from tools.errors import Unavailable
from tools.lookups import Fields, Lookup
from tools.store.local import LocalStore

VERIFIED = Identity(level=IdentityLevel.VERIFIED, customer_id=ADA.id, how="test")
STRANGER = Identity(level=IdentityLevel.UNKNOWN, how="test")
EMPTY = Investigation(identity=VERIFIED)
RETURNS = Passage(
    id="returns@v1#window",
    document_id="returns",
    version=1,
    anchor="window",
    title="Window",
    text="30 days",
    status=DocumentStatus.APPROVED,
    kind=DocumentKind.POLICY,
    effective_from=date(2026, 1, 1),
    sha256="",
)


@dataclass(frozen=True)
class Hit:
    passage: Passage


class Shelf:
    """Knows one passage."""

    def search(self, question: str, k: int, now: datetime) -> list[Hit]:
        return [Hit(RETURNS)] if "return" in question else []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Generator[LocalStore]:
    path: Path = tmp_path_factory.mktemp("asked") / "store.db"
    with LocalStore.open(f"sqlite:///{path}") as opened:
        fill(opened)
        yield opened


def lookups(store: LocalStore, who: Identity = VERIFIED) -> CaseLookups:
    return case_lookups(who, store.readers(), Shelf(), NOW)


def call(name: str, **arguments: str) -> LookupCall:
    return LookupCall(name=name, arguments=arguments)


def test_a_stranger_may_ask_about_the_shop_alone(store: LocalStore) -> None:
    assert set(lookups(store, STRANGER).offered) == {"products", "policy"}
    assert "order" in lookups(store).offered


def test_answers_become_evidence_with_source_and_time(store: LocalStore) -> None:
    known = with_answers(EMPTY, [call("order", number="1002")], lookups(store))
    [item] = known.evidence
    assert (item.id, item.kind, item.as_of) == ("asked:1:order", "asked_order", NOW)
    assert (item.fields["total"], item.fields["number"]) == ("117.90 USD", "#1002")


def test_the_question_is_never_evidence(store: LocalStore) -> None:
    asked = [call("order", number="500.00 USD"), call("products", words="500.00 USD for the stone mug")]
    known = with_answers(EMPTY, asked, lookups(store))
    assert "500" not in known.model_dump_json()


def test_policies_found_may_be_cited(store: LocalStore) -> None:
    known = with_answers(EMPTY, [call("policy", question="may I return it")], lookups(store))
    assert [passage.passage_id for passage in known.passages] == ["returns@v1#window"]
    assert known.evidence == ()


def test_asking_again_adds_nothing(store: LocalStore) -> None:
    calls = [call("order", number="1002")]
    once = with_answers(EMPTY, calls, lookups(store))
    assert with_answers(once, calls, lookups(store)) == once


def test_no_more_than_a_few_answers_count(store: LocalStore) -> None:
    known = with_answers(EMPTY, [call("order", number="1002")] * 20, lookups(store))
    assert len(known.evidence) == MOST_LOOKUPS


@pytest.mark.parametrize(
    "wrong",
    [call("refund_order", order_id="o-1002"), call("order"), call("order", number="1", customer_id="c-bob")],
    ids=["a write", "no argument", "another customer"],
)
@pytest.mark.system("U5")
def test_what_is_not_offered_finds_nothing_and_says_why(store: LocalStore, wrong: LookupCall) -> None:
    offered = lookups(store)
    assert offered.answer(wrong)["found"] is False
    assert with_answers(EMPTY, [wrong], offered) == EMPTY


def test_a_system_that_is_down_is_said() -> None:
    def broken() -> Fields:
        """Read what cannot be read."""
        raise Unavailable("the store does not answer")

    offered = CaseLookups(offered={"broken": Lookup.of(broken)}, passages=lambda _: (), now=NOW)
    assert offered.answer(call("broken")) == {"found": False, "why": "the store does not answer"}
