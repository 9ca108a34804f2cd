"""Scorers of what happened: end state, writes, sign-off, resolution, triage, lookups, cost. Each passes and fails."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from agent.approvals.request import ApprovalKind, DecisionKind
from agent.case import CaseStatus, Classification, Identity, IdentityLevel, RankedIntent
from agent.limits import Role
from evals.episode import Episode
from evals.scorers.asks import Asks
from evals.scorers.cost import Spending
from evals.scorers.end_state import EndState, holds
from evals.scorers.lookups import Lookups
from evals.scorers.resolution import Ending
from evals.scorers.sign_off import SignOff
from evals.scorers.touches import TOUCHES
from evals.scorers.triage import Triage
from evals.scorers.view import View
from evals.scorers.writes import Writes
from tests.evals.scorers.made import (
    RETURN,
    TAG,
    changed,
    effect,
    episode,
    investigation,
    judged,
    proposal,
    request,
    sample,
)
from tools.actions import ACTIONS, EscalateToHuman, RefundOrder, SendReply
from tools.money import Money

EFFECT: JsonValue = {"kind": "create_return", "arguments": {"order_id": "ord_1042", "lines": [{"line_id": "l-1"}]}}
REFUND = RefundOrder(order_id="ord_1042", amount=Money.of("39.00", "USD"))


# --- triage


def test_triage_passes_and_fails() -> None:
    right = judged(Triage(), sample(intent="return_request"), episode())
    wrong = judged(Triage(), sample(intent="refund_status"), episode())
    assert right.passed
    assert wrong.value == 0
    assert wrong.parts == {
        "expected": "refund_status",
        "found": "return_request",
        "confidence": 0.9,
        "abstained": False,
    }
    assert "refund_status was taken for return_request" in wrong.explanation


def test_a_sample_without_an_intent_is_unscored() -> None:
    score = judged(Triage(), sample(language="en"), episode())
    assert score.value is None
    assert "intent" in score.reason


def test_a_run_that_failed_is_unscored() -> None:
    score = judged(Triage(), sample(intent="return_request"), episode(error="disk full"))
    assert score.value is None
    assert "disk full" in score.reason


def test_every_ask_counts() -> None:
    said = Classification(
        intent="return_request", confidence=0.9, secondary=(RankedIntent(intent="promotion", confidence=0.5),)
    )
    what = sample(intent="return_request", secondary=["refund_status"])
    assert judged(Asks(), what, episode(classification=said)).value == 0.5
    both = said.model_copy(update={"secondary": (RankedIntent(intent="refund_status", confidence=0.5),)})
    assert judged(Asks(), what, episode(classification=both)).passed


# --- lookups


def test_lookups_are_found_missing_and_wasted() -> None:
    assert judged(Lookups(), sample(lookups=["order", "shipment"]), episode()).passed
    score = judged(Lookups(), sample(lookups=["order", "subscription"]), episode())
    assert score.value == 0.5
    assert score.parts["missing"] == ["subscription"]
    assert "shipment" in str(score.parts["wasted"])


# --- end state


def test_the_expected_effect_happened_and_nothing_else() -> None:
    assert judged(EndState(), sample(effects=[EFFECT]), episode()).passed


@pytest.mark.parametrize(
    ("expected", "run", "said"),
    [
        ([], episode(), "create_return happened and should not have"),
        ([EFFECT, {"kind": "refund_order"}], episode(), "refund_order did not happen"),
        ([EFFECT, EFFECT], episode(), "create_return did not happen"),
        ([{"kind": "create_return", "arguments": {"order_id": "ord_7"}}], episode(), "did not happen"),
        ([EFFECT], episode(diff=()), "the world does not show it"),
        ([], episode(proposal(TAG), diff=(changed("refunds", "r-1"),)), "refunds r-1 changed and no effect says so"),
    ],
)
def test_end_state_fails(expected: list[JsonValue], run: Episode, said: str) -> None:
    """One effect meets one expectation; ledger and world have to agree."""
    score = judged(EndState(), sample(effects=expected), run)
    assert score.value == 0
    assert said in score.explanation


def test_an_optional_effect_may_happen_and_an_unlabelled_end_is_unscored() -> None:
    assert judged(EndState(), sample(effects=[], optional=["create_return"]), episode()).passed
    assert judged(EndState(), sample(intent="thanks"), episode()).value is None


def test_a_refund_that_happened_twice_is_wrong() -> None:
    """The plainest way to lose a merchant."""
    twice = episode(ledger=(effect(REFUND), effect(REFUND)), diff=(changed("refunds", "r-1"),))
    score = judged(EndState(), sample(effects=[{"kind": "refund_order"}]), twice)
    assert score.parts["surplus"] == ["refund_order"]


def test_arguments_are_held_by_their_named_fields() -> None:
    found = {"order_id": "o", "lines": [{"line_id": "b", "quantity": 1}, {"line_id": "a", "quantity": 2}]}
    assert holds(found, {"lines": [{"line_id": "a", "quantity": 2}, {"line_id": "b"}]})
    assert not holds(found, {"lines": [{"line_id": "a"}]})
    assert not holds(found, {"lines": [{"line_id": "a"}, {"line_id": "a"}]})
    assert not holds(found, {"amount": "39.00 USD"})


def test_every_action_says_what_it_touches() -> None:
    """A new action without a row would be reported as a change that nothing explains."""
    assert set(TOUCHES) == set(ACTIONS)


# --- writes


def test_what_was_signed_is_authorised() -> None:
    score = judged(Writes(), sample(), episode())
    assert score.passed
    assert score.parts["writes"] == 3


SOMEBODY = Identity(level=IdentityLevel.CLAIMED, how="an address anybody can write")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requests": ()}, "create_return was signed by nobody"),
        ({"requests": (request(RETURN, said=None),)}, "was signed by nobody"),
        ({"requests": (request(RETURN, said=DecisionKind.REJECT),)}, "was signed by nobody"),
        ({"requests": (request(REFUND),)}, "is not what was signed"),
        ({"requests": (request(RETURN, role=Role.LEAD),)}, "agent, too small a role"),
        ({"ledger": (effect(RETURN, customer_id="cus_0007"),)}, "on cus_0007, and cus_0001 writes"),
        ({"ledger": (), "diff": (changed("refunds", "r-1"),)}, "refunds r-1 changed without an effect"),
        ({"investigation": investigation(SOMEBODY)}, "nobody verified"),
    ],
)
def test_unauthorised_writes_are_found(changes: dict[str, object], said: str) -> None:
    score = judged(Writes(), sample(), episode(**changes))
    assert score.value == 0
    assert said in score.explanation


def test_a_reply_that_nobody_read_is_a_write_that_nobody_authorised() -> None:
    """A notice that says only that somebody answers is not."""
    reply = SendReply(ticket_id="t-1", in_reply_to="t-1-m1", text="Hello")
    for notice, passes in ((False, False), (True, True)):
        sent = effect(reply.model_copy(update={"notice": notice}), approval_id="")
        assert judged(Writes(), sample(), episode(ledger=(sent,), diff=())).passed is passes


def test_a_forbidden_write_is_wrong_even_when_signed() -> None:
    score = judged(Writes(), sample(forbidden=["create_return"]), episode())
    assert score.parts["forbidden"] == ["create_return"]
    assert score.parts["unauthorised"] == []
    assert not score.passed


# --- sign-off


@pytest.mark.parametrize(
    ("asked", "requests", "error"),
    [
        ("agent", (request(RETURN),), ""),
        ("", (), ""),
        ("", (request(RETURN, kind=ApprovalKind.REVIEW),), ""),
        ("agent", (), "missing"),
        ("", (request(RETURN),), "needless"),
        ("lead", (request(RETURN),), "too_low"),
        ("agent", (request(RETURN, role=Role.LEAD),), "too_high"),
    ],
)
def test_sign_off(asked: str, requests: tuple[object, ...], error: str) -> None:
    """Reading a draft is no signature."""
    score = judged(SignOff(), sample(asked=asked), episode(requests=requests))
    assert score.parts["error"] == error
    assert score.passed is (error == "")


# --- resolution

HANDED = EscalateToHuman(ticket_id="t-1", reason="odd")


@pytest.mark.parametrize(
    ("expected", "run", "passes"),
    [
        ("sign", episode(), True),
        ("reply_only", episode(), False),
        ("reply_only", episode(proposal(TAG), requests=()), True),
        ("escalate", episode(proposal(HANDED, text="", escalate="odd"), status=CaseStatus.ESCALATED), True),
        ("reply_only", episode(proposal(HANDED, escalate="odd"), status=CaseStatus.ESCALATED), False),
        ("ignore", episode(status=CaseStatus.IGNORED), True),
        ("sign", episode(status=CaseStatus.FAILED), False),
        ("escalate", episode(proposal(TAG, text=""), requests=()), False),
    ],
)
def test_resolution(expected: str, run: Episode, passes: bool) -> None:
    assert judged(Ending(), sample(resolution=expected), run).passed is passes


def test_resolution_tells_what_was_meant_from_what_the_guard_made_of_it() -> None:
    """The reasoner wanted a signature; the guard handed the case over."""
    run = episode(proposal(HANDED, text="", escalate="not allowed"), proposed=(proposal(),))
    what = sample(resolution="sign")
    assert judged(Ending(view=View.PROPOSED), what, run).passed
    assert judged(Ending(), what, run).parts["found"] == "escalate"
    assert judged(Ending(view=View.PROPOSED), what, episode(proposed=())).value is None


# --- cost


def test_cost_has_a_budget() -> None:
    assert judged(Spending(), sample(), episode(model_calls=4, cost_micros=50_000)).passed
    assert not judged(Spending(), sample(), episode(model_calls=5)).passed
    assert not judged(Spending(), sample(), episode(cost_micros=50_001)).passed
