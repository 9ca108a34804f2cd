"""From a judged proposal to what a person sees: all that is gated, nothing that is free, in time and role exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from agent.approvals import ApprovalKind, ApprovalRequest
from agent.asking import request_for
from agent.case import ActionVerdict, Draft, GuardVerdict, ProposedResolution, Verdict, Violation
from agent.limits import PolicyLimits, Role, load_limits, shipped_limits
from tests.tools.world import NOW
from tools import actions as act
from tools.money import Money

LIMITS = load_limits(shipped_limits())
REFUND = act.RefundOrder(order_id="o-5", amount=Money.of("39.00", "USD"))
AGAIN = act.ReplaceItems(order_id="o-5", lines=(act.Lines(line_id="l-1"),))
TAG = act.TagTicket(ticket_id="t-7", tags=("late",))
DRAFT = Draft(text="Hello", language="en", in_reply_to="m-3")
REPLY = act.SendReply(ticket_id="t-7", in_reply_to="m-3", text="Hello", language="en")


def judged(action: act.Action, verdict: Verdict, role: str = "", rule: str = "action.x") -> ActionVerdict:
    spoken = (Violation(rule=rule, verdict=verdict, message=f"{action.kind} is looked at.", role=role),)
    violations = () if verdict is Verdict.ALLOW else spoken
    return ActionVerdict(
        kind=action.kind, fingerprint=action.fingerprint(), verdict=verdict, role=role, violations=violations
    )


def ask(
    *judgements: ActionVerdict,
    actions: tuple[act.Action, ...] = (),
    reply: Draft | None = None,
    case: tuple[Violation, ...] = (),
    amounts: Mapping[str, Money] | None = None,
    limits: PolicyLimits = LIMITS,
) -> ApprovalRequest:
    return request_for(
        case_id="local-t-7",
        ticket_id="t-7",
        customer_id="c-3",
        proposal=ProposedResolution(actions=actions, reply=reply, rationale="r", bindings={"order:o-5": "3"}),
        verdict=GuardVerdict(verdict=Verdict.REQUIRE_APPROVAL, actions=judgements, violations=case),
        amounts=amounts or {},
        interrupt_id="i-1",
        limits=limits,
        now=NOW,
    )


def gated(action: act.Action, role: str = "agent") -> ActionVerdict:
    return judged(action, Verdict.REQUIRE_APPROVAL, role)


def test_only_what_is_gated_is_asked_in_the_order_in_which_it_would_run() -> None:
    request = ask(judged(TAG, Verdict.ALLOW), gated(REFUND), gated(REPLY), actions=(TAG, REFUND), reply=DRAFT)
    assert request.effects == (REFUND, REPLY)
    assert request.bindings == {"order:o-5": "3"}
    assert request.id.startswith("ap-")
    assert request.awaiting


def test_words_alone_are_read_and_money_is_signed() -> None:
    assert ask(gated(REPLY), reply=DRAFT).kind is ApprovalKind.REVIEW
    assert ask(gated(REFUND), actions=(REFUND,)).kind is ApprovalKind.SIGN
    assert ask(gated(REFUND), gated(REPLY), actions=(REFUND,), reply=DRAFT).kind is ApprovalKind.SIGN


@pytest.mark.parametrize(
    ("roles", "case_role", "needed"),
    [
        (("agent",), "", Role.AGENT),
        (("agent", "lead"), "", Role.LEAD),
        (("admin", "agent"), "", Role.ADMIN),
        (("agent",), "lead", Role.LEAD),
        (("",), "", Role.AGENT),
    ],
)
def test_the_role_satisfies_every_rule_that_asks(roles: tuple[str, ...], case_role: str, needed: Role) -> None:
    actions = (REFUND, AGAIN)[: len(roles)]
    whole = Violation(rule="case.x", verdict=Verdict.REQUIRE_APPROVAL, message="m", role=case_role)
    judgements = [gated(action, role) for action, role in zip(actions, roles, strict=True)]
    assert ask(*judgements, actions=actions, case=(whole,)).required_role is needed


def test_a_rule_that_only_mentions_something_asks_nobody() -> None:
    noted = Violation(rule="case.note", verdict=Verdict.ALLOW, message="seen", role="admin")
    request = ask(gated(REFUND), actions=(REFUND,), case=(noted,))
    assert request.required_role is Role.AGENT
    assert not any("case.note" in reason for reason in request.reasons)


def test_every_reason_is_there_once_with_its_rule() -> None:
    whole = Violation(rule="case.vip", verdict=Verdict.REQUIRE_APPROVAL, message="A VIP.", role="lead")
    request = ask(gated(REFUND), gated(AGAIN), actions=(REFUND, AGAIN), case=(whole, whole))
    assert request.reasons == (
        "refund_order is looked at. [action.x]",
        "replace_items is looked at. [action.x]",
        "A VIP. [case.vip]",
    )


def test_the_amount_is_all_of_value_that_is_asked_for() -> None:
    amounts = {REFUND.fingerprint(): Money.of("39.00", "USD"), AGAIN.fingerprint(): Money.of("10.00", "USD")}
    both = ask(gated(REFUND), gated(AGAIN), actions=(REFUND, AGAIN), amounts=amounts)
    assert both.amount == Money.of("49.00", "USD")
    one = ask(gated(REFUND), judged(AGAIN, Verdict.ALLOW), actions=(REFUND, AGAIN), amounts=amounts)
    assert (one.amount, one.amounts) == (Money.of("39.00", "USD"), {REFUND.fingerprint(): Money.of("39.00", "USD")})
    assert ask(gated(REPLY), reply=DRAFT).amount is None


def test_two_currencies_have_no_sum() -> None:
    amounts = {REFUND.fingerprint(): Money.of("39.00", "USD"), AGAIN.fingerprint(): Money.of("10.00", "EUR")}
    assert ask(gated(REFUND), gated(AGAIN), actions=(REFUND, AGAIN), amounts=amounts).amount is None


def test_the_shortest_time_of_all_effects_counts() -> None:
    hours = {"refund_order": 4, "send_reply": 9}
    limits = LIMITS.model_copy(update={"approvals": LIMITS.approvals.model_copy(update={"by_action": hours})})
    request = ask(gated(REFUND), gated(REPLY), actions=(REFUND,), reply=DRAFT, limits=limits)
    assert request.expires_at == NOW + timedelta(hours=4)


def test_the_same_question_at_the_same_moment_has_the_same_id() -> None:
    assert ask(gated(REFUND), actions=(REFUND,)).id == ask(gated(REFUND), actions=(REFUND,)).id
    assert ask(gated(AGAIN), actions=(AGAIN,)).id != ask(gated(REFUND), actions=(REFUND,)).id
