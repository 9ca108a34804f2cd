"""What will happen: every call of a case, in the words of its card, with what it waits for or what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.approvals import ApprovalRequest, CardLine, LineKind, card
from agent.approvals.card import call_of, describe, words_of
from agent.approvals.names import NO_NAMES, Names
from agent.case import ActionVerdict, CaseStatus, Execution, ExecutionStatus, Verdict
from agent.repositories import CaseRecord
from server.ui.people import named
from server.ui.views.rules import Rule, a, rule_of
from server.ui.words import language, moment, money, priced, spoken
from tools.actions import Action, CancelOrder, IssueDiscountCode, IssueStoreCredit, RefundOrder, SendReply
from tools.money import Money

QUIET = frozenset({"tag_ticket", "set_priority", "assign_ticket"})
"""Routing: done by itself, and folded away."""
_DONE = {
    ExecutionStatus.SUCCEEDED: "done",
    ExecutionStatus.PENDING: "under way",
    ExecutionStatus.FAILED: "failed",
    ExecutionStatus.UNKNOWN: "not known yet",
    ExecutionStatus.UNCONFIRMED: "not confirmed",
}


_GIVEN = {
    "replace_items": " of goods",
    "issue_store_credit": " of store credit",
    "issue_discount_code": " off",
}
"""What an amount is when it is not money that goes back."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One call. `state`: waits, alone (runs by itself), blocked, done, failed, open, off (it will not happen).

    `call` is the exact JSON.
    """

    number: int
    kind: str
    says: str
    call: str
    state: str
    state_says: str
    amount: str = ""
    change: str = ""
    words: str = ""
    warnings: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    proof: str = ""
    quiet: bool = False
    signed: bool = False


def effects_of(
    record: CaseRecord,
    request: ApprovalRequest | None,
    names: Names = NO_NAMES,
    methods: Mapping[str, str] | None = None,
    signed_by: str = "",
    back: Mapping[str, Money] | None = None,
) -> tuple[Effect, ...]:
    """Every effect of a case in order, once it is over what was signed first. What waits is rendered from its call.

    `signed_by`: who answered what is still being carried out; `back`: what cancellations pay back, by fingerprint.
    """
    if record.proposal is None:
        return ()
    done = {execution.action.fingerprint(): execution for execution in record.executions}
    shown = card_effects(request, names, methods or {}, back or {}) if request is not None else {}
    judged = {item.fingerprint: item for item in (record.verdict.actions if record.verdict else ())}
    found: list[Effect] = []
    for number, action in enumerate(record.proposal.effects(record.ticket_id), 1):
        mark = action.fingerprint()
        if mark in shown and mark not in done:
            found.append(numbered(shown[mark], number))
        else:
            never = "" if signed_by else _never(record, action)
            found.append(_own(number, action, judged.get(mark), done.get(mark), names, signed_by, never))
    if request is None:
        return tuple(sorted(found, key=lambda each: not each.signed))
    return tuple(_folded(each) if each.state == "done" else each for each in found)


def _folded(effect: Effect) -> Effect:
    """What is done already goes out of the way of what waits."""
    return replace(effect, quiet=True)


def numbered(effect: Effect, number: int) -> Effect:
    """The same under another number."""
    return replace(effect, number=number)


def card_effects(
    request: ApprovalRequest, names: Names, methods: Mapping[str, str], back: Mapping[str, Money]
) -> dict[str, Effect]:
    """The effects of a request by fingerprint, made of its calls and the lines of its card and nothing else."""
    lines = card(request, names)
    found: dict[str, Effect] = {}
    for number, action in enumerate(request.effects, 1):
        own = [line for line in lines if line.effect == number]
        mark = action.fingerprint()
        amount, where = request.amount_of(action) or back.get(mark), methods.get(mark, "")
        priced_at = f"{money(amount)}{f' to {where}' if where else _given(action)}" if amount is not None else ""
        found[mark] = _asked(number, action, own, request, priced_at, names)
    return found


def _given(action: Action) -> str:
    if isinstance(action, IssueDiscountCode) and action.percent is not None:
        return " off, on the order it is made about"
    return _GIVEN.get(action.kind, "")


def _asked(
    number: int,
    action: Action,
    lines: Sequence[CardLine],
    request: ApprovalRequest,
    amount: str,
    names: Names,
) -> Effect:
    verdict = next((item for item in request.verdicts if item.fingerprint == action.fingerprint()), None)
    return Effect(
        number=number,
        kind=action.kind,
        says=_says(action, names),
        call=_text(lines, LineKind.CALL),
        state="waits" if request.awaiting else "alone",
        state_says=_needs(action, verdict, request) if request.awaiting else request.status.value,
        amount=amount,
        change=priced(_text(lines, LineKind.CHANGE)),
        words=_text(lines, LineKind.TEXT),
        warnings=tuple(line.text for line in lines if line.kind is LineKind.WARNING),
        rules=_rules(verdict),
    )


def _says(action: Action, names: Names) -> str:
    """The sentence of a call by the names of things; their ids stand in the exact call below it."""
    if isinstance(action, SendReply):
        return f"Send this reply, in {language(action.language)}"
    return priced(describe(action, names))


def _text(lines: Sequence[CardLine], kind: LineKind) -> str:
    return next((line.text for line in lines if line.kind is kind), "")


def _needs(action: Action, verdict: ActionVerdict | None, request: ApprovalRequest) -> str:
    if isinstance(action, SendReply):
        return "read before it leaves"
    role = verdict.role if verdict and verdict.role else request.required_role.value
    return f"needs {a(role)}"


def _rules(verdict: ActionVerdict | None) -> tuple[Rule, ...]:
    found = verdict.violations if verdict else ()
    return tuple(dict.fromkeys(rule_of(v.message, v.rule) for v in found if v.verdict is not Verdict.ALLOW))


def _own(
    number: int,
    action: Action,
    verdict: ActionVerdict | None,
    done: Execution | None,
    names: Names,
    signed_by: str,
    never: str,
) -> Effect:
    state, says, proof = _standing(verdict, done, signed_by, never)
    return Effect(
        number=number,
        kind=action.kind,
        says=_says(action, names),
        call=call_of(action),
        state=state,
        state_says=says,
        words=words_of(action),
        rules=_rules(verdict),
        proof=proof,
        signed=done is not None and bool(done.approved_by),
        quiet=action.kind in QUIET and state in ("done", "alone"),
    )


def _never(record: CaseRecord, action: Action) -> str:
    """Why what was not done will not be: a person said no, or has the case. Empty while it may still come."""
    if record.status is CaseStatus.REJECTED:
        return "rejected"
    if record.status in _OVER or record.with_person:
        return "not sent" if isinstance(action, SendReply) else "called off"
    return ""


_OVER = frozenset({CaseStatus.ESCALATED, CaseStatus.RESOLVED, CaseStatus.ANSWERED, CaseStatus.IGNORED})


def _standing(
    verdict: ActionVerdict | None, done: Execution | None, signed_by: str, never: str
) -> tuple[str, str, str]:
    if done is not None:
        state = {ExecutionStatus.SUCCEEDED: "done", ExecutionStatus.FAILED: "failed"}.get(done.status, "open")
        by = f", signed by {named(done.approved_by)}" if done.approved_by else " by itself"
        when = f", {moment(done.settled_at)}" if done.settled_at else ""
        return (
            state,
            f"{_DONE[done.status]}{by if state == 'done' else ''}{when}",
            priced(done.detail or done.reference),
        )
    if verdict is None or verdict.verdict is Verdict.BLOCK:
        return "blocked", "blocked", ""
    if never:
        return "off", never, ""
    if verdict.verdict is Verdict.ALLOW:
        return "alone", "runs by itself", ""
    return "waits", f"signed by {named(signed_by)}, not done yet" if signed_by else "not asked for", ""


def button_says(
    request: ApprovalRequest,
    methods: Mapping[str, str],
    names: Names = NO_NAMES,
    back: Mapping[str, Money] | None = None,
) -> str:
    """What signing does: `Refund $39.00 to Visa ·1881 and reply`."""
    return _joined(
        _does(action, methods.get(mark, ""), request.amount_of(action) or (back or {}).get(mark), names)
        for action, mark in ((each, each.fingerprint()) for each in _money_first(request))
    )


def title_says(request: ApprovalRequest, names: Names = NO_NAMES) -> str:
    """The same under a sum that stands there already: `Refund and reply`."""
    return _joined(_PLAIN.get(each.kind) or _does(each, "", None, names) for each in _money_first(request))


def _money_first(request: ApprovalRequest) -> list[Action]:
    return sorted(request.effects, key=lambda action: (isinstance(action, SendReply), not type(action).gives_value))


def _joined(each: Iterable[str]) -> str:
    found = list(each)
    if len(found) > 3:
        found = [*found[:2], f"{len(found) - 2} more"]
    first = found[0][0].upper() + found[0][1:]
    last = "reply" if found[-1] == "send reply" else found[-1]
    return " and ".join([", ".join([first, *found[1:-1]]), last]) if len(found) > 1 else first


def _does(action: Action, method: str, amount: Money | None, names: Names) -> str:
    if isinstance(action, RefundOrder):
        return f"refund {money(action.amount)}{f' to {method}' if method else ''}"
    if isinstance(action, CancelOrder) and amount is not None:
        return f"cancel, pay back {money(amount)}{f' to {method}' if method else ''}"
    if isinstance(action, IssueStoreCredit):
        return f"give {money(action.amount)} of store credit"
    if isinstance(action, SendReply):
        return "send reply"
    worth = f" ({money(amount)})" if amount is not None else ""
    return f"{_VERBS.get(action.kind, describe(action, names)[:60])}{worth}"


_PLAIN = {"refund_order": "refund", "issue_store_credit": "give store credit"}
_VERBS = {
    "create_return": "create return label",
    "exchange_items": "exchange the items",
    "replace_items": "send replacement",
    "cancel_order": "cancel the order",
    "change_order_items": "change the items",
    "change_shipping_address": "change the address",
    "change_payment_method": "move the payment",
    "update_customer_address": "change the customer's address",
    "issue_discount_code": "make the code",
    "open_carrier_trace": "open a trace",
    "hold_order": "hold the order",
    "release_hold": "release the hold",
    "escalate_to_human": "hand it to a person",
    "close_ticket": "close the ticket",
    "add_internal_note": "add the note",
    "suppress_promotions": "pause promotions",
}


def kinds_of(request: ApprovalRequest) -> str:
    """`refund order, replace items`: what is asked, without the reply that goes with it."""
    found = [spoken(action.kind) for action in request.effects if not isinstance(action, SendReply)]
    return ", ".join(dict.fromkeys(found)) or "reply"
