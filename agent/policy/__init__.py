"""Policy: pure rules that say what may happen to one action, and who may sign it."""

from agent.policy.amounts import amount_of
from agent.policy.facts import basket_of, load_policy_facts, merged, past_of_store
from agent.policy.judge import judge, violations
from agent.policy.question import BasketLine, Past, PastEffect, PolicyFacts, Question, Tally
from agent.policy.signing import may_sign
from agent.policy.table import RULES

__all__ = [
    "RULES",
    "BasketLine",
    "Past",
    "PastEffect",
    "PolicyFacts",
    "Question",
    "Tally",
    "amount_of",
    "basket_of",
    "judge",
    "load_policy_facts",
    "may_sign",
    "merged",
    "past_of_store",
    "violations",
]
