"""A request for a signature on a terminal: the real calls, the amount largest, and exactly what a signature does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agent.approvals import ApprovalRequest, CardLine, LineKind, card
from agent.approvals.card import describe
from agent.approvals.names import NO_NAMES, Names
from server.cli.output import visible
from server.ui.people import named, named_in
from tools.actions import Action, IssueStoreCredit, RefundOrder, SendReply

_STYLE = {
    LineKind.TITLE: "bold",
    LineKind.AMOUNT: "bold",
    LineKind.WARNING: "red",
    LineKind.REASON: "yellow",
    LineKind.CHANGE: "cyan",
    LineKind.META: "dim",
    LineKind.CALL: "dim",
}
_INDENT = {
    LineKind.CHANGE: 4,
    LineKind.TEXT: 4,
    LineKind.WARNING: 4,
    LineKind.CALL: 4,
    LineKind.REASON: 2,
    LineKind.META: 2,
}

_USUAL = {"[action.needs_signature]": "always signed", "[reply.draft_only]": "always read"}


def request_view(request: ApprovalRequest, methods: Mapping[str, str], names: Names = NO_NAMES) -> RenderableType:
    """The card, and what became of the request when it is decided.

    `methods` names the payment method that each effect pays to (by fingerprint), as in `Visa ·1881`.
    """
    lines = [_line(line) for line in card(request, names)]
    if request.awaiting:
        sentences = button(request, methods, names)
        lines.append(Text(f"\nSigning does this: {'; '.join(sentences)}", style="bold"))
    else:
        lines.append(Text(f"\n{outcome(request)}", style="bold"))
    return Group(*lines)


def button(request: ApprovalRequest, methods: Mapping[str, str], names: Names = NO_NAMES) -> list[str]:
    """What a signature does, one sentence for each effect, money first: `Refund 39.00 USD to Visa ·1881`."""
    ordered = sorted(request.effects, key=lambda action: (isinstance(action, SendReply), not type(action).gives_value))
    return [_sentence(action, methods.get(action.fingerprint(), ""), names) for action in ordered]


def _sentence(action: Action, method: str, names: Names) -> str:
    match action:
        case RefundOrder():
            return f"Refund {action.amount} to {method}" if method else f"Refund {action.amount}"
        case IssueStoreCredit():
            return f"Give {action.amount} of store credit"
        case SendReply():
            return "Send the reply"
        case _:
            return visible(describe(action, names))


def outcome(request: ApprovalRequest) -> str:
    """Who decided what and when, and what became of it."""
    decision = request.decision
    said = f"Now {request.status.value}."
    if decision is not None:
        reason = f" ({visible(decision.reason)})" if decision.reason else ""
        said = f"{named(decision.by)}: {decision.kind.value} on {decision.at:%Y-%m-%d %H:%M} UTC{reason}. {said}"
    return f"{said} {visible(named_in(request.detail))}".rstrip()


def _line(line: CardLine) -> RenderableType:
    style, indent = _STYLE.get(line.kind, ""), _INDENT.get(line.kind, 0)
    if line.kind is LineKind.CALL:
        # The bytes that the digest covers: no line break of ours may get into them.
        return Text(f"{' ' * indent}{visible(line.text)}", style=style, no_wrap=True, overflow="ignore")
    text = Text(visible(line.text), style=style)
    return Padding(text, (0, 0, 0, indent), expand=False)


def run_out(request: ApprovalRequest, now: datetime) -> bool:
    """Whether nobody answered in time: then the answer is no, also before somebody writes that down."""
    return request.awaiting and request.expires_at <= now


def row(request: ApprovalRequest, now: datetime) -> tuple[str, str, str, str, str, str, str]:
    """One line of a list: id, ticket, kind, amount, role, until when, status."""
    amount = str(request.amount) if request.amount else ""
    until = "expired" if run_out(request, now) else f"{request.expires_at:%m-%d %H:%M}"
    return request.id, request.ticket_id, kinds(request), amount, request.required_role.value, until, request.status


def kinds(request: ApprovalRequest) -> str:
    """What is asked, without the reply that goes with it."""
    found = [action.kind.replace("_", " ") for action in request.effects if action.kind != "send_reply"]
    return ", ".join(found) or "reply"


def main_reason(request: ApprovalRequest) -> str:
    """The reason that says most: not that this kind of action, or any reply, always needs a person."""
    own = [reason for reason in request.reasons if not reason.endswith(tuple(_USUAL))]
    if own or not request.reasons:
        return visible(next(iter(own), ""))
    rule = next(rule for rule in _USUAL if request.reasons[0].endswith(rule))
    return f"{_USUAL[rule]} {rule}"
