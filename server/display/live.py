"""The live display of an inbox being worked through: a count, a rate, and the newest cases."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from agent.repositories import CaseRecord
from server.cli.output import console, say, visible
from tools.helpdesk import Ticket

SHOWN = 6


class Working:
    """Iterates over tickets and shows how it goes. Plain lines when piped, nothing when quiet."""

    def __init__(self) -> None:
        self._latest: deque[str] = deque(maxlen=SHOWN)

    def __call__(self, tickets: Sequence[Ticket], *, quiet: bool) -> Iterator[Ticket]:
        """The tickets, one after the other."""
        if quiet or not tickets:
            yield from tickets
        elif console().is_terminal:
            yield from self._shown(tickets)
        else:
            yield from tickets
            say(f"{len(tickets)} tickets worked on.")

    def tell(self, record: CaseRecord, ticket: Ticket) -> None:
        """Note what became of a ticket."""
        line = visible(" ".join((ticket.subject or ticket.latest.text).split()))
        status = record.status.value.replace("_", " ")
        self._latest.append(f"  {record.intent.replace('_', ' '):<18}  {status:<18}  {line}")

    def _shown(self, tickets: Sequence[Ticket]) -> Iterator[Ticket]:
        bar = Progress(TextColumn("Inbox"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
        task = bar.add_task("inbox", total=len(tickets), rate="")
        with Live(self._frame(bar), console=console(), refresh_per_second=8) as live:
            for ticket in tickets:
                yield ticket
                self._advance(bar, task)
                live.update(self._frame(bar))

    def _advance(self, bar: Progress, task: TaskID) -> None:
        speed = bar.tasks[0].speed
        bar.update(task, advance=1, rate=f"{speed:.1f} tickets a second" if speed else "")

    def _frame(self, bar: Progress) -> Group:
        return Group(bar, *(Text(line, no_wrap=True, overflow="ellipsis") for line in self._latest))
