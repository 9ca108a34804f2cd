"""`countersign ticket` and `countersign process`: real input through the real graph."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, complain_all, console, emit, next_command, say, show

if TYPE_CHECKING:
    from server.cli.processing import ProcessReport
    from server.container import Workshop
    from tools.helpdesk import Ticket

_MAIL = re.compile(
    rb"\A(?:From |(?:Received|Return-Path|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|Reply-To|X-[\w-]+"
    rb"|Content-Type|DKIM-Signature|Authentication-Results|ARC-[\w-]+):[^\n]*\n(?:[ \t][^\n]*\n)*[\w-]+:[ \t])",
    re.IGNORECASE,
)
"""How a piped e-mail begins: with two header lines, as no message of a person does."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ticket", short_help="Work on one ticket: a text, standard input or an .eml file.")(ticket)
    app.command("process", short_help="Work through a file of tickets, or an mbox.")(process)


def ticket(
    what: Annotated[str, typer.Argument(help="The message, - for standard input, or an .eml file.")],
    sender: Annotated[str, typer.Option("--from", help="Who writes (for a text).")] = "",
    subject: Annotated[str, typer.Option(help="The subject (for a text).")] = "",
    order: Annotated[str, typer.Option(help="The order it is about, as a form would say (for a text).")] = "",
    verified: Annotated[
        bool, typer.Option("--verified", help="The channel proves the sender, as a login does (for a text).")
    ] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Work on one ticket: what it asks, what is true, a sourced draft, and what would happen."""
    from server.container import open_workshop
    from server.display.case import case_names, case_view
    from server.settings import Settings

    data, mail = _input(what)
    with open_workshop(Settings.read()) as workshop:
        subject = " ".join(part for part in (subject, f"Order {order}" if order else "") if part)
        made = _ticket(data, workshop, sender, subject, verified=verified, mail=mail)
        notices = aloud(workshop)
        workshop.parts.store.receive(made)
        record = workshop.runner.start(made.id)
        names = case_names(record, workshop.parts.store.readers())
    if as_json:
        emit({**record.model_dump(mode="json"), "notices": notices})
        return
    for notice in notices:
        complain(notice)
    show(case_view(record, made, names))
    waits = record.status.value.startswith("awaiting")
    next_command(
        f"countersign approvals show {record.approval_id}" if waits else f"countersign cases show {record.case_id}"
    )


def _input(what: str) -> tuple[bytes, bool]:
    """What was typed, piped or named, and whether it is an e-mail. Raises OSError for a file that cannot be read."""
    if what == "-":
        if sys.stdin.isatty():
            complain("Type the message, then Ctrl-D on an empty line.")
        data = sys.stdin.buffer.read()
        return data, bool(_MAIL.match(data[:65_536].replace(b"\r\n", b"\n")))
    if what.lower().endswith(".eml") and len(what) < 4096 and "\n" not in what:
        return Path(what).read_bytes(), True
    return what.encode("utf-8", "surrogateescape"), False


def _ticket(data: bytes, workshop: Workshop, sender: str, subject: str, *, verified: bool, mail: bool) -> Ticket:
    from agent.intake import IntakeError, read_email
    from agent.receiving import Mailbox, ticket_of_text, tickets_of_mail
    from server.container import own_addresses

    parts, now = workshop.parts, workshop.parts.clock.now()
    if mail:
        mailbox = Mailbox(proven=bool(parts.settings.mail_server), own=own_addresses(parts.settings, parts.limits))
        return tickets_of_mail([read_email(data, server=parts.settings.mail_server or None)], now, mailbox)[0]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntakeError(f"the message is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    return ticket_of_text(text, sender, now, verified=True if verified else None, subject=subject)


def aloud(workshop: Workshop) -> list[str]:
    """What a person has to know about how this runs: where texts go, a weaker model, nothing to look up, a stop."""
    from server.brand import borrowed
    from server.cli.folder import speak_of_people
    from server.cli.switch import stopped_scopes
    from server.reasoner import sent_away

    parts = workshop.parts
    speak_of_people(parts.limits.people, parts.database)
    said = [notice for notice in (sent_away(parts.settings), workshop.notice) if notice]
    if not parts.store.counts()["orders"]:
        said.append(f"There are no orders in {parts.settings.data}: countersign store import FOLDER")
    if not (parts.settings.data / "knowledge").is_dir():
        said.append("No document was ingested, so no policy can be cited: countersign knowledge ingest FOLDER")
    said += [f"{name}: {what}; {do}" for name, what, do in borrowed(parts.settings)]
    said += [f"Stopped: {scope}. Drafts are made, nothing happens." for scope in stopped_scopes(parts.database)]
    return said


def process(
    source: Annotated[Path, typer.Option("--in", help="Tickets as .jsonl or .csv, an mbox, or an .eml file.")],
    out: Annotated[Path, typer.Option("--out", help="Where results go, one JSON line a ticket.")],
    resume: Annotated[
        bool, typer.Option("--resume/--again", help="Leave out what OUT names already, or write OUT anew.")
    ] = True,
    as_json: bool = JSON_OPTION,
) -> None:
    """Work through a list of tickets. Stopped halfway, the same command goes on where it was."""
    from server.cli.folder import not_the_same
    from server.cli.processing import process_file
    from server.container import open_workshop
    from server.settings import Settings

    not_the_same(source, out)
    with open_workshop(Settings.read()) as workshop:
        notices, started = aloud(workshop), time.monotonic()
        report = process_file(workshop, source, out, again=not resume, shown=_quiet if as_json else _bar)
        seconds = time.monotonic() - started
    notices += [*report.remarks, *report.alerts]
    if as_json:
        emit(_summary(report, notices, out))
    else:
        _tell(report, notices, out, seconds)
    if report.problems or report.paused:
        raise typer.Exit(PARTLY)


def _summary(report: ProcessReport, notices: list[str], out: Path) -> dict[str, object]:
    return {
        "done": report.done,
        "already_done": report.skipped,
        "paused": report.paused,
        "bad": len(report.problems),
        "by_status": dict(report.by_status),
        "problems": report.problems,
        "notices": notices,
        "out": str(out),
    }


def _tell(report: ProcessReport, notices: list[str], out: Path, seconds: float) -> None:
    complain_all([*notices, *report.problems])
    rate = f", {report.done / seconds:.1f} a second" if report.done and seconds else ""
    before = f" {report.skipped} were done before." if report.skipped else ""
    say(f"{report.done} tickets worked on in {seconds:.1f} s{rate}.{before} Results are in {out}")
    if report.by_status:
        counts = sorted(report.by_status.items(), key=lambda item: -item[1])
        say(", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts))
    if report.paused:
        complain(f"{report.paused} are paused by a stop; after `countersign go` the same command writes their results")
    next_command("countersign approvals list")


def _quiet(tickets: list[Ticket]) -> Iterable[Ticket]:
    return tickets


def _bar(tickets: list[Ticket]) -> Iterator[Ticket]:
    """The tickets, with a bar that shows count and rate on a terminal."""
    if not console().is_terminal:
        yield from tickets
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("Tickets"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=console()) as progress:
        task = progress.add_task("tickets", total=len(tickets), rate="")
        for each in tickets:
            yield each
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, rate=f"{speed:.1f} a second" if speed else "")
