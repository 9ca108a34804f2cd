"""`countersign cases`: list, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, emit, next_command, say, show, table

if TYPE_CHECKING:
    from agent.case import CaseStatus


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Tickets that were worked on.", no_args_is_help=True)
    group.command("list")(list_cases)
    group.command("show")(show_case)
    app.add_typer(group, name="cases")


def list_cases(
    status: Annotated[str, typer.Option(help="Only this status, such as awaiting_approval.")] = "",
    intent: Annotated[str, typer.Option(help="Only this intent, such as refund_request.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    after: Annotated[str, typer.Option(help="The last case id of the page before.")] = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Cases, newest first."""
    from server.container import open_parts
    from server.settings import Settings

    wanted = _status(status) if status else None
    with open_parts(Settings.read()) as parts:
        records = parts.database.cases.list(wanted, intent, limit, after)
    if as_json:
        emit([record.model_dump(mode="json", include=_SHOWN) for record in records])
        return
    rows = [
        (r.case_id, r.intent, r.language, r.status.value, str(r.value or ""), f"{r.updated_at:%m-%d %H:%M}", r.queue)
        for r in records
    ]
    show(table(("Case", "Intent", "Lang", "Status", "Value", "Updated", "Queue"), rows, right=("Value",)))
    if records:
        next_command(f"countersign cases show {records[0].case_id}")
    else:
        say(f"No cases{' with that' if wanted or intent else ' yet'}.")
        next_command(f"countersign cases list{'' if wanted or intent else ' --help'}")


_SHOWN = {
    "case_id",
    "ticket_id",
    "status",
    "approval_id",
    "queue",
    "priority",
    "value",
    "customer_id",
    "outcome",
    "updated_at",
}


def _status(name: str) -> CaseStatus:
    from agent.case import CaseStatus

    try:
        return CaseStatus(name)
    except ValueError:
        raise typer.BadParameter(f"there is no status {name}; one of {', '.join(CaseStatus)}") from None


def show_case(
    case_id: Annotated[str, typer.Argument(help="A case id or a ticket id.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """One case: what is asked, what is true, what we would say, what would happen, who signs."""
    from server.container import open_parts
    from server.settings import Settings

    with open_parts(Settings.read()) as parts:
        record = parts.database.cases.get(case_id) or parts.database.cases.by_ticket("local", case_id)
        if record is None:
            say(f"There is no case {case_id}.")
            next_command("countersign cases list")
            raise typer.Exit(2)
        ticket = parts.store.readers().helpdesk.ticket(record.ticket_id)
    if as_json:
        emit(record.model_dump(mode="json"))
        return
    from server.display.case import case_view

    show(case_view(record, ticket))
    waits = record.status.value.startswith("awaiting")
    next_command(f"countersign approvals show {record.approval_id}" if waits else "countersign cases list")
