"""`countersign audit`: what happened, and whether anybody touched the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, complain, emit, next_command, say, show, table

if TYPE_CHECKING:
    from agent.audit import AuditEntry
    from server.db.database import Database

_HEAD = re.compile(r"[0-9a-f]{8,64}")
"""As much of a hash as is printed, or all of it."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="The log of what happened: append-only, each entry holds the hash of the one before.",
        short_help="The log of what happened, and whether anybody touched it.",
        no_args_is_help=True,
    )
    group.command("verify", short_help="Check the whole chain.")(verify_log)
    group.command("show")(show_log)
    app.add_typer(group, name="audit")


def verify_log(
    head: Annotated[
        str, typer.Option(help="The head that an earlier check named, kept elsewhere; it must still be in the log.")
    ] = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Check the whole chain; names the first entry that was changed, removed or added.

    A chain that somebody wrote anew, or cut off with its head, is whole in itself: only a head that you noted
    elsewhere gives that away.
    """
    from agent.audit import Fault, verify
    from server.cli.folder import existing_database
    from server.settings import Settings

    noted = head.strip().lower()
    if noted and not _HEAD.fullmatch(noted):
        raise typer.BadParameter(f'--head "{head[:80]}" is not a head; take the one that `audit verify` printed')
    with existing_database(Settings.read()) as database:
        seen = _Noted(noted)
        report = verify(seen.passing(database.audit.entries()), database.audit.head())
        emptied = not report.count and bool(database.cases.list(limit=1))
    if report.ok and (emptied or not seen.found):
        gone = f"the entry {noted} that you noted" if not seen.found else "every entry about the cases there are"
        message = f"{gone} is gone: the log was cut off or written anew"
        report = report.model_copy(update={"ok": False, "seq": 1, "fault": Fault.HEAD_CHANGED, "message": message})
    if as_json:
        emit(report.model_dump(mode="json"))
    elif report.ok:
        say(f"{report.message[0].upper()}{report.message[1:]}. Head {report.head[:16]}")
    else:
        complain(f"The audit log cannot be trusted from entry {report.seq} on: {report.message}")
        next_command(f"countersign audit show --after {max(0, (report.seq or 1) - 3)} --limit 5")
    if not report.ok:
        raise typer.Exit(PARTLY)


class _Noted:
    """Watches entries go by for the one whose hash somebody noted; none, or that of an empty log, is never missed."""

    def __init__(self, noted: str) -> None:
        self._noted, self.found = noted, not noted.strip("0")

    def passing(self, entries: Iterable[AuditEntry]) -> Iterator[AuditEntry]:
        for entry in entries:
            self.found = self.found or entry.hash.startswith(self._noted)
            yield entry


def show_log(
    after: Annotated[int | None, typer.Option(min=0, help="Entries after this number; without it the newest.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 30,
    case: Annotated[str, typer.Option(help="Only this case.")] = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Entries in order; without --after the newest."""
    from server.cli.folder import existing_database, people_of, speak_of_people
    from server.settings import Settings
    from server.ui.people import named

    settings = Settings.read()
    with existing_database(settings) as database:
        entries = _entries(database, after, limit, case)
        speak_of_people(people_of(settings), database)
    if as_json:
        emit([entry.model_dump(mode="json") for entry in entries])
        return
    if not entries:
        say("Nothing was logged yet." if after is None and not case else "There is no such entry.")
    else:
        rows = [
            (str(e.seq), f"{e.at:%m-%d %H:%M:%S}", named(e.actor), e.event, e.case_id, _details(e)) for e in entries
        ]
        show(table(("#", "At (UTC)", "Who", "What", "Case", "Details"), rows, right=("#",)))
    next_command("countersign audit verify")


def _entries(database: Database, after: int | None, limit: int, case: str) -> list[AuditEntry]:
    if case:
        found = [entry for entry in database.audit.entries(after or 0) if entry.case_id == case]
        return found[:limit] if after is not None else found[-limit:]
    start = max(0, database.audit.head().count - limit) if after is None else after
    return list(database.audit.entries(start, limit))


def _details(entry: AuditEntry) -> str:
    """The payload as words; what somebody wrote into the table instead of JSON is shown as it is."""
    try:
        found: object = json.loads(entry.payload)
    except ValueError:
        return entry.payload[:80]
    if not isinstance(found, dict):
        return entry.payload[:80]
    named = ("kind", "kinds", "amount", "decision", "required_role", "scope", "reason", "due_at")
    said = (found.get(name) for name in named)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - JSON
    words = (", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in said if value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return " · ".join(words).replace("_", " ")[:80]
