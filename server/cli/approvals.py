"""`countersign approvals`: list, show, approve, reject, modify, escalate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, emit, next_command, say, show, table

if TYPE_CHECKING:
    from agent.approvals import DecisionKind
    from agent.repositories import CaseRecord
    from agent.runner import Edit

Request = Annotated[str, typer.Argument(help="The request, such as ap-3f09c2d411.")]
As = Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")]
Reason = Annotated[str, typer.Option(help="Why, in a few words.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="What waits for a person.", no_args_is_help=True)
    for name, command in (("list", list_requests), ("show", show_request), ("approve", approve)):
        group.command(name)(command)
    for name, command in (("reject", reject), ("modify", modify), ("escalate", escalate)):
        group.command(name)(command)
    app.add_typer(group, name="approvals")


def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    as_json: bool = JSON_OPTION,
) -> None:
    """Requests that wait, oldest first; signatures before drafts to read."""
    from agent.approvals import ApprovalStatus
    from server.container import open_parts
    from server.settings import Settings

    with open_parts(Settings.read()) as parts:
        found = parts.database.approvals.list(None if everything else ApprovalStatus.AWAITING, limit=1_000)
    ordered = sorted(found, key=lambda request: request.kind != "sign")[:limit]
    if as_json:
        emit([request.model_dump(mode="json") for request in ordered])
        return
    from server.display.approval import row

    columns = ("Request", "Ticket", "What", "Amount", "Role", "Until (UTC)")
    show(table(columns, [row(request) for request in ordered], right=("Amount",)))
    say(f"{len(found)} in all.")
    if ordered:
        next_command(f"countersign approvals show {ordered[0].id}")


def show_request(request: Request, as_json: bool = JSON_OPTION) -> None:
    """The card: the exact calls, the reasons, who may sign, until when."""
    from agent.approvals import UnknownRequest
    from server.container import open_parts
    from server.settings import Settings

    with open_parts(Settings.read()) as parts:
        found = parts.database.approvals.get(request)
        people = [person for person in parts.limits.people if found and person.role.covers(found.required_role)]
    if found is None:
        raise UnknownRequest(request)
    if as_json:
        emit(found.model_dump(mode="json"))
        return
    from server.display.approval import request_view

    show(request_view(found))
    if found.awaiting and people:
        next_command(f"countersign approvals approve {found.id} --as {people[0].id}")


def approve(request: Request, by: As, as_json: bool = JSON_OPTION) -> None:
    """Sign: exactly what the card shows happens, once."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.APPROVE, by, "", None, as_json=as_json)


def reject(request: Request, by: As, reason: Reason = "", as_json: bool = JSON_OPTION) -> None:
    """Say no, with a reason. Nothing happens."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.REJECT, by, reason, None, as_json=as_json)


def escalate(request: Request, by: As, reason: Reason = "", as_json: bool = JSON_OPTION) -> None:
    """Hand the case to a person; the assistant is silent on it afterwards."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.ESCALATE, by, reason, None, as_json=as_json)


def modify(
    request: Request,
    by: As,
    reply: Annotated[str, typer.Option(help="Another text for the reply, or @FILE.")] = "",
    amount: Annotated[str, typer.Option(help='Another amount, such as "20.00 USD".')] = "",
    alternative: Annotated[int, typer.Option(help="One of the alternatives, by number.")] = 0,
    reason: Reason = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Change what is asked. It is checked like everything else and then waits for a signature anew."""
    from agent.approvals import DecisionKind

    _decide(request, DecisionKind.MODIFY, by, reason, _edit(by, reply, amount, alternative), as_json=as_json)


def _edit(by: str, reply: str, amount: str, alternative: int) -> Edit:
    from agent import edits
    from tools.money import Money

    if sum((bool(reply), bool(amount), bool(alternative))) != 1:
        raise edits.CannotEdit("say one change: --reply, --amount or --alternative")
    if alternative:
        return lambda proposal: edits.with_alternative(proposal, alternative, by)
    if amount:
        try:
            worth = Money.model_validate(amount)
        except ValueError as error:
            raise edits.CannotEdit(f'"{amount}" is not money; write it like "39.00 USD"') from error
        return lambda proposal: edits.with_amount(proposal, worth, by)
    text = Path(reply[1:]).read_text(encoding="utf-8") if reply.startswith("@") else reply
    return lambda proposal: edits.with_reply(proposal, text, by)


def _decide(request: str, kind: DecisionKind, by: str, reason: str, edit: Edit | None, *, as_json: bool) -> None:
    from server.container import open_workshop
    from server.settings import Settings

    with open_workshop(Settings.read()) as workshop:
        record = workshop.runner.decide(request, kind, by, reason=reason, edit=edit)
        decided = workshop.parts.database.approvals.get(request)
    if as_json:
        emit({"request": decided.model_dump(mode="json") if decided else None, "case": record.model_dump(mode="json")})
        return
    _tell(record)


def _tell(record: CaseRecord) -> None:
    say(f"{record.case_id} is {record.status.value.replace('_', ' ')}.", "bold")
    for execution in record.executions:
        say(f"  {execution.status.value}: {execution.detail or execution.action.kind}")
    if record.status.value.startswith("awaiting"):
        say("It was changed or the world moved on, so it is asked again.")
        next_command(f"countersign approvals show {record.approval_id}")
    else:
        next_command("countersign approvals list")
