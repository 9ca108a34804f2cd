"""`countersign stop` and `countersign go`: the switch that stops the next effect, in every process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, complain, emit, next_command, say

if TYPE_CHECKING:
    from agent.limits import Person
    from agent.switches import Switch
    from server.db.database import Database
    from server.settings import Settings

By = Annotated[str, typer.Option("--as", help="Who you are: an id, name or e-mail of `people` in limits.yaml.")]
Intent = Annotated[str, typer.Option(help="Only cases of this intent; without it everything.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("stop", short_help="Stop effects from the next one on, in every process.")(stop)
    app.command("go", short_help="Let effects happen again, and carry on what was waiting.")(go)


def stop(
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")],
    intent: Intent = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Stop effects from the next one on, in every process. Tickets still come in and are shown."""
    from server.cli.folder import existing_database
    from server.settings import Settings

    settings = Settings.read()
    scope = _scope(intent)
    with existing_database(settings) as database:
        person = _stopper(by, settings, database)
        _set(database, settings, scope, person, reason, stopped=True)
    if as_json:
        emit({"scope": scope, "stopped": True, "by": person, "reason": reason})
        return
    say(f"Stopped {intent or 'everything'} from the next effect on. Tickets still come in and are shown.")
    next_command(f"countersign go --as {person}{f' --intent {intent}' if intent else ''}")


def go(
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    intent: Intent = "",
    as_json: bool = JSON_OPTION,
) -> None:
    """Let effects happen again, and carry on what was waiting."""
    from agent.limits import load_limits
    from server.cli.folder import existing_database, people_of, person_of, speak_of_people
    from server.settings import Settings

    settings = Settings.read()
    scope = _scope(intent)
    with existing_database(settings) as database:
        person = _operator(person_of(by, load_limits(settings.limits), database.accounts))
        _set(database, settings, scope, person, reason, stopped=False)
        speak_of_people(people_of(settings), database)
        left = stopped_scopes(database)
    carried, alerts, runs = _carry_on(settings)
    if as_json:
        emit(
            {
                "scope": scope,
                "stopped": False,
                "by": person,
                "carried_on": carried,
                "still_stopped": left,
                "alerts": alerts,
            }
        )
        return
    cases = "case was" if carried == 1 else "cases were"
    elsewhere = "the running service, or the next `countersign process`, carries on what was paused"
    gone = elsewhere if runs else f"{carried} {cases} carried on"
    say(f"{(intent or 'everything').capitalize()} goes again; {gone}.")
    for line in (*alerts, *(f"Still stopped: {scope}" for scope in left)):
        complain(line)
    next_command("countersign approvals list")


def _scope(intent: str) -> str:
    """The scope of an intent that exists: a stop that names none would stop nothing and say nothing."""
    from agent.switches import EVERYTHING, intent_scope
    from agent.triage.intents import Intent as Known

    if not intent:
        return EVERYTHING
    known = [each.value for each in Known]
    if intent not in known:
        raise typer.BadParameter(f'there is no intent "{intent}"; one of {", ".join(known)}')
    return intent_scope(intent)


def _operator(person: Person) -> str:
    """The id of somebody who may stop and go: the same rule as on the page. Raises BadParameter for anybody else."""
    from server.auth.principal import GRANTED, Scope

    if Scope.OPERATE not in GRANTED[person.role]:
        able = " or ".join(role.value for role, scopes in GRANTED.items() if Scope.OPERATE in scopes)
        raise typer.BadParameter(f"{person.name} is {person.role.value}, and {able} stops and lets go again; ask one")
    return person.id


def _stopper(by: str, settings: Settings, database: Database) -> str:
    """Who stops. With limits that cannot be read the name counts as typed: a stop must always be possible."""
    from agent.limits import LimitsError, load_limits
    from server.cli.folder import person_of

    try:
        return _operator(person_of(by, load_limits(settings.limits), database.accounts))
    except LimitsError:
        complain(f'{settings.limits} cannot be read, so nobody could check who "{by}" is; it is stopped all the same')
        return by.strip()[:100] or "somebody"


def _set(database: Database, settings: Settings, scope: str, by: str, reason: str, *, stopped: bool) -> None:
    from agent.switches import Switch
    from server.clock import clock_of

    now = clock_of(settings.data, database.audit).now()
    database.switches.set(Switch(scope=scope, stopped=stopped, by=by, reason=reason.strip()[:500], at=now))


def _carry_on(settings: Settings) -> tuple[int, list[str], bool]:
    """How many paused cases went on, what a person has to be told, and whether another process does it instead."""
    from server.container import open_workshop
    from server.lock import DataFolderBusy

    try:
        with open_workshop(settings) as workshop:
            found = workshop.runner.recover()
            waiting = set(workshop.runner.recovery.unfinished())
    except DataFolderBusy:
        return 0, [], True
    # What had to stop again on its way was not carried on, and would be counted at every go.
    return sum(case.case_id not in waiting for case in found.cases), [alert.message for alert in found.alerts], False


def stopped_scopes(database: Database) -> list[str]:
    """What is stopped now, in words: `everything, by Dana Whitfield: odd refunds`."""
    return [_said(switch) for switch in database.switches.all() if switch.stopped]


def _said(switch: Switch) -> str:
    from server.ui.people import named

    return f"{switch.stops}, by {named(switch.by)}{f': {switch.reason}' if switch.reason else ''}"
