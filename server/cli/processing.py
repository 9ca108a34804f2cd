"""What stands behind `countersign process`: reading, working, resuming."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from agent.case import CaseStatus
from agent.intake import InboundMail, IntakeError, read_mail_file
from agent.receiving import Mailbox, ticket_of_line, tickets_of_mail
from server.cli.columns import holds_table, read_table
from server.container import Workshop, own_addresses
from tools.errors import ToolError
from tools.helpdesk import Ticket

if TYPE_CHECKING:
    from agent.repositories import CaseRecord

LARGEST = 1024**3
LONGEST_LINE = 4 * 1024 * 1024
Shown = Callable[[list[Ticket]], Iterable[Ticket]]
"""Gives the tickets one by one and shows how far it is."""
_MAIL = (".eml", ".mbox", ".mbx")
_LISTS = "If it is a list of tickets: save it as CSV with the columns id and text, or as .jsonl."
_Entry = tuple[int, Callable[[], Mapping[str, object]]]
"""The line in which a ticket begins, and its fields; asking for them raises IntakeError when they cannot be read."""


@dataclass
class ProcessReport:
    """What was worked on, what had been before, what waits for a stop to end, and what could not be read."""

    done: int = 0
    skipped: int = 0
    paused: int = 0
    by_status: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])
    alerts: list[str] = field(default_factory=list[str])
    """What an earlier interruption left for a person."""
    remarks: list[str] = field(default_factory=list[str])
    """What of the file was read, and what was not, although nothing is wrong."""


def process_file(workshop: Workshop, source: Path, out: Path, *, again: bool, shown: Shown) -> ProcessReport:
    """Work on every ticket of `source` that `out` does not name yet; each result is on disk before the next begins.

    Raises IntakeError when one of the files cannot be used at all.
    """
    report = ProcessReport()
    tickets = list(read_tickets(source, workshop, report))
    known = set[str]() if again else finished(out)
    todo = [ticket for ticket in tickets if ticket.id not in known]
    report.skipped = len(tickets) - len(todo)
    workshop.runner.expire()
    report.alerts = [alert.message for alert in workshop.runner.recover().alerts]
    with out.open("w" if again else "a", encoding="utf-8") as results:
        for ticket in shown(todo):
            record = _worked_on(workshop, ticket, report)
            if record is not None:
                results.write(json.dumps(result_of(record), ensure_ascii=False) + "\n")
                results.flush()
    return report


def _worked_on(workshop: Workshop, ticket: Ticket, report: ProcessReport) -> CaseRecord | None:
    """The case, when it came to a result: one that a stop paused has none yet, and one whose shop is away has none."""
    try:
        workshop.parts.store.receive(ticket)
        record = workshop.runner.start(ticket.id)
    except ToolError as error:
        report.problems.append(f"ticket {ticket.id}: {error}")
        return None
    if record.status is CaseStatus.WORKING:
        report.paused += 1
        return None
    report.done += 1
    report.by_status[record.status.value] += 1
    return record


def finished(out: Path) -> set[str]:
    """Ids of the results in a file; a last line that an interruption cut off is removed. Raises IntakeError."""
    if not out.exists():
        return set()
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    cut_off = content[len(whole) :]
    try:
        found = {str(json.loads(line)["id"]) for line in whole.splitlines() if line.strip()}
    except (ValueError, KeyError, TypeError):
        found = None
    # Nothing is taken away from a file before it is known to be ours.
    if found is None or not (not cut_off or cut_off.startswith(b'{"id"')):
        raise IntakeError(f"{out} holds something else than results; give another name with --out")
    if cut_off:
        out.write_bytes(whole)
    return found


def read_tickets(source: Path, workshop: Workshop, report: ProcessReport) -> Iterator[Ticket]:
    """The tickets of a file; what cannot be read is reported with file and line, and the rest goes on."""
    if not source.is_file():
        what = "is a folder" if source.is_dir() else "does not exist"
        raise IntakeError(f"{source} {what}; name a .jsonl or .csv file of tickets, an mbox or an .eml file")
    if source.stat().st_size > LARGEST:
        raise IntakeError(f"{source} is larger than 1 GB; split it")
    now = workshop.parts.clock.now()
    if holds_table(source):
        yield from _rows(source, now, report)
    elif _holds_lines(source):
        yield from _lines(source, now, report)
    else:
        yield from _mails(source, now, workshop, report)


def _holds_lines(source: Path) -> bool:
    """Whether it is JSON: told by what it begins with, because names are chosen freely."""
    with source.open("rb") as stream:
        head = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"["):
        raise IntakeError(f"{source} is one JSON array; write one ticket a line, without brackets")
    return head.startswith(b"{") or source.suffix.lower() in (".jsonl", ".json", ".ndjson")


def _mails(source: Path, now: datetime, workshop: Workshop, report: ProcessReport) -> Iterator[Ticket]:
    settings = workshop.parts.settings
    mailbox = Mailbox(proven=bool(settings.mail_server), own=own_addresses(settings, workshop.parts.limits))
    mails: list[InboundMail] = []
    try:
        for item in read_mail_file(source, server=settings.mail_server or None):
            if isinstance(item, InboundMail):
                mails.append(item)
            else:
                report.problems.append(f"{item.where}: {item.reason}")
    except IntakeError as error:
        if source.suffix.lower() in _MAIL:
            raise
        raise IntakeError(f"{error} {_LISTS}") from None
    yield from tickets_of_mail(mails, now, mailbox)


def _rows(source: Path, now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    columns, rows = read_table(source)
    if remark := columns.remark():
        report.remarks.append(f"{source}: {remark}")
    yield from _each(source, ((number, partial(columns.fields, cells)) for number, cells in rows), now, report)


def _lines(source: Path, now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    with source.open("rb") as stream:
        lines = ((number, partial(_fields, line)) for number, line in enumerate(_physical(stream), 1) if line.strip())
        yield from _each(source, lines, now, report)


def _each(source: Path, entries: Iterable[_Entry], now: datetime, report: ProcessReport) -> Iterator[Ticket]:
    seen: dict[str, int] = {}
    for number, fields in entries:
        try:
            yield _once(ticket_of_line(fields(), now), number, seen)
        except IntakeError as error:
            report.problems.append(f"{source}:{number}: {error}")
    if not seen and not report.problems:
        raise IntakeError(f"{source} is empty; it needs one ticket a line")


def _physical(stream: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is longer than any ticket just enough to say so."""
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line


def _once(ticket: Ticket, number: int, seen: dict[str, int]) -> Ticket:
    first = seen.setdefault(ticket.id, number)
    if first != number:
        raise IntakeError(f'the id "{ticket.id}" is on line {first} already; give each ticket its own')
    return ticket


def _fields(line: bytes) -> dict[str, object]:
    if len(line) > LONGEST_LINE:
        raise IntakeError("the line is longer than 4 MB, which no ticket is")
    try:
        value: object = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise IntakeError(f"the line is not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except RecursionError:
        raise IntakeError("the line is nested deeper than any ticket is") from None
    except json.JSONDecodeError as error:
        raise IntakeError(
            f"the line is not JSON from character {error.pos + 1} on; one object a line is needed"
        ) from None
    except ValueError as error:
        raise IntakeError(f"the line is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise IntakeError('the line has to be an object such as {"id": "1", "text": "where is my order?"}')
    return cast("dict[str, object]", value)  # json.loads yields nothing else


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
