"""Rules about the action itself: what limits.yaml says of it, how often, for which reasons, on whose behalf."""

from __future__ import annotations

from collections.abc import Iterator

from agent.case import Verdict, Violation
from agent.limits import ActionRule, Role
from agent.policy.amounts import gives_value, near
from agent.policy.question import Question, ask, block
from tools import actions as act
from tools.preconditions import Code, check


def says(question: Question) -> Iterator[Violation]:
    """What limits.yaml says about this kind of action and intent. Without a rule nothing happens."""
    kind = question.action.kind
    rule = question.limits.actions.get(kind)
    if rule is None:
        yield block("action.no_rule", f"limits.yaml has no rule for {kind}, so it is blocked.")
        return
    said = rule.for_intent(question.intent)
    if said.verdict is Verdict.BLOCK:
        yield block("action.blocked", f"limits.yaml blocks {kind}{_about(question, rule)}.")
    elif said.verdict is Verdict.REQUIRE_APPROVAL:
        yield from _signature(question, said.role or Role.ADMIN, rule)
    elif gives_value(question.action):
        yield ask("value.needs_signature", Role.AGENT, f"{kind} gives value away; that always takes a signature.")


def _signature(question: Question, role: Role, rule: ActionRule) -> Iterator[Violation]:
    if isinstance(question.action, act.SendReply) and _owner(question, question.action):
        return
    message = f"{question.action.kind} needs the signature of a person ({role.value}){_about(question, rule)}."
    yield ask("action.needs_signature", role, message)


def _about(question: Question, rule: ActionRule) -> str:
    return f" when the message is about {question.intent}" if question.intent in rule.by_intent else ""


def reply_is_read(question: Question) -> Iterator[Violation]:
    """A reply goes unread only when its intent is listed with somebody who answers for it."""
    action = question.action
    if not (isinstance(action, act.SendReply) and _owner(question, action)):
        yield ask("reply.draft_only", Role.AGENT, "A person reads this reply before it leaves.")


def _owner(question: Question, reply: act.SendReply) -> str:
    """Who answers for this reply going out unread; empty when a person has to read it first."""
    replies = question.limits.replies
    if reply.notice:
        return replies.queue_notice.owner if replies.queue_notice else ""
    return replies.owner_of(question.intent)


def reply_loop(question: Question) -> Iterator[Violation]:
    """Two machines that answer each other stop here."""
    loop = question.limits.replies.max_per_recipient
    since = question.now - loop.window
    sent = sum(past.action.kind == "send_reply" and past.at > since for past in near(question))
    if sent >= loop.replies:
        yield block("reply.loop", f"{sent} replies went to this person within {loop.minutes} minutes; a person looks.")


def max_per_case(question: Question) -> Iterator[Violation]:
    """No more of one kind in one case than the shop wants."""
    rule = question.limits.actions.get(question.action.kind)
    if rule is None or rule.max_per_case is None:
        return
    kind, case_id = question.action.kind, question.facts.case_id
    done = sum(past.action.kind == kind for past in question.past.in_case(case_id))
    if done >= rule.max_per_case:
        yield block("case.max_per_case", f"This case has had {done} x {kind}; {rule.max_per_case} is the most.")


def reason_listed(question: Question) -> Iterator[Violation]:
    """Where the shop lists reasons, one of them is given."""
    rule = question.limits.actions.get(question.action.kind)
    if rule is None or not rule.reasons:
        return
    given = getattr(question.action, "reason", "")
    if _same(given) not in {_same(reason) for reason in rule.reasons}:
        told = f'"{given}" is not a reason' if given else "No reason is given"
        name = question.action.kind.partition("_")[0]
        yield block(
            f"{name}.reason", f"{told} for {question.action.kind}; it has to be one of: {', '.join(rule.reasons)}."
        )


def _same(reason: str) -> str:
    return " ".join(reason.casefold().split())


def identified(question: Question) -> Iterator[Violation]:
    """Nothing that belongs to a customer is touched for somebody who has not proven who they are."""
    if not question.identity.verified or not question.identity.customer_id:
        yield block(
            "identity.unverified",
            f"Who is asking is not verified ({question.identity.how}), so {question.action.kind} is blocked.",
        )


def possible(question: Question) -> Iterator[Violation]:
    """Everything that `tools.preconditions` refuses, under `precondition.<code>`."""
    identity = question.identity
    customer_id = identity.customer_id if identity.verified and identity.customer_id else None
    for refusal in check(question.action, question.facts.world, customer_id):
        if refusal.code != Code.IDENTITY_REQUIRED:
            yield block(f"precondition.{refusal.code}", refusal.message)
