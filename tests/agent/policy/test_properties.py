"""What holds for every action, every history and every set of limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.case import STRICTNESS, Verdict
from agent.limits import Ceiling, PolicyLimits, Role, RoleLimits
from agent.policy import PastEffect, amount_of, may_sign
from tests.agent.policy.world import LIMITS, MIA, NOBODY, NOW, every_action, facts, refund, verdict
from tools.actions import Action
from tools.commerce import FraudBand
from tools.money import Money

CENTS = st.integers(1, 40_000)
ACTIONS = st.sampled_from(every_action())


def dollars(cents: int) -> Money:
    return Money(minor=cents, currency="USD")


@st.composite
def histories(draw: st.DrawFn) -> list[PastEffect]:
    return [
        PastEffect(
            action=refund().model_copy(update={"amount": dollars(cents)}),
            at=NOW - timedelta(minutes=draw(st.integers(0, 20_000))),
            customer_id=draw(st.sampled_from(["cus_1", "cus_2"])),
            approver=draw(st.sampled_from(["", "sam", "dana"])),
            case_id=draw(st.sampled_from(["", "case_1", "case_2"])),
            amount=dollars(cents),
        )
        for cents in draw(st.lists(CENTS, max_size=6))
    ]


def with_ceilings(agent: int, lead: int, admin: int | None) -> PolicyLimits:
    def limits(cents: int | None) -> RoleLimits:
        ceiling = Ceiling.model_construct(amount=None if cents is None else dollars(cents))
        return RoleLimits(each=ceiling, per_day=ceiling, store_credit=ceiling)

    roles = {"viewer": RoleLimits(), "agent": limits(agent), "lead": limits(lead), "admin": limits(admin)}
    return LIMITS.model_copy(update={"roles": LIMITS.roles.model_copy(update=roles)})


@settings(max_examples=150, deadline=None)
@given(ACTIONS, histories(), CENTS, CENTS, CENTS, st.data())
def test_lower_ceilings_never_make_a_verdict_milder(
    action: Action, history: list[PastEffect], a: int, b: int, c: int, data: st.DataObject
) -> None:
    agent, lead, admin = sorted((a, b, c))
    tight = [data.draw(st.integers(0, ceiling)) for ceiling in (agent, lead, admin)]
    before = verdict(action, limits=with_ceilings(agent, lead, admin), history=history)
    after = verdict(action, limits=with_ceilings(*sorted(tight)), history=history)
    assert STRICTNESS.index(after.verdict) >= STRICTNESS.index(before.verdict)
    if after.verdict is before.verdict is Verdict.REQUIRE_APPROVAL:
        assert Role(after.role).covers(Role(before.role))


@settings(max_examples=150, deadline=None)
@given(ACTIONS, histories(), histories())
def test_more_history_never_makes_a_verdict_milder(
    action: Action, history: list[PastEffect], more: list[PastEffect]
) -> None:
    before, after = (verdict(action, history=past) for past in (history, history + more))
    assert STRICTNESS.index(after.verdict) >= STRICTNESS.index(before.verdict)


@settings(max_examples=150, deadline=None)
@given(ACTIONS, histories(), st.sampled_from(list(FraudBand)), st.sampled_from([MIA, NOBODY]), st.text(max_size=5))
def test_value_is_never_allowed_unsigned(
    action: Action, history: list[PastEffect], band: FraudBand, identity: object, intent: str
) -> None:
    opened = {
        kind: rule.model_copy(update={"verdict": Verdict.ALLOW, "role": None}) for kind, rule in LIMITS.actions.items()
    }
    who = MIA if identity is MIA else NOBODY
    found = verdict(
        action,
        facts(fraud=band),
        limits=LIMITS.model_copy(update={"actions": opened}),
        identity=who,
        intent=intent,
        history=history,
    )
    if type(action).gives_value or action.kind == "send_reply":
        assert found.verdict is not Verdict.ALLOW


@pytest.mark.system("U7")
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 600)), min_size=1, max_size=25))
def test_no_sequence_of_small_refunds_slips_past_an_agents_ceiling(steps: list[tuple[int, int]]) -> None:
    """Sam signs whatever he may; what one customer got within any 24 hours stays at or under 50.00 USD."""
    sam = LIMITS.person("sam")
    history: list[PastEffect] = []
    at = NOW
    for cents, minutes in steps:
        at += timedelta(minutes=minutes)
        action = refund().model_copy(update={"amount": dollars(cents)})
        shifted = [past.model_copy(update={"at": past.at - (at - NOW)}) for past in history]
        found = verdict(action, history=shifted)
        amount = amount_of(action, facts())
        if found.verdict is Verdict.REQUIRE_APPROVAL and not may_sign(sam, found, amount, shifted, LIMITS, NOW):
            history.append(PastEffect(action=action, at=at, customer_id="cus_1", approver="sam", amount=amount))
    for last in history:
        window = [past for past in history if last.at - timedelta(hours=24) < past.at <= last.at]
        assert sum(past.amount.minor for past in window if past.amount) <= 5000


@settings(max_examples=100, deadline=None)
@given(ACTIONS, histories())
def test_every_violation_has_a_rule_a_sentence_and_a_role_when_one_is_needed(
    action: Action, history: list[PastEffect]
) -> None:
    found = verdict(action, history=history)
    for violation in found.violations:
        assert violation.message.endswith(".")
        assert "." in violation.rule
        assert bool(violation.role) is (violation.verdict is Verdict.REQUIRE_APPROVAL)
    assert bool(found.role) is (found.verdict is Verdict.REQUIRE_APPROVAL)
