from __future__ import annotations

import pytest

from agent.approvals.request import ApprovalKind, ApprovalRequest, DecisionKind
from agent.limits import Role, load_limits, shipped_limits
from evals.approvers import ANOTHER_CARD, APPROVERS, NOBODY, UnknownApprover, approver_named
from evals.sample import Sample
from tests.evals.fakes import NOON, sample
from tools.actions import Action, CancelOrder, RefundOrder, TagTicket
from tools.money import Money

LIMITS = load_limits(shipped_limits())
CANCEL = CancelOrder(order_id="ord_1")


def refund(amount: str) -> RefundOrder:
    return RefundOrder(order_id="ord_1", amount=Money.model_validate(amount))


def request(*effects: Action, role: Role = Role.LEAD, amount: str = "") -> ApprovalRequest:
    return ApprovalRequest(
        id="ap-1",
        case_id="local-t-1",
        ticket_id="t-1",
        kind=ApprovalKind.SIGN,
        effects=effects or (CANCEL,),
        bindings={},
        required_role=role,
        amount=Money.model_validate(amount) if amount else None,
        created_at=NOON,
        expires_at=NOON,
    )


def labelled(**expected: object) -> Sample:
    plain = sample(1).model_dump(mode="json")
    return Sample.model_validate({**plain, "expected": expected})


def test_who_approves_all_asks_the_least_trusted_who_may_first() -> None:
    answers = approver_named("approve_all").answers(request(role=Role.LEAD), sample(1), LIMITS)
    assert [(answer.kind, answer.by) for answer in answers] == [
        (DecisionKind.APPROVE, "dana"),
        (DecisionKind.APPROVE, "priya"),
    ]


def test_who_rejects_all_gives_a_reason() -> None:
    answers = approver_named("reject_all").answers(request(), sample(1), LIMITS)
    assert {answer.kind for answer in answers} == {DecisionKind.REJECT}
    assert all(answer.reason for answer in answers)


@pytest.mark.parametrize(
    ("effects", "asked", "kind"),
    [
        ([{"kind": "cancel_order"}], (CANCEL,), DecisionKind.APPROVE),
        ([{"kind": "cancel_order"}], (CANCEL, TagTicket(ticket_id="t-1", tags=("x",))), DecisionKind.APPROVE),
        ([{"kind": "cancel_order"}], (CANCEL, refund("5.00 USD")), DecisionKind.REJECT),
        ([{"kind": "cancel_order"}], (TagTicket(ticket_id="t-1", tags=("x",)),), DecisionKind.REJECT),
        ([], (CANCEL,), DecisionKind.REJECT),
        ([{"kind": "cancel_order"}, {"kind": "open_carrier_trace"}], (CANCEL,), DecisionKind.APPROVE),
        ([{"kind": "open_carrier_trace"}], (CANCEL,), DecisionKind.REJECT),
    ],
)
def test_by_label_knows_what_is_due(effects: list[object], asked: tuple[Action, ...], kind: DecisionKind) -> None:
    answers = approver_named("by_label").answers(request(*asked), labelled(effects=effects), LIMITS)
    assert {answer.kind for answer in answers} == {kind}


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        ("50.00 USD", DecisionKind.APPROVE),
        ("50.01 USD", DecisionKind.REJECT),
        ("1.00 EUR", DecisionKind.REJECT),
        ("", DecisionKind.REJECT),
    ],
)
def test_up_to_an_amount_and_not_a_cent_more(amount: str, kind: DecisionKind) -> None:
    asked = request(refund("1.00 USD"), amount=amount)
    answers = approver_named("up_to:50.00 USD").answers(asked, sample(1), LIMITS)
    assert {answer.kind for answer in answers} == {kind}


def test_what_gives_nothing_away_is_under_every_amount() -> None:
    answers = approver_named("up_to:0.00 USD").answers(request(CANCEL), sample(1), LIMITS)
    assert {answer.kind for answer in answers} == {DecisionKind.APPROVE}


def test_the_adversary_only_tries_what_must_be_turned_away() -> None:
    answers = approver_named("adversarial").answers(request(role=Role.LEAD), sample(1), LIMITS)
    right = {"dana", "priya"}
    assert NOBODY in {answer.by for answer in answers}
    assert {"noor", "sam"} <= {answer.by for answer in answers}
    assert all(answer.digest == ANOTHER_CARD for answer in answers if answer.by in right)


def test_an_unknown_approver_is_named_with_those_that_exist() -> None:
    for name in ("boss", "up_to:", "up_to:much"):
        with pytest.raises(UnknownApprover, match=f'no approver "{name}"; use approve_all, reject_all'):
            approver_named(name)
    assert {approver.name for approver in APPROVERS.values()} == set(APPROVERS)
