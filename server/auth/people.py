"""Who may sign: the one place where the people of limits.yaml and the accounts meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.approvals.desk import FindPerson
from agent.limits import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.limits import PolicyLimits
    from server.auth.accounts import Account, Accounts


def find_person(limits: PolicyLimits, accounts: Accounts, *, command_line: bool = False) -> FindPerson:
    """Who answers to an id, e-mail, name or Slack id, with the role that counts; asked anew each time.

    - An account counts before limits.yaml: its role is the role, and while it is disabled nobody answers to it.
    - Of the people of limits.yaml without an account only the command line knows (`command_line`): whoever may run it
      may read and write the database anyway.
    """

    def found(name: str) -> Person | None:
        listed = limits.person(name)
        account = _account(name, listed, accounts)
        if account is None:
            return listed if command_line else None
        return None if account.disabled else person_of(account, limits)

    return found


def _account(name: str, listed: Person | None, accounts: Accounts) -> Account | None:
    """An id says most, then an e-mail. What an account calls itself proves nothing: that is never looked up."""
    wanted = name.strip()
    found = accounts.get(wanted) or accounts.by_email(wanted)
    return found or (accounts.get(listed.id) if listed else None)


def person_of(account: Account, limits: PolicyLimits) -> Person:
    """An account as a person who signs, with the Slack id that limits.yaml has for the same id."""
    listed = next((person for person in limits.people if person.id == account.id), None)
    return Person(
        id=account.id,
        name=account.name,
        role=account.role,
        slack=listed.slack if listed else "",
        email=account.email,
    )


def names_of_people(people: Iterable[Person], accounts: Iterable[Account]) -> dict[str, str]:
    """Name by id of everybody who may have done something, also of who may not come in any more."""
    return {each.id: each.name for each in (*people, *accounts)}


def signers(limits: PolicyLimits, accounts: list[Account]) -> list[Person]:
    """Everybody who can sign in and answer, for cards that say who may."""
    return [person_of(account, limits) for account in accounts if not account.disabled]
