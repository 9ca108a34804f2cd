"""The ids of all rules of the guard over words and whole cases. Stable: records, tests and README.md name them."""

from __future__ import annotations

from enum import StrEnum

from agent.case import Verdict, Violation


class Rule(StrEnum):
    """What a rule looks after. README.md says what each demands."""

    AMOUNT = "grounding.amount"
    PERCENT = "grounding.percent"
    DATE = "grounding.date"
    RELATIVE_DATE = "grounding.relative_date"
    DAY_OF_MONTH = "grounding.day_of_month"
    WEEKDAY = "grounding.weekday"
    TIME = "grounding.time"
    DURATION = "grounding.duration"
    NUMBER = "grounding.number"
    LINK = "grounding.link"
    EMAIL = "grounding.email"
    PHONE = "grounding.phone"
    IDENTIFIER = "grounding.identifier"
    NAME = "grounding.name"
    ADDRESS = "grounding.address"
    NO_ORDER_CONTEXT = "grounding.no_order_context"
    STATE = "grounding.state"
    POLICY = "grounding.policy_without_passage"
    CITATION = "citation.unknown"
    PROMISE = "promise.without_effect"
    PROMISE_AMOUNT = "promise.other_amount"
    PROMISE_DATE = "promise.other_date"
    PROMISE_IF = "promise.condition_without_passage"
    FOLLOW_UP = "promise.bad_follow_up"
    UNVERIFIED = "identity.unverified_data"
    INTERNAL = "privacy.internal"
    PAYMENT = "privacy.payment_data"
    PERSONAL = "privacy.personal_data"
    INVISIBLE = "draft.invisible"
    MARKUP = "draft.markup"
    PLACEHOLDER = "draft.placeholder"
    SCRIPT = "draft.script"
    TOO_LONG = "draft.too_long"
    LANGUAGE = "language.mismatch"
    INJECTION = "injection.instructions"
    OTHER_TICKET = "case.other_ticket"
    REPLY_IN_ACTIONS = "case.reply_in_actions"
    ONE_REPLY = "case.one_reply"
    UNKNOWN_MESSAGE = "case.unknown_message"
    HUMAN_EXIT = "case.human_exit"
    AUTOMATIC = "case.automatic"
    CONTEXT_MISSING = "case.context_missing"
    HANDOVER = "case.handover_without_effect"
    SILENCE = "case.ignored_with_effects"
    TWO_REMEDIES = "case.two_remedies"
    UNSURE = "case.unsure"


def blocked(rule: Rule, message: str, start: int | None = None, end: int | None = None) -> Violation:
    """Nobody can agree to this; a person may only write something else."""
    return Violation(rule=rule.value, verdict=Verdict.BLOCK, message=message, start=start, end=end)
