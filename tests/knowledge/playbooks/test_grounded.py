"""What the shipped replies state rests on the facts of the case and on the passages that their branch cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from agent.case import CitedPassage
from agent.case import Promise as Scheduled
from agent.guard.grounding import ground
from agent.guard.known import Known
from agent.investigation.evidence import evidence_of
from knowledge.ingest import load_folder
from knowledge.playbooks import Engine, FollowUp, PlaybookBook, Scope, as_scope, load_playbooks
from tests.knowledge.playbooks.contract import MACROS, NOW, PLAYBOOKS, SOURCES, changed, usd, vocabulary
from tests.knowledge.playbooks.test_cases import CASES, Changes
from tools.actions import IssueStoreCredit

ZONE = "America/New_York"
CLAIMED = usd("12.00")


class Said(NamedTuple):
    macro: str
    follow_up: FollowUp | None


@pytest.fixture(scope="module")
def book() -> PlaybookBook:
    return load_playbooks(PLAYBOOKS, MACROS, vocabulary())


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(ZONE)


@pytest.fixture(scope="module")
def passages() -> dict[str, CitedPassage]:
    approved = [p for p in load_folder(SOURCES / "policies").passages if p.status == "approved"]
    return {
        f"{p.document_id}#{p.section}": CitedPassage(
            passage_id=p.id, document_id=p.document_id, version=p.version, anchor=p.anchor, title=p.title, text=p.text
        )
        for p in approved
    }


@pytest.mark.parametrize(("intent", "name", "changes"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_every_claim_of_a_reply_has_a_source(
    intent: str,
    name: str,
    changes: Changes,
    book: PlaybookBook,
    engine: Engine,
    passages: dict[str, CitedPassage],
) -> None:
    plain = changed(changes | {"claimed_amount": CLAIMED})
    playbook = book.get(intent)
    (branch,) = (branch for branch in playbook.branches if branch.name == name)
    cited = [passages[cite] for cite in playbook.citations(branch)]
    choices = [Said(choice.reply, choice.follow_up) for choice in branch.alternatives if choice.reply]
    for said in [Said(branch.reply or "", branch.follow_up), *choices]:
        known = known_from(plain, cited, said.follow_up, engine)
        for language, text in letters(book, engine, intent, said, as_scope(plain)):
            assert ground(text, language, known, cited).violations == (), text


def letters(book: PlaybookBook, engine: Engine, intent: str, said: Said, scope: Scope) -> Iterator[tuple[str, str]]:
    macro = book.macro(said.macro, intent)
    for language in ("en", "es", "fr", "de"):
        yield language, engine.render(macro.text(language), scope, language, said.follow_up)


def known_from(
    plain: dict[str, object], cited: Iterable[CitedPassage], follow_up: FollowUp | None, engine: Engine
) -> Known:
    known = Known(ZoneInfo(ZONE))
    for item in evidence_of(plain, NOW):
        known.take_evidence(item)
    for passage in cited:
        known.take_passage(passage)
    known.take_effect(IssueStoreCredit(customer_id="cus_0001", amount=CLAIMED))
    if follow_up is not None:
        known.take_promise(Scheduled(text=follow_up.text, kind="follow_up", due_at=engine.due(follow_up, plain)))
    return known
