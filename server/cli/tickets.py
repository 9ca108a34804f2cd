"""`countersign ticket` and `countersign process`: real input through the real graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, next_command, say, show

if TYPE_CHECKING:
    from datetime import datetime

    from agent.repositories import CaseRecord
    from tools.helpdesk import Ticket


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ticket")(ticket)
    app.command("process")(process)


def ticket(
    what: Annotated[str, typer.Argument(help="The message, - for standard input, or an .eml file.")],
    sender: Annotated[str, typer.Option("--from", help="Who writes (for a text).")] = "",
    subject: Annotated[str, typer.Option(help="The subject (for a text).")] = "",
    verified: Annotated[
        bool, typer.Option("--verified", help="The channel proves the sender, as a login does.")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Work on one ticket: what it asks, what is true, a sourced draft, and what would happen."""
    from server.container import open_workshop
    from server.settings import Settings

    with open_workshop(Settings.read()) as workshop:
        if workshop.notice:
            complain(workshop.notice)
        made = _ticket(what, sender, subject, workshop.parts.clock.now(), verified=verified)
        workshop.parts.store.receive(made)
        record = workshop.runner.start(made.id)
    if as_json:
        emit(record.model_dump(mode="json"))
        return
    from server.display.case import case_view

    show(case_view(record, made))
    waits = record.status.value.startswith("awaiting")
    next_command(
        f"countersign approvals show {record.approval_id}" if waits else f"countersign cases show {record.case_id}"
    )


def _ticket(what: str, sender: str, subject: str, now: datetime, *, verified: bool) -> Ticket:
    from agent.intake import read_email
    from agent.receiving import ticket_of_text, tickets_of_mail

    if what == "-":
        what = sys.stdin.read()
    elif what.endswith(".eml") and len(what) < 4096:
        return tickets_of_mail([read_email(Path(what).read_bytes())], now)[0]
    return ticket_of_text(what, sender, now, verified=True if verified else None, subject=subject)


def process(
    source: Annotated[Path, typer.Option("--in", help="A .jsonl file of tickets, an mbox, or an .eml file.")],
    out: Annotated[Path, typer.Option("--out", help="Where results go, one JSON line a ticket.")],
    as_json: bool = JSON_OPTION,
) -> None:
    """Work through a list of tickets. Stopped halfway, the same command goes on where it was."""
    from server.cli.processing import process_file
    from server.container import open_workshop
    from server.settings import Settings

    with open_workshop(Settings.read()) as workshop:
        if workshop.notice:
            complain(workshop.notice)
        report = process_file(workshop, source, out, quiet=as_json)
    for problem in report.problems:
        complain(problem)
    summary = {
        "done": report.done,
        "already_done": report.skipped,
        "bad": len(report.problems),
        "by_status": report.by_status,
    }
    if as_json:
        emit(summary)
    else:
        said = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in sorted(report.by_status.items()))
        say(f"{report.done} tickets worked on, {report.skipped} were done before. {said}")
        say(f"Results are in {out}")
        next_command("countersign approvals list")
    if report.problems:
        raise typer.Exit(PARTLY)


def result_of(record: CaseRecord) -> dict[str, object]:
    """One line of results: what a person or a script needs to know about a case."""
    said, proposal = record.classification, record.proposal
    return {
        "id": record.ticket_id,
        "case": record.case_id,
        "status": record.status.value,
        "intent": record.intent,
        "secondary": [ranked.intent for ranked in said.secondary] if said else [],
        "confidence": round(said.confidence, 4) if said else 0,
        "language": record.language,
        "reply": proposal.reply.text if proposal and proposal.reply else None,
        "citations": list(proposal.citations) if proposal else [],
        "actions": [action.model_dump(mode="json") for action in proposal.actions] if proposal else [],
        "verdict": record.verdict.verdict.value if record.verdict else None,
        "approval": record.approval_id or None,
        "reason": record.outcome,
    }
