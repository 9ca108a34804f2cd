"""`countersign people` and `countersign keys`: who may sign in, and which programs act for whom."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from server.cli.output import JSON_OPTION, emit, next_command, say, show, table

if TYPE_CHECKING:
    from agent.limits import Role
    from server.auth.accounts import Account, ApiKey
    from server.auth.principal import Scope
    from server.auth.team import Team

HERE = "command-line"
By = Annotated[str, typer.Option("--as", help="Who you are, for the audit log: an id or e-mail.")]
Who = Annotated[str, typer.Argument(help="An account: id or e-mail.")]
Typed = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


class NoSuchChoice(Exception):
    """A role or scope that does not exist."""

    def __init__(self, what: str, given: str, known: list[str]) -> None:
        super().__init__(f'there is no {what} "{given}"; one of {", ".join(known)}')


class NothingToRevoke(Exception):
    """No key of this prefix counts."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f'no key "{prefix}" counts; `countersign keys list` shows them')


def register(app: typer.Typer) -> None:
    """Add both groups."""
    people = typer.Typer(help="Who may sign in, and with which role.", no_args_is_help=True)
    people.command("list", short_help="Every account.")(list_people)
    people.command("add", short_help="Let somebody in.")(add_person)
    people.command("role", short_help="Give another role.")(give_role)
    people.command("disable", short_help="Keep somebody out, or let them in again.")(disable)
    people.command("password", short_help="A new password for somebody who forgot theirs.")(give_password)
    app.add_typer(people, name="people")
    keys = typer.Typer(help="Keys for programs that act for somebody.", no_args_is_help=True)
    keys.command("list", short_help="Every key.")(list_keys)
    keys.command("add", short_help="Make a key; it is shown once.")(add_key)
    keys.command("revoke", short_help="From now on a key opens nothing.")(revoke_key)
    app.add_typer(keys, name="keys")


@contextmanager
def _team() -> Generator[Team]:
    from agent.deps import SystemClock
    from server.auth.passwords import Passwords
    from server.auth.team import Team
    from server.cli.folder import existing_parts
    from server.settings import Settings

    with existing_parts(Settings.read()) as parts:
        yield Team(
            database=parts.database,
            limits=parts.limits,
            passwords=Passwords(),
            clock=parts.clock,
            wall=SystemClock(),
        )


def list_people(as_json: bool = JSON_OPTION) -> None:
    """Every account, by id."""
    with _team() as team:
        accounts = team.database.accounts.list()
    if as_json:
        emit([_account(each) for each in accounts])
        return
    if not accounts:
        say("Nobody has an account yet: `countersign serve` shows a link that makes the first.")
    else:
        rows = [(a.id, a.name, a.email, a.role.value, "disabled" if a.disabled else "") for a in accounts]
        show(table(("Id", "Name", "E-mail", "Role", ""), rows))
    next_command("countersign people add NAME@SHOP --name NAME --role agent")


def add_person(
    email: Annotated[str, typer.Argument(help="Their e-mail, with which they sign in.")],
    name: Annotated[str, typer.Option(help="What they are called.")],
    role: Annotated[str, typer.Option(help="viewer, agent, lead or admin.")],
    id: Annotated[str, typer.Option(help="What the log records; else that of limits.yaml or of the e-mail.")] = "",  # noqa: A002
    password_stdin: Typed = False,
    by: By = HERE,
    as_json: bool = JSON_OPTION,
) -> None:
    """Let somebody in. Without --password-stdin a password is made and shown once."""
    from server.auth.passwords import random_password
    from server.auth.team import Newcomer

    made = "" if password_stdin else random_password()
    password = _read_password() if password_stdin else made
    with _team() as team:
        new = Newcomer(email=email, name=name, role=_role(role), id=id, password=password)
        account = team.add(new, _by(team, by))
    if as_json:
        emit({**_account(account), "password": made})
        return
    say(f"{account.name} signs in with {account.email} as {account.role.value}; the log records {account.id}.")
    _show_password(made)
    next_command("countersign people list")


def give_role(
    who: Who,
    role: Annotated[str, typer.Argument(help="viewer, agent, lead or admin.")],
    by: By = HERE,
    as_json: bool = JSON_OPTION,
) -> None:
    """Give another role; it counts from their next request, and for their keys."""
    with _team() as team:
        account = team.set_role(_id(team, who), _role(role), _by(team, by))
    _changed(account, f"{account.name} is {account.role.value} from now on.", as_json=as_json)


def disable(
    who: Who,
    enable: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
    by: By = HERE,
    as_json: bool = JSON_OPTION,
) -> None:
    """Keep somebody out: their sessions end, their keys open nothing, and nobody signs as them."""
    with _team() as team:
        account = team.set_disabled(_id(team, who), _by(team, by), disabled=not enable)
    said = f"{account.name} is out at once." if account.disabled else f"{account.name} may come in again."
    _changed(account, said, as_json=as_json)


def give_password(who: Who, password_stdin: Typed = False, by: By = HERE, as_json: bool = JSON_OPTION) -> None:
    """A new password; every session of theirs ends. Without --password-stdin it is made and shown once."""
    from server.auth.passwords import random_password

    made = "" if password_stdin else random_password()
    with _team() as team:
        account = team.set_password(_id(team, who), made or _read_password(), _by(team, by))
    if as_json:
        emit({**_account(account), "password": made})
        return
    say(f"{account.name} has a new password; their sessions have ended.")
    _show_password(made)
    next_command("countersign people list")


def list_keys(
    owner: Annotated[str, typer.Option(help="Only those of this account.")] = "", as_json: bool = JSON_OPTION
) -> None:
    """Keys, newest first; what opens anything is kept nowhere."""
    with _team() as team:
        keys = team.database.api_keys.list(_id(team, owner) if owner else "")
    if as_json:
        emit([_key(each) for each in keys])
        return
    if not keys:
        say("There is no key yet.")
    else:
        rows = [(f"cs_{k.prefix}_", k.name, k.account_id, ", ".join(sorted(k.scopes)), _state(k)) for k in keys]
        show(table(("Begins", "For", "Acts as", "May", "State"), rows))
    next_command("countersign keys add ACCOUNT --name n8n --scope tickets")


def add_key(
    owner: Who,
    name: Annotated[str, typer.Option(help="What it is for, such as n8n.")],
    scope: Annotated[list[str], typer.Option(help="read, tickets, decide, operate or administer; repeat it.")],
    days: Annotated[int | None, typer.Option(min=1, help="Ends after so many days; without it never.")] = None,
    by: By = HERE,
    as_json: bool = JSON_OPTION,
) -> None:
    """Make a key; it is shown once and acts for its owner, as far as their role reaches."""
    with _team() as team:
        key, whole = team.make_key(_id(team, owner), name, _scopes(scope), _by(team, by), days)
    if as_json:
        emit({**_key(key), "key": whole})
        return
    say(f"{key.name} acts for {key.account_id}: {', '.join(sorted(key.scopes))}. The key is shown this once:")
    say(whole, "bold")
    next_command(f"countersign keys revoke {key.prefix}")


def revoke_key(
    prefix: Annotated[str, typer.Argument(help="What stands after cs_ in the list.")],
    by: By = HERE,
    as_json: bool = JSON_OPTION,
) -> None:
    """From now on a key opens nothing."""
    plain = prefix.removeprefix("cs_").strip("_")
    with _team() as team:
        if not team.revoke_key(plain, _by(team, by)):
            raise NothingToRevoke(plain)
    if as_json:
        emit({"prefix": plain, "revoked": True})
        return
    say(f"The key cs_{plain}_ opens nothing from now on.")
    next_command("countersign keys list")


def _role(given: str) -> Role:
    from agent.limits import Role

    known = [role.value for role in Role]
    if given not in known:
        raise NoSuchChoice("role", given, known)
    return Role(given)


def _scopes(given: list[str]) -> frozenset[Scope]:
    from server.auth.principal import Scope

    known = [scope.value for scope in Scope]
    for each in given:
        if each not in known:
            raise NoSuchChoice("scope", each, known)
    return frozenset(Scope(each) for each in given)


def _id(team: Team, who: str) -> str:
    """The account of an id or e-mail; an unknown one is named by whoever looks for it."""
    found = team.database.accounts.get(who) or team.database.accounts.by_email(who)
    return found.id if found else who


def _by(team: Team, name: str) -> str:
    """Whoever says who they are is somebody. Raises NobodyOfThatName."""
    from server.cli.folder import person_of

    return HERE if name == HERE else person_of(name, team.limits, team.database.accounts).id


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _show_password(made: str) -> None:
    if made:
        say("The password is shown this once; they change it on their page:")
        say(made, "bold")


def _changed(account: Account, said: str, *, as_json: bool) -> None:
    if as_json:
        emit(_account(account))
        return
    say(said)
    next_command("countersign people list")


def _account(account: Account) -> dict[str, object]:
    return account.model_dump(mode="json", exclude={"subject"})


def _key(key: ApiKey) -> dict[str, object]:
    return {**key.model_dump(mode="json"), "scopes": sorted(key.scopes)}


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    ends = f", ends {key.expires_at:%Y-%m-%d}" if key.expires_at else ""
    return f"used {key.used_at:%Y-%m-%d}{ends}" if key.used_at else f"never used{ends}"
