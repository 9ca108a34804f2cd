from __future__ import annotations

from dataclasses import replace

import pytest

from agent.case import Classification, ProposedResolution
from agent.investigation.needs import Needs
from agent.reasoners.base import Brief, Reasoner
from agent.reasoners.scripted import Leftover, ScriptedReasoner, Surprise, Turn
from tests.agent.reasoners.example import brief

SAID = Classification(intent="order_status", confidence=0.9)
FIRST = ProposedResolution(rationale="first")
SECOND = ProposedResolution(rationale="second")
CASE = brief()
TURN = Turn(ticket_id="t1", classification=SAID, proposals=(FIRST, SECOND), needs=Needs(lookups=frozenset({"order"})))


def played(*turns: Turn) -> Reasoner:
    """As the graph sees it: a reasoner like any other."""
    return ScriptedReasoner(turns)


def test_it_says_what_the_script_says_in_its_order() -> None:
    with ScriptedReasoner([TURN]) as reasoner:
        said = reasoner.classify(CASE.ticket, "")
        assert reasoner.needs(said).lookups == {"order"}
        assert [reasoner.propose(CASE) for _ in range(2)] == [FIRST, SECOND]
        assert reasoner.usage().model_calls == 0


def test_a_proposal_may_be_made_from_the_case() -> None:
    def made(case: Brief) -> ProposedResolution:
        return ProposedResolution(rationale=f"about {case.ticket.id}")

    with ScriptedReasoner([replace(TURN, proposals=(made,))]) as reasoner:
        reasoner.classify(CASE.ticket, "")
        assert reasoner.propose(CASE).rationale == "about t1"


def test_tickets_come_in_any_order_and_messages_of_one_in_theirs() -> None:
    other = CASE.ticket.model_copy(update={"id": "t2"})
    second = Turn(ticket_id="t1", classification=SAID.model_copy(update={"intent": "thanks"}))
    with ScriptedReasoner([replace(TURN, proposals=()), second, Turn(ticket_id="t2", classification=SAID)]) as reasoner:
        assert reasoner.classify(other, "").intent == "order_status"
        assert reasoner.classify(CASE.ticket, "").intent == "order_status"
        assert reasoner.classify(CASE.ticket, "").intent == "thanks"


def test_a_surprise_fails() -> None:
    reasoner = played(replace(TURN, proposals=(FIRST,)))
    reasoner.classify(CASE.ticket, "")
    with pytest.raises(Surprise, match="classified already"):
        reasoner.classify(CASE.ticket, "")
    reasoner.propose(CASE)
    with pytest.raises(Surprise, match="nothing left for ticket t1, and propose"):
        reasoner.propose(CASE)
    with pytest.raises(Surprise, match="nothing left for ticket t1, and classify"):
        played().classify(CASE.ticket, "")


def test_proposals_do_not_run_out_silently() -> None:
    reasoner = played(replace(TURN, proposals=()))
    with pytest.raises(Surprise, match="no proposal is left"):
        reasoner.propose(CASE)


def test_a_leftover_fails() -> None:
    with pytest.raises(Leftover, match="t1: its classification and 2 of 2"), ScriptedReasoner([TURN]):
        pass
    reasoner = ScriptedReasoner([TURN])
    reasoner.classify(CASE.ticket, "")
    reasoner.propose(CASE)
    with pytest.raises(Leftover, match="t1: 1 of 2"):
        reasoner.finish()


def test_a_failing_test_is_not_hidden_by_its_leftovers() -> None:
    with pytest.raises(ZeroDivisionError), ScriptedReasoner([TURN]):
        raise ZeroDivisionError


def test_a_resumed_case_is_not_classified_again() -> None:
    with ScriptedReasoner([Turn(ticket_id="t1", proposals=(FIRST,))]) as reasoner:
        assert reasoner.propose(CASE) == FIRST
