"""A request for a signature on a terminal: the real calls, the amount largest, and exactly what to type."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agent.approvals import ApprovalRequest, CardLine, LineKind, card

_STYLE = {
    LineKind.TITLE: "bold",
    LineKind.AMOUNT: "bold",
    LineKind.WARNING: "red",
    LineKind.REASON: "yellow",
    LineKind.CALL: "dim",
}
_INDENT = {LineKind.TEXT: 4, LineKind.CALL: 2, LineKind.REASON: 2}


def request_view(request: ApprovalRequest) -> RenderableType:
    """The card, and what became of the request when it is decided."""
    lines = [_line(line) for line in card(request)]
    if request.decision is not None:
        said = f"{request.decision.by}: {request.decision.kind.value} at {request.decision.at:%Y-%m-%d %H:%M} UTC"
        reason = f" ({request.decision.reason})" if request.decision.reason else ""
        lines.append(Text(f"{said}{reason}; now {request.status.value}. {request.detail}", style="bold"))
    return Group(*lines)


def _line(line: CardLine) -> RenderableType:
    text = Text(line.text, style=_STYLE.get(line.kind, ""))
    return Padding(text, (0, 0, 0, _INDENT.get(line.kind, 0)))


def row(request: ApprovalRequest) -> tuple[str, str, str, str, str, str]:
    """One line of a list: id, ticket, kind, amount, role, until."""
    amount = str(request.amount) if request.amount else ""
    role = request.required_role.value
    until = f"{request.expires_at:%m-%d %H:%M}"
    return request.id, request.ticket_id, _kinds(request), amount, role, until


def _kinds(request: ApprovalRequest) -> str:
    kinds = [action.kind.replace("_", " ") for action in request.effects if action.kind != "send_reply"]
    return ", ".join(kinds) or "reply"
