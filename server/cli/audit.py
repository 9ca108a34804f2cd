"""`countersign audit`, `stop` and `go`: what happened, and the switch that stops the next effect."""

from __future__ import annotations

from typing import Annotated

import typer

from server.cli.edge import PARTLY
from server.cli.output import JSON_OPTION, emit, next_command, say, show, table

By = Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")]
Intent = Annotated[str, typer.Option(help="Only cases of this intent; without it everything.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help="The log of what happened: append-only, each entry holds the hash of the one before.", no_args_is_help=True
    )
    group.command("verify")(verify_log)
    group.command("show")(show_log)
    app.add_typer(group, name="audit")
    app.command("stop")(stop)
    app.command("go")(go)


def verify_log(as_json: bool = JSON_OPTION) -> None:
    """Check the whole chain; names the first entry that was changed, removed or added."""
    from agent.audit import verify
    from server.container import open_parts
    from server.settings import Settings

    with open_parts(Settings.read()) as parts:
        report = verify(parts.database.audit.entries(), parts.database.audit.head())
    if as_json:
        emit(report.model_dump(mode="json"))
    else:
        say(report.message)
    if not report.ok:
        raise typer.Exit(PARTLY)


def show_log(
    after: Annotated[int, typer.Option(help="Only entries after this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: bool = JSON_OPTION,
) -> None:
    """Entries in order."""
    from server.container import open_parts
    from server.settings import Settings

    with open_parts(Settings.read()) as parts:
        entries = list(parts.database.audit.entries(after, limit))
    if as_json:
        emit([entry.model_dump(mode="json") for entry in entries])
        return
    rows = [(str(e.seq), f"{e.at:%m-%d %H:%M:%S}", e.actor, e.event, e.case_id, e.payload[:60]) for e in entries]
    show(table(("#", "At (UTC)", "Who", "What", "Case", "Details"), rows, right=("#",)))
    next_command("countersign audit verify")


def stop(
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")],
    intent: Intent = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Stop effects from the next one on, in every process. Tickets still come in and are shown."""
    _switch(by, reason, intent, stopped=True, as_json=as_json)


def go(
    by: By, reason: Annotated[str, typer.Option(help="Why.")] = "", intent: Intent = "", as_json: bool = JSON_OPTION
) -> None:
    """Let effects happen again, and carry on what was waiting."""
    _switch(by, reason, intent, stopped=False, as_json=as_json)


def _switch(by: str, reason: str, intent: str, *, stopped: bool, as_json: bool) -> None:
    from agent.approvals import UnknownPerson
    from agent.switches import EVERYTHING, Switch, intent_scope
    from server.container import open_parts, open_workshop
    from server.settings import Settings

    settings = Settings.read()
    with open_parts(settings) as parts:
        person = parts.limits.person(by)
        if person is None:
            raise UnknownPerson(by)
        scope = intent_scope(intent) if intent else EVERYTHING
        switch = Switch(scope=scope, stopped=stopped, by=person.id, reason=reason, at=parts.clock.now())
        parts.database.switches.set(switch)
    carried = 0
    if not stopped:
        with open_workshop(settings) as workshop:
            carried = len(workshop.runner.recover())
    if as_json:
        emit({"scope": scope, "stopped": stopped, "by": person.id, "carried_on": carried})
    elif stopped:
        say(f"Stopped {intent or 'everything'} from the next effect on. Tickets still come in.")
        next_command(f"countersign go --as {person.id}{f' --intent {intent}' if intent else ''}")
    else:
        say(f"Going again; {carried} cases were carried on.")
        next_command("countersign approvals list")
