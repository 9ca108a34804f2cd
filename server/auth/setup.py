"""The first admin comes in by a link that works once; nobody ever has a default password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from agent.limits import Role
from server.auth.accounts import Account, AccountRefused
from server.auth.team import Newcomer, Team
from server.auth.tokens import kept, new_token, same

LASTS = timedelta(hours=24)
_NAME = "setup"


def setup_link(team: Team, address: str) -> str:
    """The link that makes the first admin, under `address` such as http://127.0.0.1:8000; empty when there is one.

    Each start makes one; all of them end with the first admin, or after a day.
    """
    database = team.database
    if database.accounts.any():
        return ""
    token, now = new_token(), team.wall.now()
    database.secrets.add(_NAME, kept(token), now, now + LASTS)
    return f"{address.rstrip('/')}/setup?token={token}"


def opens(team: Team, token: str) -> bool:
    """Whether a link still counts."""
    held = team.database.secrets.of(_NAME, team.wall.now())
    return not team.database.accounts.any() and any(same(one, kept(token)) for one in held)


def make_first_admin(team: Team, token: str, email: str, name: str, password: str) -> Account:
    """The link makes its admin and is dead. Raises AccountRefused when it does not count, or for a weak password."""
    if not opens(team, token):
        raise AccountRefused("setup-over", "this link counts no more; start the service again for another")
    if not password:
        raise AccountRefused("password-weak", "choose a password")
    account = team.add(Newcomer(email=email, name=name, role=Role.ADMIN, password=password), first=True)
    team.database.secrets.drop(_NAME)
    return account


def create_demo_logins(team: Team) -> Mapping[str, str]:
    """Accounts for the people of limits.yaml with new random passwords: e-mail -> password, to be shown once.

    For the demo brand alone, at each start: whoever opens it tomorrow reads the passwords off the same terminal.
    Sessions of before end. An account that somebody disabled or gave another role stays as it is.
    """
    made: dict[str, str] = {}
    for person in team.limits.people:
        known = team.database.accounts.get(person.id)
        if not person.email or (known is not None and known.disabled):
            continue
        if known is None:
            team.add(Newcomer(id=person.id, email=person.email, name=person.name, role=person.role), by="demo")
        made[person.email] = team.give_password(person.id, by="demo")
    return made
