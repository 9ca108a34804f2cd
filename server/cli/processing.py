"""What stands behind `countersign process`: reading, working, resuming."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from agent.intake import InboundMail, IntakeError, read_mail_file
from agent.receiving import ticket_of_line, tickets_of_mail
from server.cli.tickets import result_of
from server.container import Workshop
from tools.helpdesk import Ticket

LARGEST = 1024**3


@dataclass
class ProcessReport:
    """What was worked on, what had been before, and what could not be read."""

    done: int = 0
    skipped: int = 0
    by_status: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])


def process_file(workshop: Workshop, source: Path, out: Path, *, quiet: bool) -> ProcessReport:
    """Work on every ticket of `source` that `out` does not name yet; each result is on disk before the next begins."""
    report = ProcessReport()
    tickets = list(read_tickets(source, workshop.parts.clock.now(), report))
    known = finished(out)
    with out.open("a", encoding="utf-8") as results:
        for ticket in _progress(tickets, quiet=quiet):
            if ticket.id in known:
                report.skipped += 1
                continue
            workshop.parts.store.receive(ticket)
            record = workshop.runner.start(ticket.id)
            results.write(json.dumps(result_of(record), ensure_ascii=False) + "\n")
            results.flush()
            known.add(ticket.id)
            report.done += 1
            report.by_status[record.status.value] += 1
    return report


def finished(out: Path) -> set[str]:
    """Ids of the results in a file; a last line that an interruption cut off is removed."""
    if not out.exists():
        return set()
    text = out.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        out.write_text(whole, encoding="utf-8")
    try:
        return {str(json.loads(line)["id"]) for line in whole.splitlines() if line.strip()}
    except (ValueError, KeyError, TypeError):
        raise IntakeError(f"{out} holds something else than results; give another name with --out") from None


def read_tickets(source: Path, now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    """The tickets of a file; what cannot be read is reported with file and line, and the rest goes on."""
    if not source.is_file():
        raise IntakeError(f"{source} is not a file; give a .jsonl file of tickets, an mbox or an .eml file")
    if source.stat().st_size > LARGEST:
        raise IntakeError(f"{source} is larger than 1 GB; split it")
    if source.suffix in (".jsonl", ".json", ".ndjson"):
        yield from _lines(source, now, report)
    else:
        yield from _mails(source, now, report)


def _mails(source: Path, now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    mails: list[InboundMail] = []
    for item in read_mail_file(source):
        if isinstance(item, InboundMail):
            mails.append(item)
        else:
            report.problems.append(f"{source}: {item}")
    yield from tickets_of_mail(mails, now)


def _lines(source: Path, now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    found = 0
    with source.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            found += 1
            try:
                yield ticket_of_line(_fields(line), now)
            except IntakeError as error:
                report.problems.append(f"{source}:{number}: {error}")
    if not found:
        raise IntakeError(f"{source} is empty; it needs one ticket a line")


def _fields(line: bytes) -> dict[str, object]:
    try:
        value: object = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise IntakeError(f"the line is not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except ValueError as error:
        raise IntakeError(f"the line is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise IntakeError('the line has to be an object such as {"id": "1", "text": "where is my order?"}')
    return cast("dict[str, object]", value)


def _progress(tickets: list[Ticket], *, quiet: bool) -> Iterator[Ticket]:
    """The tickets, with a bar that shows count and rate on a terminal."""
    from server.cli.output import console

    if quiet or not console().is_terminal:
        yield from tickets
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Tickets"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console()) as progress:
        task = progress.add_task("tickets", total=len(tickets), rate="")
        for ticket in tickets:
            yield ticket
            speed = progress.tasks[task].speed
            progress.update(task, advance=1, rate=f"{speed:.0f}/s" if speed else "")
