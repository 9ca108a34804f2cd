"""`countersign demo`: the demo brand, its inbox, and a picture of what happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, complain, emit, next_command, say, show, typed

if TYPE_CHECKING:
    from server.container import Workshop
    from server.demo import Picture
    from server.settings import Settings
    from tools.helpdesk import Ticket

Seconds = dict[str, float]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", short_help="A demo brand: its inbox worked through, and what became of it.")(demo)


def demo(
    limit: Annotated[int, typer.Option(min=0, help="Work on at most this many tickets now; 0 means all.")] = 0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Take the demo brand away first and begin anew.")] = False,
    as_json: bool = JSON_OPTION,
) -> None:
    """Create the demo brand if it is not there, work through its inbox, and show what happened.

    A second run only works through tickets that are not done yet. Ctrl-C is safe at any moment.
    """
    from server.container import open_parts
    from server.demo import picture, unread
    from server.settings import Settings

    settings, started = Settings.read(), time.monotonic()
    seconds = _create(settings, fresh=fresh, quiet=as_json)
    with open_parts(settings) as parts:
        todo = unread(parts)
    notices: list[str] = []
    if todo or _unfinished(settings):
        worked, notices = _work(settings, todo[:limit] if limit else todo, started, quiet=as_json)
        seconds |= worked
    with open_parts(settings) as parts:
        found = picture(parts)
    left = len(todo) - limit if limit and len(todo) > limit else 0
    if as_json:
        rounded = {name: round(value, 2) for name, value in seconds.items()}
        emit({"seconds": rounded, "unread": left, "notices": notices, **found.as_json()})
    else:
        _tell(found, seconds, left)


def _create(settings: Settings, *, fresh: bool, quiet: bool) -> Seconds:
    """The brand in the data folder, once. A data folder that holds something else is left alone."""
    from server.demo import create_brand, created, remove_brand
    from server.lock import DataLock

    if created(settings) and not fresh:
        return {}
    with DataLock(settings.data):
        if fresh:
            remove_brand(settings)
        if not quiet:
            say("Alder & Wren is a small shop for bags, knitwear, mugs and coffee. Creating it: orders, parcels,")
            say(f"tickets and policies, in {settings.data}")
        seconds = create_brand(settings)
    if not quiet:
        say(f"{_said(seconds)}.")
    return seconds


def _unfinished(settings: Settings) -> bool:
    """Whether an interruption left a case half worked on, or a signature not carried through."""
    from agent.approvals import ApprovalStatus
    from agent.case import CaseStatus
    from server.container import open_parts

    with open_parts(settings) as parts:
        working = parts.database.cases.list(CaseStatus.WORKING, limit=1)
        return bool(working or parts.database.approvals.list(ApprovalStatus.EXECUTING, limit=1))


def _work(settings: Settings, todo: list[Ticket], started: float, *, quiet: bool) -> tuple[Seconds, list[str]]:
    from server.cli.tickets import aloud
    from server.container import open_workshop

    opened = time.monotonic()
    with open_workshop(settings) as workshop:
        seconds = {"model": time.monotonic() - opened}
        notices = [*aloud(workshop), *(alert.message for alert in workshop.runner.recover().alerts)]
        for notice in () if quiet else notices:
            complain(notice)
        seconds |= _inbox(workshop, todo, started, quiet=quiet)
    return seconds, notices


def _inbox(workshop: Workshop, todo: list[Ticket], started: float, *, quiet: bool) -> Seconds:
    from server.display.live import Working

    seconds, begun, working = Seconds(), time.monotonic(), Working()
    for ticket in working(todo, quiet=quiet):
        workshop.parts.store.append(ticket)
        record = workshop.runner.start(ticket.id)
        seconds.setdefault("first case after", time.monotonic() - started)
        working.tell(record, ticket)
    name = f"{len(todo)} ticket{'' if len(todo) == 1 else 's'}"
    return {**seconds, name: time.monotonic() - begun} if todo else seconds


def _said(seconds: Seconds) -> str:
    return ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())


def _tell(found: Picture, seconds: Seconds, left: int) -> None:
    from server.display.picture import picture_view

    show(picture_view(found))
    if seconds:
        say(f"Took: {_said(seconds)}")
    if left:
        say(f"{left} tickets are not worked on yet: {typed('countersign demo')}")
    if found.to_sign is None:
        next_command(f"countersign cases show {found.case_id}" if found.case_id else "countersign demo")
        return
    say(f"Look at one: {typed(f'countersign approvals show {found.to_sign.id}')}")
    next_command(f"countersign approvals approve {found.to_sign.id} --as {found.signer}")
