"""`countersign cases`: list, show, again, release, finish."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, emit, next_command, say, show, table, typed

if TYPE_CHECKING:
    from agent.case import CaseStatus
    from agent.repositories import CaseRecord
    from agent.runner import CaseRunner


class UnknownCase(Exception):
    """No case has this id, and no ticket with a case."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f'there is no case "{case_id}"; `countersign cases list` shows those there are')


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Tickets that were worked on.", no_args_is_help=True)
    group.command("list")(list_cases)
    group.command("show", short_help="One case, in the order in which a person decides.")(show_case)
    group.command("again", short_help="Work on a case anew that failed, was rejected or expired.")(again)
    group.command("release", short_help="Let the assistant work on a case again that a person had.")(release_case)
    group.command("finish", short_help="Say that nothing is left to do about a case.")(finish_case)
    app.add_typer(group, name="cases")


def list_cases(
    status: Annotated[str, typer.Option(help="Only this status, such as awaiting_approval.")] = "",
    intent: Annotated[str, typer.Option(help="Only this intent, such as refund_request.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 30,
    after: Annotated[str, typer.Option(help="The last case of the page before.")] = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Cases, newest first."""
    from server.cli.folder import existing_database
    from server.settings import Settings

    wanted = _status(status) if status else None
    with existing_database(Settings.read()) as database:
        records = list(database.cases.list(wanted, intent, limit + 1, after))
    page, more = records[:limit], len(records) > limit
    if as_json:
        emit([_summary(record) for record in page])
        return
    if not page:
        say(f"No cases{' with that' if status or intent or after else ' yet'}.")
        next_command("countersign cases list" if status or intent or after else "countersign demo")
        return
    columns = ("Case", "Intent", "Lang", "Status", "Value", "Updated (UTC)", "Queue")
    show(table(columns, [_row(record) for record in page], right=("Value",)))
    if more:
        said = "".join(f" --{name} {value}" for name, value in (("status", status), ("intent", intent)) if value)
        say(f"There are more: {typed('countersign cases list')}{said} --after {page[-1].case_id}")
    next_command(f"countersign cases show {page[0].case_id}")


def _row(record: CaseRecord) -> tuple[str, ...]:
    return (
        record.case_id,
        record.intent.replace("_", " "),
        record.language,
        record.status.value.replace("_", " "),
        str(record.value or ""),
        f"{record.updated_at:%m-%d %H:%M}",
        record.queue,
    )


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


def _summary(record: CaseRecord) -> dict[str, object]:
    return {"intent": record.intent, "language": record.language, **record.model_dump(mode="json", include=_SHOWN)}


def _status(name: str) -> CaseStatus:
    from agent.case import CaseStatus

    try:
        return CaseStatus(name.replace(" ", "_"))
    except ValueError:
        raise typer.BadParameter(f'there is no status "{name}"; one of {", ".join(CaseStatus)}') from None


def show_case(
    case_id: Annotated[str, typer.Argument(help="A case id or a ticket id.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """One case: what is asked, what is true, what we would say, what would happen, who signs."""
    from server.cli.folder import existing_database, existing_store, people_of, speak_of_people
    from server.settings import Settings

    settings = Settings.read()
    with existing_database(settings) as database, existing_store(settings) as store:
        speak_of_people(people_of(settings), database)
        record = database.cases.get(case_id) or database.cases.by_ticket("local", case_id)
        if record is None:
            raise UnknownCase(case_id)
        ticket = store.readers().helpdesk.ticket(record.ticket_id)
        if as_json:
            emit(record.model_dump(mode="json"))
            return
        from server.display.case import case_names, case_view

        show(case_view(record, ticket, case_names(record, store.readers())))
    waits = record.status.value.startswith("awaiting")
    next_command(f"countersign approvals show {record.approval_id}" if waits else "countersign cases list")


def again(
    case_id: Annotated[str, typer.Argument(help="A case id.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """Work on a case anew: one that failed, was rejected or expired. What was done stays done, once."""
    from server.cli.folder import existing_workshop
    from server.settings import Settings

    with existing_workshop(Settings.read()) as workshop:
        record = workshop.runner.again(case_id)
    _tell(case_id, record, as_json, lambda case: f"{case.case_id} is {case.status.value.replace('_', ' ')}.")


def release_case(
    case_id: Annotated[str, typer.Argument(help="A case id.")],
    by: Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """Give a case back that a person had taken over: the assistant works on what was written meanwhile."""
    record = _by_person(
        case_id,
        by,
        "case.released",
        lambda runner, person: runner.release(case_id, person),
        lambda before, _: bool(before.with_person),
    )
    _tell(
        case_id,
        record,
        as_json,
        lambda case: f"{case.case_id} is with the assistant again: {case.status.value.replace('_', ' ')}",
    )


def finish_case(
    case_id: Annotated[str, typer.Argument(help="A case id.")],
    by: Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")],
    reason: Annotated[str, typer.Option(help="Why nothing is left to do, for the record.")] = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Say that nothing is left to do about a case; what the customer writes next is worked on again."""
    record = _by_person(
        case_id,
        by,
        "case.finished",
        lambda runner, person: runner.finish(case_id, person, reason),
        lambda before, after: before.finished_at != after.finished_at,
    )
    _tell(case_id, record, as_json, _whether_done)


def _whether_done(record: CaseRecord) -> str:
    from agent.case import CaseStatus

    done = record.status is CaseStatus.RESOLVED
    return f"{record.case_id} is {'done.' if done else 'not done: it waits for an answer or is worked on.'}"


def _by_person(
    case_id: str,
    by: str,
    event: str,
    change: Callable[[CaseRunner, str], CaseRecord | None],
    changed: Callable[[CaseRecord, CaseRecord], bool],
) -> CaseRecord | None:
    """What somebody who is named did to a case, noted in the log when it changed anything."""
    from agent.audit import AuditNote
    from server.cli.folder import existing_workshop, person_of
    from server.settings import Settings

    with existing_workshop(Settings.read()) as workshop:
        parts = workshop.parts
        person = person_of(by, parts.limits, parts.database.accounts).id
        before = parts.database.cases.get(case_id)
        after = change(workshop.runner, person)
        if before is not None and after is not None and changed(before, after):
            note = AuditNote(at=parts.clock.now(), actor=person, event=event, case_id=case_id)
            parts.database.audit.append(note)
    return after


def _tell(case_id: str, record: CaseRecord | None, as_json: bool, says: Callable[[CaseRecord], str]) -> None:
    if record is None:
        raise UnknownCase(case_id)
    if as_json:
        emit(record.model_dump(mode="json"))
        return
    say(says(record))
    next_command(f"countersign cases show {record.case_id}")
