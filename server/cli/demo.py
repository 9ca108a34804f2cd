"""`countersign demo`: the demo brand, its inbox, and a picture of what happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, complain, emit, next_command, say

if TYPE_CHECKING:
    from server.container import Workshop
    from server.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    limit: Annotated[int, typer.Option(min=0, help="Work on at most this many tickets now; 0 means all.")] = 0,
    as_json: bool = JSON_OPTION,
) -> None:
    """Create the demo brand if it is not there, work through its inbox, and show what happened."""
    from server.container import open_workshop
    from server.settings import Settings

    settings, started = Settings.read(), time.monotonic()
    seconds = _create(settings, quiet=as_json)
    with open_workshop(settings) as workshop:
        if workshop.notice:
            complain(workshop.notice)
        seconds |= _work(workshop, started, limit, quiet=as_json)
        _picture(workshop, seconds, as_json=as_json)


def _create(settings: Settings, *, quiet: bool) -> dict[str, float]:
    """The brand in the data folder, once. A data folder that holds something else is left alone."""
    from server.demo import NotEmpty, create_brand, created

    if created(settings):
        return {}
    if not quiet:
        say("Alder & Wren is a small shop for bags, knitwear, mugs and coffee. Creating it, with 1,500 orders.")
    started = time.monotonic()
    if settings.database_url:
        raise NotEmpty(settings.data)
    create_brand(settings)
    return {"brand": time.monotonic() - started}


def _work(workshop: Workshop, started: float, limit: int, *, quiet: bool) -> dict[str, float]:
    from server.demo import inbox

    waiting = inbox(workshop)
    todo = waiting[:limit] if limit else waiting
    seconds: dict[str, float] = {}
    if not todo:
        return seconds
    from server.display.live import working

    begun = time.monotonic()
    workshop.runner.recover()
    for ticket in working(todo, quiet=quiet):
        record = workshop.runner.start(ticket.id)
        if "first case" not in seconds:
            seconds["first case"] = time.monotonic() - started
        working.tell(record, ticket)
    seconds["inbox"] = time.monotonic() - begun
    return seconds


def _picture(workshop: Workshop, seconds: dict[str, float], *, as_json: bool) -> None:
    from server.demo import picture
    from server.display.picture import picture_view

    found = picture(workshop)
    if as_json:
        emit({"seconds": {name: round(value, 2) for name, value in seconds.items()}, **found.as_json()})
        return
    from server.cli.output import show

    show(picture_view(found, seconds))
    if found.to_sign is not None:
        say(f"Look at one:  countersign approvals show {found.to_sign.id}")
        next_command(f"countersign approvals approve {found.to_sign.id} --as {found.signer}")
    elif found.case_id:
        next_command(f"countersign cases show {found.case_id}")
