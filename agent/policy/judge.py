"""The verdict on one action: every rule is asked, the strictest answer counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.case import ActionVerdict, Identity, Verdict, Violation, strictest
from agent.limits import PolicyLimits, Role
from agent.limits.people import highest
from agent.policy.amounts import amount_of
from agent.policy.past import past_in
from agent.policy.question import Past, PastEffect, PolicyFacts, Question, block
from agent.policy.table import RULES
from tools.actions import Action
from tools.money import CurrencyMismatch


def judge(
    action: Action,
    facts: PolicyFacts,
    limits: PolicyLimits,
    identity: Identity,
    intent: str,
    history: Sequence[PastEffect] | Past,
    now: datetime,
) -> ActionVerdict:
    """What may happen to `action`, with every rule that spoke. Pure.

    `history` is what was done and what is approved or waiting, of the customer, the case and the shop.
    """
    found = tuple(violations(action, facts, limits, identity, intent, history, now))
    verdict = strictest(violation.verdict for violation in found)
    signs = verdict is Verdict.REQUIRE_APPROVAL
    return ActionVerdict(
        kind=action.kind,
        fingerprint=action.fingerprint(),
        verdict=verdict,
        role=least_role(found).value if signs else "",
        violations=found,
    )


def violations(
    action: Action,
    facts: PolicyFacts,
    limits: PolicyLimits,
    identity: Identity,
    intent: str,
    history: Sequence[PastEffect] | Past,
    now: datetime,
) -> list[Violation]:
    """Every rule's answer, in the order of the table."""
    rules = RULES.get(type(action))
    if rules is None:
        return [block("action.no_rule", f"No rules are known for {action.kind}, so it is blocked.")]
    try:
        question = Question(
            action=action,
            facts=facts,
            limits=limits,
            identity=identity,
            intent=intent,
            past=past_in(history, now, limits.currency),
            now=now,
            amount=amount_of(action, facts),
        )
        return [violation for rule in rules for violation in rule(question)]
    except CurrencyMismatch as error:
        return [block("facts.currencies", f"The order mixes currencies, so it cannot be judged: {error}.")]


def least_role(found: Sequence[Violation]) -> Role:
    """The least role that satisfies every rule that asks for a signature."""
    return highest([Role(violation.role) for violation in found if violation.role])
